"""How far the sealing is: the last sealed day, its head, and what waits; as a page shows it and as an alarm says it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from geo.clock import end_of_day, local_date
from layers.health.invariants import Breach
from layers.seals.models import DaySeal
from layers.vessels.models import Position, ReportedPosition
from layers.watch.cases.models import CaseEntry
from layers.watch.event_rows import EventRow

PATIENCE = timedelta(hours=2)
"""How long after local midnight a day may be unsealed."""
MOST_COUNTED = 1_000_000
"""Of each table: beyond that "at least" is said; nobody waits for a count."""
TABLES: tuple[Any, ...] = (Position, ReportedPosition, CaseEntry, EventRow)


@dataclass(frozen=True)
class Sealing:
    """The newest seals, the newest first, and how many rows are in no sealed day yet."""

    seals: list[Any]
    unsealed_rows: int
    waiting_days: int


def read_sealing(connection: Connection, now: datetime, limit: int) -> Sealing:
    """How far the sealing is at a moment."""
    seals = list(connection.execute(select(*DaySeal.__table__.columns).order_by(DaySeal.day.desc()).limit(limit)))
    since = end_of_day(seals[0].day) if seals else None
    counts = [connection.execute(_count(table, since)).scalar_one() for table in TABLES]
    waiting = (local_date(now) - seals[0].day).days - 1 if seals else 0
    return Sealing(seals, sum(counts), max(0, waiting))


def _count(table: Any, since: datetime | None) -> Any:
    rows = select(table.stored_at) if since is None else select(table.stored_at).where(table.stored_at >= since)
    return select(func.count()).select_from(rows.limit(MOST_COUNTED).subquery())


def yesterday_sealed(connection: Connection, now: datetime) -> list[Breach]:
    """Every finished day is sealed, two hours after midnight at the latest; nothing stored has nothing to seal."""
    day = local_date(now - PATIENCE) - timedelta(days=1)
    last = connection.execute(select(func.max(DaySeal.day))).scalar()
    if last is None:
        first = _first_day(connection, day)
        return [] if first is None else [_breach(first)]
    return [] if last >= day else [_breach(last + timedelta(days=1))]


def _first_day(connection: Connection, day: date) -> date | None:
    """`day`, if anything was stored by its end."""
    end = end_of_day(day)
    stored = [select(table.stored_at).where(table.stored_at < end).limit(1) for table in TABLES]
    return day if any(connection.execute(one).first() is not None for one in stored) else None


def _breach(day: date) -> Breach:
    vi, en = f"Ngày {day:%d/%m/%Y} chưa niêm phong.", f"{day.isoformat()} is not sealed."
    return Breach("", vi, en)
