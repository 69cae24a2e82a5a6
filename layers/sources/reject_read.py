"""Rejects as people look them up: grouped, listed page by page, searched within bounds, one with all that is known."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, func, select

from geo.text import fold
from layers.database import ReadConnection
from layers.sources.models import Delivery, RejectReplay, RejectRow, RejectTally, Source
from layers.sources.papers import Paper

SEARCHED = 20_000
"""Rows that one search looks through; it says how far it came, and the next goes on from there."""
SHOWN = 160

_LISTED = (
    RejectRow.id,
    Source.code.label("source"),
    RejectRow.reason,
    RejectRow.detail,
    RejectRow.line_no,
    RejectRow.delivery_id,
    RejectRow.seen,
    RejectRow.first_seen,
    RejectRow.last_seen,
    RejectRow.state,
    RejectRow.state_at,
    RejectRow.state_by,
    RejectRow.note,
    func.substr(RejectRow.raw, 1, SHOWN).label("raw"),
)


@dataclass(frozen=True)
class Asked:
    """Which rejects: of a source (code), a reason, a delivery, with words in them (None or "": any), and of one state.

    Newest first, those before an id, at most `limit`.
    """

    source: str | None = None
    reason: str | None = None
    state: str = "open"
    delivery: int | None = None
    q: str = ""
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True)
class Page:
    """Rejects, and before which id the next page begins; None at the end. A search may find nothing and go on."""

    rows: list[RowMapping]
    next_before: int | None


async def read_groups(connection: ReadConnection, source: str) -> list[RowMapping]:
    """A source's rejects by reason, those with most open ones first."""
    columns = [c for c in RejectTally.__table__.columns if c.name != "source_id"]
    statement = select(*columns).join(Source, Source.id == RejectTally.source_id).where(Source.code == source)
    some = RejectTally.open + RejectTally.replayed + RejectTally.set_aside > 0
    ordered = statement.where(some).order_by(RejectTally.open.desc(), RejectTally.last_seen.desc())
    return list((await connection.execute(ordered)).mappings())


async def read_page(connection: ReadConnection, asked: Asked) -> Page:
    """One page, by keys and never by counting off."""
    if asked.q:
        return await _search(connection, asked)
    listed = select(*_LISTED).join(Source, Source.id == RejectRow.source_id)
    statement = _wanted(listed, asked).order_by(RejectRow.id.desc()).limit(asked.limit)
    rows = list((await connection.execute(statement)).mappings())
    return Page(rows, rows[-1]["id"] if len(rows) == asked.limit else None)


async def _search(connection: ReadConnection, asked: Asked) -> Page:
    """Look through the next rows for the words; the page ends with as many as are wanted, or where it stopped."""
    near = _wanted(select(RejectRow.id).select_from(RejectRow), asked).order_by(RejectRow.id.desc()).limit(SEARCHED)
    last = (await connection.execute(select(func.min(near.subquery().c.id), func.count()))).one()
    if last[0] is None:
        return Page([], None)
    listed = select(*_LISTED).join(Source, Source.id == RejectRow.source_id).where(RejectRow.id >= last[0])
    for word in fold(asked.q).split():
        listed = listed.where(RejectRow.folded.contains(word, autoescape=True))
    statement = _wanted(listed, asked).order_by(RejectRow.id.desc()).limit(asked.limit)
    rows = list((await connection.execute(statement)).mappings())
    if len(rows) == asked.limit:
        return Page(rows, rows[-1]["id"])
    return Page(rows, last[0] if last[1] == SEARCHED else None)


def _wanted(statement: Select[Any], asked: Asked) -> Select[Any]:
    if asked.source is not None:
        source = select(Source.id).where(Source.code == asked.source).scalar_subquery()
        statement = statement.where(RejectRow.source_id == source)
    statement = statement.where(RejectRow.state == asked.state)
    if asked.reason is not None:
        statement = statement.where(RejectRow.reason == asked.reason)
    if asked.delivery is not None:
        statement = statement.where(RejectRow.delivery_id == asked.delivery)
    return statement if asked.before is None else statement.where(RejectRow.id < asked.before)


async def read_reject(connection: ReadConnection, reject_id: int) -> RowMapping | None:
    """One reject with its bytes, its faults and the delivery, paper and adapter it came by."""
    further = (
        RejectRow.raw.label("whole"),
        RejectRow.faults,
        RejectRow.heard_at,
        RejectRow.arrived_at,
        RejectRow.into_id,
        Source.origin,
        Delivery.label,
        Delivery.form,
        Delivery.adapter,
        Delivery.started_at,
        Delivery.sha256,
        Delivery.paper_id,
        Paper.number,
        Paper.notation,
        Paper.issued_on,
    )
    statement = select(*_LISTED, *further).join(Source, Source.id == RejectRow.source_id)
    statement = statement.outerjoin(Delivery, Delivery.id == RejectRow.delivery_id)
    statement = statement.outerjoin(Paper, Paper.id == Delivery.paper_id).where(RejectRow.id == reject_id)
    return (await connection.execute(statement)).mappings().one_or_none()


async def read_replay(connection: ReadConnection, replay_id: int) -> RowMapping | None:
    """How far a run over rejects is."""
    statement = select(*RejectReplay.__table__.columns).where(RejectReplay.id == replay_id)
    return (await connection.execute(statement)).mappings().one_or_none()


async def read_deliveries(connection: ReadConnection, source: str, before: int | None, limit: int) -> list[RowMapping]:
    """A source's deliveries, newest first, each with the heading of its paper."""
    columns = [c for c in Delivery.__table__.columns if c.name not in ("prefaces", "said")]
    heading = (Paper.number, Paper.notation, Paper.issued_on, Paper.agency, Paper.state.label("paper_state"))
    statement = select(*columns, *heading).join(Source, Source.id == Delivery.source_id)
    statement = statement.outerjoin(Paper, Paper.id == Delivery.paper_id).where(Source.code == source)
    if before is not None:
        statement = statement.where(Delivery.id < before)
    rows = await connection.execute(statement.order_by(Delivery.id.desc()).limit(limit))
    return list(rows.mappings())


def moment_of(row: RowMapping) -> datetime | None:
    """When a reject was heard, or reached us; None when nobody knew."""
    heard: datetime | None = row["heard_at"] or row["arrived_at"]
    return heard
