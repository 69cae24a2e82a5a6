"""When each source last delivered, and what of it was refused: a few index look-ups a source, however long it sends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Select, bindparam, func, select, true

from layers.database import ReadConnection
from layers.sources.freshness import Origin, Stale, freshness
from layers.sources.models import Delivery, RejectTally, Source, SourceContact
from layers.sources.pulse import SourcePulse
from layers.vessels.models import Live

TODAY = bindparam("today", type_=DateTime(timezone=True))


@dataclass(frozen=True)
class LastDelivery:
    """A source and its last delivery. `t` (UTC): when we last stored something of it; None: it never delivered.

    `rejected`: lines refused in that delivery; `refused_today`: in all since the day began in Việt Nam; `refused_open`:
    different ones that nobody has dealt with. `open`: it is a stream that is still being read. `office`, `duty` and
    `phone`: who answers for it.
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
    refused_today: int
    refused_open: int
    office: str | None
    duty: str | None
    phone: str | None

    def state(self, now: datetime) -> Stale | None:
        """fresh, late or stale against its cadence; None when it never delivered."""
        return None if self.t is None else freshness(now - self.t, self.cadence)


async def read_last(connection: ReadConnection, today: datetime, code: str | None = None) -> list[LastDelivery]:
    """Every source (or the one of that code), in the order of their codes; `today` is when the day began (UTC)."""
    statement = last_statement() if code is None else last_statement().where(Source.code == code)
    return [_last(row) for row in await connection.execute(statement, {"today": today})]


def last_statement() -> Select[*tuple[Any, ...]]:
    """Sources beside their newest delivery; a stream's time is that of the newest thing it gave."""
    newest = (
        select(Delivery.label, Delivery.started_at, Delivery.finished_at, Delivery.summary)
        .where(Delivery.source_id == Source.id)
        .order_by(Delivery.id.desc())
        .limit(1)
        .lateral()
    )
    heard = select(Live.source_id, func.max(Live.stored_at).label("heard")).group_by(Live.source_id).subquery()
    beat, refused, open_ = _beat().lateral(), _refused_today().lateral(), _refused_open().lateral()
    said = func.coalesce(newest.c.finished_at, newest.c.started_at)
    return (
        select(Source, newest.c.label, newest.c.started_at, newest.c.finished_at, newest.c.summary)
        .add_columns(func.greatest(said, heard.c.heard, beat.c.last_at).label("last_t"))
        .add_columns(refused.c.refused_today, open_.c.refused_open)
        .add_columns(SourceContact.office, SourceContact.duty, SourceContact.phone)
        .select_from(Source)
        .outerjoin(newest, true())
        .outerjoin(heard, heard.c.source_id == Source.id)
        .outerjoin(beat, true())
        .outerjoin(refused, true())
        .outerjoin(open_, true())
        .outerjoin(SourceContact, SourceContact.source_id == Source.id)
        .order_by(Source.code)
    )


def _beat() -> Select[*tuple[Any, ...]]:
    """The last hour in which something could be understood."""
    understood = select(SourcePulse.last_at).where(SourcePulse.source_id == Source.id, SourcePulse.messages > 0)
    return understood.order_by(SourcePulse.hour.desc()).limit(1)


def _refused_today() -> Select[*tuple[Any, ...]]:
    total = func.coalesce(func.sum(SourcePulse.refused), 0).label("refused_today")
    return select(total).where(SourcePulse.source_id == Source.id, SourcePulse.hour >= TODAY)


def _refused_open() -> Select[*tuple[Any, ...]]:
    total = func.coalesce(func.sum(RejectTally.open), 0).label("refused_open")
    return select(total).where(RejectTally.source_id == Source.id)


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
        rejected=sum((row.summary or {}).get("rejected", {}).values()),
        refused_today=int(row.refused_today or 0),
        refused_open=int(row.refused_open or 0),
        office=row.office,
        duty=row.duty,
        phone=row.phone,
    )
