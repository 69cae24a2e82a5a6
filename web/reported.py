"""Positions reported by radio or telephone: understood as people say them, questioned, kept, told again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from geo.clock import EARLIEST, FUTURE_ALLOWANCE
from geo.degrees import Axis, parse_degrees
from geo.errors import BadInput, NotFound
from geo.measure import METRES_PER_NM, distance_m
from layers.access.accounts import Who
from layers.database import ReadConnection, read, write_async
from layers.vessels import reported
from layers.vessels.history import LOOKBACK, handle_of
from layers.vessels.registry import Vessel
from layers.watch.cases.told import report_to_cases
from web.state import State
from web.views import Words

E7 = 1e7
Short = Annotated[str, Field(max_length=120)]
TITLES: dict[Axis, str] = {"lat": "Vĩ độ không đọc được", "lon": "Kinh độ không đọc được"}
EXAMPLES: dict[Axis, str] = {
    "lat": "15°20'30\"N, 15 độ 20 phút 30 giây, 15,3417",
    "lon": "109°05'E, 109 độ 5 phút, 109,0833",
}


class NewReport(BaseModel):
    """What is written down of a call: `lat`, `lon` as they were said; `t` is the moment it is about (None: now)."""

    lat: Short
    lon: Short
    t: AwareDatetime | None = None
    caller_role: str
    caller_name: Short | None = None
    channel: str
    handed_to: Short | None = None
    note: Annotated[str, Field(max_length=1000)] | None = None
    corrects: int | None = None
    confirmed: bool = False


class ReportedView(BaseModel):
    """One report; `corrected_by` names the row that stands in its place. `doubts` are what was asked and confirmed."""

    id: int
    t: datetime
    heard_at: datetime
    lon: float
    lat: float
    said: str
    caller_role: str
    caller: Words
    caller_name: str | None
    channel: str
    channel_title: Words
    taken_by: str
    handed_to: str | None
    note: str | None
    doubts: list[str]
    corrects: int | None
    corrected_by: int | None


class ChoiceView(BaseModel):
    """One word of a list."""

    value: str
    title: Words


class ReportedList(BaseModel):
    """The reports of a boat, the newest moment first, and the words a form may offer."""

    reports: list[ReportedView]
    callers: list[ChoiceView]
    channels: list[ChoiceView]


class QuestionView(BaseModel):
    """Why a report was not kept yet, and how its place was understood (EPSG:4326): send it again with `confirmed`."""

    kept: Literal[False] = False
    detail: str
    doubts: list[ChoiceView]
    lon: float
    lat: float


@dataclass(frozen=True)
class Kept:
    """A report's row, and whether it was written just now."""

    row: Row[Any]
    fresh: bool


@dataclass(frozen=True)
class Place:
    """Where, as understood."""

    lon: float
    lat: float


async def read_reported(state: State, vessel: str, since: datetime | None, until: datetime | None) -> ReportedList:
    """The reports about a stretch of time, of all times unless told. NotFound when there is no such boat."""
    span = reported.within(since or EARLIEST, until or state.clock() + FUTURE_ALLOWANCE)
    async with read(state.engine) as connection:
        number = await _boat(connection, vessel)
        rows = (await connection.execute(reported.reported_statement(number, *span))).all()
    callers, channels = ([ChoiceView(value=v, title=Words.of(t)) for v, t in words.items()] for words in _WORDS)
    return ReportedList(reports=[view_of(row) for row in rows], callers=callers, channels=channels)


_WORDS = (reported.CALLERS, reported.CHANNELS)


async def keep_reported(state: State, vessel: str, told: NewReport, who: Who) -> ReportedView | QuestionView:
    """Keep a report as that person's, or ask when somebody should look at it first. BadInput names the field.

    Every open case of the boat has it in its ledger.
    """
    values = await understand(state, vessel, told, who)
    if isinstance(values, QuestionView):
        return values
    async with write_async(state.engine) as connection:
        kept = await keep(connection, values)
        if kept.fresh:
            await connection.run_sync(report_to_cases, values | {"id": kept.row.id}, who.role.value)
    return view_of(kept.row)


async def understand(state: State, vessel: str, told: NewReport, who: Who) -> dict[str, Any] | QuestionView:
    """A report as the columns of its row, or the question it raises."""
    now = state.clock()
    t, place = _moment(told.t or now, now), Place(_degrees(told.lon, "lon"), _degrees(told.lat, "lat"))
    for name, words in (("caller_role", reported.CALLERS), ("channel", reported.CHANNELS)):
        if getattr(told, name) not in words:
            raise BadInput(f"{name}={getattr(told, name)[:40]!r}: use one of {', '.join(words)}", field=name)
    async with read(state.engine) as connection:
        number = await _boat(connection, vessel)
        doubts = await _doubts(connection, number, place, t)
    if doubts and not told.confirmed:
        return _question(doubts, place)
    return _values(told, number, t, place) | {"heard_at": now, "taken_by": who.username, "doubts": doubts}


async def keep(connection: AsyncConnection, values: dict[str, Any]) -> Kept:
    """The row that says so: a new one, unless the very same was taken down already. BadInput: nothing to correct."""
    known = (await connection.execute(reported.same_statement(values))).scalar()
    number = known
    if number is None:
        await _check_correction(connection, values["vessel_id"], values["corrects"])
        number = (await connection.execute(reported.keep_statement(values))).scalar_one()
    row = (await connection.execute(reported.one_statement(values["vessel_id"], number))).one()
    return Kept(row, known is None)


def view_of(row: Row[Any]) -> ReportedView:
    """A row as the API tells it."""
    caller, channel = reported.CALLERS[row.caller_role], reported.CHANNELS[row.channel]
    same = ("id", "heard_at", "said", "caller_role", "caller_name", "channel", "taken_by", "handed_to", "note")
    return ReportedView(
        **{name: getattr(row, name) for name in same},
        t=row.told_t,
        lon=row.lon_e7 / E7,
        lat=row.lat_e7 / E7,
        caller=Words.of(caller),
        channel_title=Words.of(channel),
        doubts=list(row.doubts),
        corrects=row.corrects,
        corrected_by=row.corrected_by,
    )


async def _boat(connection: ReadConnection, vessel: str) -> int:
    """The number of a registered boat."""
    handle = handle_of(vessel)
    known = select(Vessel.id).where(Vessel.id == handle // 2, Vessel.superseded_at.is_(None))
    if handle % 2 or (await connection.execute(known)).scalar() is None:
        raise NotFound(f"vessel={vessel!r}: no boat of the register; search with /api/vessels?q=", field="id")
    return handle // 2


def _moment(t: datetime, now: datetime) -> datetime:
    if t > now + FUTURE_ALLOWANCE:
        title = "Thời điểm này chưa tới"
        raise BadInput(
            f"t={t.isoformat()}: this has not come yet; write when the boat was there", field="t", title=title
        )
    if t < EARLIEST:
        raise BadInput(f"t={t.isoformat()}: use a moment since {EARLIEST.date()}", field="t")
    return min(t, now)


def _degrees(text: str, axis: Axis) -> float:
    degrees = parse_degrees(text, axis)
    if degrees is None:
        raise BadInput(f"{axis}={text[:40]!r}: write {EXAMPLES[axis]}", field=axis, title=TITLES[axis])
    return degrees


async def _doubts(connection: ReadConnection, vessel_id: int, place: Place, t: datetime) -> list[str]:
    """What should be asked about a place."""
    west, south, east, north = reported.SEA
    found = [] if west <= place.lon <= east and south <= place.lat <= north else ["outside"]
    if (await connection.execute(reported.on_land_statement(place.lon, place.lat))).scalar():
        found.append("on_land")
    before = (await connection.execute(reported.before_statement(vessel_id, t, t - LOOKBACK))).first()
    if before is not None and _too_far(place, t, before):
        found.append("too_far")
    return found


def _too_far(place: Place, t: datetime, before: Row[Any]) -> bool:
    metres = float(distance_m(place.lon, place.lat, before.lon_e7 / E7, before.lat_e7 / E7))
    hours = max((t - before.told_t) / timedelta(hours=1), 1 / 60)
    apart_nm = metres / METRES_PER_NM
    return apart_nm > reported.QUESTIONED_NM and apart_nm / hours > reported.QUESTIONED_KN


def _question(doubts: list[str], place: Place) -> QuestionView:
    said = ", ".join(reported.DOUBTS[doubt].en for doubt in doubts)
    detail = f"lat {place.lat:.5f}, lon {place.lon:.5f}: {said}; correct it, or send it again with confirmed=true"
    choices = [ChoiceView(value=doubt, title=Words.of(reported.DOUBTS[doubt])) for doubt in doubts]
    return QuestionView(detail=detail, doubts=choices, lon=place.lon, lat=place.lat)


def _values(told: NewReport, vessel_id: int, t: datetime, place: Place) -> dict[str, Any]:
    texts = {name: (getattr(told, name) or "").strip() or None for name in ("caller_name", "handed_to", "note")}
    return texts | {
        "vessel_id": vessel_id,
        "t": t,
        "lon_e7": round(place.lon * E7),
        "lat_e7": round(place.lat * E7),
        "said": f"{told.lat.strip()}; {told.lon.strip()}",
        "caller_role": told.caller_role,
        "channel": told.channel,
        "corrects": told.corrects,
    }


async def _check_correction(connection: Any, vessel_id: int, number: int | None) -> None:
    if number is None:
        return
    if (await connection.execute(reported.correctable(vessel_id, number))).scalar() is None:
        detail = f"corrects={number}: no report of this boat, or corrected already; take the one that stands"
        raise BadInput(detail, field="corrects")
