"""When each source last delivered, and what of it was refused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from layers.database import ReadConnection
from layers.sources.freshness import Origin, Stale, freshness
from layers.sources.models import Delivery, RejectRow, Source
from layers.vessels.models import Live


@dataclass(frozen=True)
class LastDelivery:
    """A source and its last delivery. `t` (UTC): when we last stored something of it; None: it never delivered.

    `rejected`: lines refused in that delivery. `open`: it is a stream that is still being read.
    """

    code: str
    title: dict[str, str]
    origin: Origin
    cadence: timedelta | None
    label: str | None
    started_at: datetime | None
    t: datetime | None
    open: bool
    rejected: int

    def state(self, now: datetime) -> Stale | None:
        """fresh, late or stale against its cadence; None when it never delivered."""
        return None if self.t is None else freshness(now - self.t, self.cadence)


async def read_last(connection: ReadConnection) -> list[LastDelivery]:
    """Every source, in the order of their codes."""
    return [_last(row) for row in await connection.execute(last_statement())]


def last_statement() -> Select[*tuple[Any, ...]]:
    """Sources beside their newest delivery; a stream's time is that of the newest fix it gave."""
    last_ids = select(func.max(Delivery.id)).group_by(Delivery.source_id)
    newest = select(Delivery).where(Delivery.id.in_(last_ids)).subquery()
    heard = select(Live.source_id, func.max(Live.stored_at).label("heard")).group_by(Live.source_id).subquery()
    refused = (
        select(func.count())
        .where(RejectRow.source_id == newest.c.source_id, RejectRow.delivery_id == newest.c.id)
        .scalar_subquery()
    )
    said = func.coalesce(newest.c.finished_at, newest.c.started_at)
    return (
        select(Source, newest.c.label, newest.c.started_at, newest.c.finished_at, refused.label("rejected"))
        .add_columns(func.greatest(said, heard.c.heard).label("last_t"))
        .outerjoin(newest, newest.c.source_id == Source.id)
        .outerjoin(heard, heard.c.source_id == Source.id)
        .order_by(Source.code)
    )


def _last(row: Any) -> LastDelivery:
    return LastDelivery(
        code=row.code,
        title={"vi": row.title_vi, "en": row.title_en},
        origin=row.origin,
        cadence=row.cadence,
        label=row.label,
        started_at=row.started_at,
        t=row.last_t,
        open=row.started_at is not None and row.finished_at is None,
        rejected=row.rejected or 0,
    )
