"""The flash report of a holiday: day by day, against the same days of the holiday before, from the figures in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import select, text

from geo.errors import NotFound
from geo.workdays import DAY
from layers.database import ReadConnection
from layers.tourism.holidays import Feast, before, same_day
from layers.tourism.models import Holiday

FLASH = ("khach_le", "khach_qt_le", "luu_tru_le", "doanh_thu_le")
FERRY = ("chuyen_saky_lyson", "khach_saky_lyson", "chuyen_huy_thoi_tiet")
ROOMS = ("phong_ban_le", "phong_le")
"""Rooms sold and rooms there are: the rate is made of the sums of both."""
ADDED = (*FLASH, *FERRY)
_FIGURES = """
SELECT indicator, period_from, value, id, source_id FROM figure
WHERE subject_kind = 'province' AND subject = '51' AND indicator = ANY(:codes) AND period_from >= :since
  AND period_to <= :until AND period_to = period_from + 1
"""
Told = Mapping[tuple[str, date], Decimal | None]


@dataclass(frozen=True)
class DayRow:
    """One day: its values now and on the same day before (None: not known, or no holiday then), by indicator."""

    day: date
    then: date | None
    values: Mapping[str, Decimal | None]
    earlier: Mapping[str, Decimal | None]


@dataclass(frozen=True)
class Total:
    """An indicator so far: over every day told, and over the days that both years have told (`known` of them)."""

    value: Decimal | None
    told: int
    alike: Decimal | None
    earlier: Decimal | None
    known: int


@dataclass(frozen=True)
class FlashReport:
    """A holiday against the one before (None: none is known); `sources`: whose figures it stands on."""

    feast: Feast
    earlier: Feast | None
    rows: Sequence[DayRow]
    totals: Mapping[str, Total]
    sources: frozenset[int] = field(default_factory=frozenset)


async def read_feasts(connection: ReadConnection) -> list[Feast]:
    """Every holiday as it is known now, the last first."""
    rows = await connection.execute(select(Holiday.__table__).where(Holiday.superseded_at.is_(None)))
    found = [
        Feast(r.code, r.holiday, r.name_vi, r.name_en, r.calendar, r.anchor, r.valid_from, r.valid_to) for r in rows
    ]
    return sorted(found, key=lambda f: f.first, reverse=True)


async def read_report(connection: ReadConnection, code: str) -> FlashReport:
    """The report of a holiday by its code. NotFound when there is none."""
    feasts = await read_feasts(connection)
    feast = next((f for f in feasts if f.code == code), None)
    if feast is None:
        raise NotFound(f"code={code[:80]!r}: no such holiday; GET /api/holidays lists them", field="code")
    earlier = before(feast, feasts)
    told, sources = await _read(connection, feast)
    then, more = await _read(connection, earlier) if earlier is not None else ({}, frozenset())
    return FlashReport(feast, earlier, *lay_out(feast, earlier, told, then), sources | more)


async def _read(connection: ReadConnection, feast: Feast) -> tuple[Told, frozenset[int]]:
    asked = {"codes": [*ADDED, *ROOMS], "since": feast.first, "until": feast.until}
    rows = (await connection.execute(text(_FIGURES), asked)).all()
    return {(r.indicator, r.period_from): r.value for r in rows}, frozenset(r.source_id for r in rows)


def lay_out(
    feast: Feast, earlier: Feast | None, told: Told, then: Told
) -> tuple[Sequence[DayRow], Mapping[str, Total]]:
    """The rows and the totals."""
    rows = []
    for day in feast.days:
        alike = None if earlier is None else same_day(day, feast, earlier)
        values = {code: told.get((code, day)) for code in (*ADDED, *ROOMS)}
        old = {code: None if alike is None else then.get((code, alike)) for code in (*ADDED, *ROOMS)}
        rows.append(DayRow(day, alike, values, old))
    return rows, {code: _total(code, rows) for code in (*ADDED, *ROOMS)}


def _total(code: str, rows: Sequence[DayRow]) -> Total:
    some = [value for r in rows if (value := r.values[code]) is not None]
    both = [(v, e) for r in rows if (v := r.values[code]) is not None and (e := r.earlier[code]) is not None]
    value = sum(some, Decimal(0)) if some else None
    if not both:
        return Total(value, len(some), None, None, 0)
    return Total(
        value, len(some), sum((v for v, _ in both), Decimal(0)), sum((e for _, e in both), Decimal(0)), len(both)
    )


def last_of(feasts: Sequence[Feast], today: date) -> Feast | None:
    """The holiday that is on, else the last that was, of those listed; None when all are to come."""
    return max((f for f in feasts if f.first <= today + DAY), key=lambda f: f.first, default=None)
