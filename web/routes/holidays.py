"""Holidays, and the flash report of one: day by day, against the same days of the year before."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, StringConstraints
from sqlalchemy import insert, select

from geo.clock import local_date
from geo.errors import BadInput
from layers.access.roles import SIGNED_IN
from layers.database import read, write_async
from layers.indicators.catalogue import Indicator, known
from layers.sources.freshness import Origin, mark, read_sources
from layers.tourism.holidays import Feast, name_of_day
from layers.tourism.models import Holiday
from layers.tourism.report import ADDED, ROOMS, FlashReport, Total, last_of, read_feasts, read_report
from layers.watch.law_edit import supersede
from web.access import require
from web.indicator_points import number
from web.routes.law import Line, Reasoned, change_of
from web.state import state_of
from web.views import Problem, Words

router = APIRouter(prefix="/api/holidays", responses={401: {"model": Problem}, 404: {"model": Problem}})
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,30}\.20[0-9]{2}$")]
Numbers = Mapping[str, float | None]


class HolidayView(BaseModel):
    """A holiday in [first, until); `anchor` is the day it is about."""

    code: str
    holiday: str
    name: Words
    calendar: str
    anchor: date
    first: date
    until: date


class HolidayList(BaseModel):
    """Every holiday, the last first; `current` is on, or was the last."""

    holidays: list[HolidayView]
    current: str | None


class HolidayDay(BaseModel):
    """One day; `then`: the same day of the holiday before, null when it was none."""

    day: date
    name: Words
    then: date | None
    values: Numbers
    earlier: Numbers


class TotalView(BaseModel):
    """So far (`value` over `told` days); `alike` and `earlier` over the `known` days that both years have told."""

    value: float | None
    told: int
    alike: float | None
    earlier: float | None
    known: int
    percent: float | None


class HolidayReport(BaseModel):
    """The flash report; `columns` names the indicators in order, with their units."""

    holiday: HolidayView
    earlier: HolidayView | None
    columns: dict[str, dict[str, Words]]
    days: list[HolidayDay]
    totals: dict[str, TotalView]
    rooms_rate: float | None
    rooms_rate_earlier: float | None
    origin: Origin


class HolidayChange(Reasoned):
    """A holiday of a year as it shall be known from now on; its days are [valid_from, valid_to)."""

    name_vi: Line
    name_en: Line
    calendar: Literal["lunar", "solar"]
    anchor: date
    valid_from: date
    valid_to: date
    source: Line
    verified: bool = False


@router.get("")
async def get_holidays(request: Request) -> HolidayList:
    """Every holiday that is known."""
    await require(request, SIGNED_IN)
    state = state_of(request)
    async with read(state.engine) as connection:
        feasts = await read_feasts(connection)
    current = last_of(feasts, local_date(state.clock()))
    return HolidayList(holidays=[_view(f) for f in feasts], current=None if current is None else current.code)


@router.get("/{code}")
async def get_report(request: Request, code: Code) -> HolidayReport:
    """One holiday, day by day, against the same days (by their distance from the day it is about) a year before."""
    await require(request, SIGNED_IN)
    async with read(state_of(request).engine) as connection:
        report = await read_report(connection, code)
        sources = await read_sources(connection)
        wanted = select(Indicator.code, Indicator.name_vi, Indicator.name_en, Indicator.unit, Indicator.unit_en)
        named = (await connection.execute(wanted.where(known(Indicator), Indicator.code.in_([*ADDED, *ROOMS])))).all()
    columns = {
        r.code: {"name": Words(vi=r.name_vi, en=r.name_en), "unit": Words(vi=r.unit, en=r.unit_en)} for r in named
    }
    return HolidayReport(
        holiday=_view(report.feast),
        earlier=None if report.earlier is None else _view(report.earlier),
        columns={code: columns[code] for code in (*ADDED, *ROOMS) if code in columns},
        days=_days(report),
        totals={code: _total(total) for code, total in report.totals.items()},
        rooms_rate=_rate(report, "value"),
        rooms_rate_earlier=_rate(report, "earlier"),
        origin=mark({sources[s].origin for s in report.sources}),
    )


@router.post("/{code}")
async def post_holiday(request: Request, code: Code, change: HolidayChange) -> HolidayList:
    """Enter a holiday of a year, or correct it: the former row stays."""
    said = await change_of(request, change)
    if not change.valid_from <= change.anchor < change.valid_to:
        raise BadInput("anchor: it must be one of the holiday's own days", field="anchor")
    values: dict[str, Any] = change.model_dump(exclude={"reason"}) | {"code": code, "holiday": code.partition(".")[0]}
    async with write_async(state_of(request).engine) as connection:
        current = select(Holiday.__table__).where(Holiday.code == code, Holiday.superseded_at.is_(None))
        await supersede(connection, Holiday, (await connection.execute(current)).first(), said)
        kept = {"stored_at": said.at, "stored_by": said.by, "reason": said.reason}
        await connection.execute(insert(Holiday).values(**values, **kept))
    return await get_holidays(request)


def _view(feast: Feast) -> HolidayView:
    copied = ("code", "holiday", "calendar", "anchor", "first", "until")
    named = Words(vi=feast.name_vi, en=feast.name_en)
    return HolidayView(**{name: getattr(feast, name) for name in copied}, name=named)


def _days(report: FlashReport) -> list[HolidayDay]:
    found = []
    for row in report.rows:
        vi, en = name_of_day(row.day, report.feast)
        told = {"values": _numbers(row.values), "earlier": _numbers(row.earlier)}
        found.append(HolidayDay(day=row.day, name=Words(vi=vi, en=en), then=row.then, **told))
    return found


def _numbers(values: Mapping[str, Decimal | None]) -> Numbers:
    return {code: number(value) for code, value in values.items()}


def _total(total: Total) -> TotalView:
    percent = None
    if total.alike is not None and total.earlier:
        percent = number(100 * (total.alike - total.earlier) / total.earlier, 1)
    numbers = {name: number(getattr(total, name)) for name in ("value", "alike", "earlier")}
    return TotalView(**numbers, told=total.told, known=total.known, percent=percent)


def _rate(report: FlashReport, side: str) -> float | None:
    """Rooms sold over rooms, of the sums."""
    sold, rooms = (getattr(report.totals[code], side) for code in ROOMS)
    return number(100 * sold / rooms, 1) if sold is not None and rooms else None
