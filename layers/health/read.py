"""Alarms and invariants for whoever asks, and the one thing people do to an alarm: say that they have seen it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, Update, func, or_, select, update

from layers.database import ReadConnection
from layers.health.models import Alarm, InvariantState
from layers.sources.models import Heartbeat

WATCHER = "work"
SILENT_AFTER = timedelta(seconds=60)


@dataclass(frozen=True)
class Watching:
    """Whether somebody watches at all: what nobody can raise looks like calm. `last` (UTC) is the last sign of it."""

    last: datetime | None
    silent: bool


async def read_watching(connection: ReadConnection, now: datetime) -> Watching:
    """When the worker was last heard of."""
    last = (await connection.execute(select(Heartbeat.beat_at).where(Heartbeat.process == WATCHER))).scalar()
    return Watching(last, last is None or now - last > SILENT_AFTER)


async def read_alarms(connection: ReadConnection, codes: Collection[str], since: datetime) -> Sequence[Row[Any]]:
    """Open alarms of these invariants, those nobody has acknowledged first; and those closed after `since`."""
    return (await connection.execute(_alarms(codes, since))).all()


def _alarms(codes: Collection[str], since: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(*Alarm.__table__.columns)
        .where(Alarm.code.in_(codes), Alarm.opened_at.is_not(None))
        .where(or_(Alarm.closed_at.is_(None), Alarm.closed_at > since))
        .order_by(Alarm.closed_at.is_not(None), Alarm.acknowledged_at.is_not(None), Alarm.opened_at, Alarm.id)
    )


async def read_states(connection: ReadConnection, codes: Collection[str]) -> dict[str, InvariantState]:
    """How each of these invariants was last found."""
    table = InvariantState.__table__
    rows = await connection.execute(select(table).where(table.c.code.in_(codes)))
    return {row.code: InvariantState(**row._mapping) for row in rows}


async def count_open(connection: ReadConnection) -> int:
    """How many alarms are open."""
    statement = select(func.count()).select_from(Alarm).where(Alarm.opened_at.is_not(None), Alarm.closed_at.is_(None))
    return int((await connection.execute(statement)).scalar_one())


def acknowledging(alarm_id: int, codes: Collection[str], who: str, now: datetime) -> Update:
    """Say who has seen an open alarm; the first to say so stays. Gives the id back when there is such an alarm."""
    return (
        update(Alarm)
        .where(Alarm.id == alarm_id, Alarm.code.in_(codes), Alarm.opened_at.is_not(None), Alarm.closed_at.is_(None))
        .values(
            acknowledged_at=func.coalesce(Alarm.acknowledged_at, now),
            acknowledged_by=func.coalesce(Alarm.acknowledged_by, who),
        )
        .returning(Alarm.id)
    )
