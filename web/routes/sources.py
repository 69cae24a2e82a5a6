"""GET /api/sources: who sends, how often, when last, in which state, with its pulse; and the page that lists it."""

import asyncio
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import select

from geo.clock import end_of_day, local_date
from geo.errors import BadInput, NotFound
from layers.access.roles import SIGNED_IN, Role
from layers.database import ReadConnection, connect, read, transaction
from layers.reminders.ledger import open_reminders
from layers.sources.contacts import Contact, put_contact
from layers.sources.freshness import Origin
from layers.sources.last import LastDelivery, read_last
from layers.sources.models import Source
from layers.sources.pulse_read import By, Cell, Span, floor_to, read_pulses
from layers.sources.pulse_read import State as Beat
from layers.sources.reject_read import read_deliveries
from web.access import is_wall, require, role_of, who_asks
from web.routes.exchange import READERS
from web.routes.intake import apart
from web.routes.pages import check_origin, page
from web.routes.reminders import READERS as REMINDED_BY
from web.state import State as App
from web.state import state_of, url_of
from web.views import Words, timed

router = APIRouter()

State = Literal["fresh", "late", "stale", "none"]
CONTACTED_BY = SIGNED_IN - {Role.VIEWER}
"""Who may read an office's telephone: people, not the wall."""
EDITORS = frozenset({Role.OPERATOR, Role.ADMIN})
MOST_CELLS = 2_200
"""Three months of hours, six years of days."""


class DeliveryView(BaseModel):
    """The last run of a source; `open` while a stream is still being read."""

    label: str
    started_at: datetime
    open: bool
    rejected: int


class ContactView(BaseModel):
    """Who answers for a source: an office and the duty in it."""

    office: str
    duty: str | None
    phone: str | None


class CellView(BaseModel):
    """One hour or day from `t` on. Counts null: unknown, for we were `down` or the source was not there `before`."""

    t: datetime
    state: Beat
    lines: int | None = None
    messages: int | None = None
    stored: int | None = None
    duplicates: int | None = None
    refused: int | None = None
    late_p50_s: int | None = None
    late_max_s: int | None = None


class SourceState(BaseModel):
    """One source. `state` none: it never delivered. `cadence_s` null: it has no fixed rhythm and is never late.

    `contact` null: nobody said, or this role may not know. `pulse`: the days asked for, oldest first.
    """

    code: str
    title: Words
    origin: Origin
    cadence_s: int | None
    last_delivery: DeliveryView | None
    state: State
    time: datetime | None
    age_s: int | None
    refused_today: int
    refused_open: int
    contact: ContactView | None
    reminders: list[str]
    pulse: list[CellView] | None = None


class SourceList(BaseModel):
    """Every source, those that need somebody first."""

    now: datetime
    sources: list[SourceState]


class Pulse(BaseModel):
    """A source's pulse by hour or by day of Việt Nam, oldest first."""

    code: str
    by: By
    cells: list[CellView]


class ContactChange(BaseModel):
    """Who answers for a source from now on."""

    office: Annotated[str, Field(max_length=200)]
    duty: Annotated[str | None, Field(max_length=200)] = None
    phone: Annotated[str | None, Field(max_length=40)] = None


class PastDelivery(BaseModel):
    """One delivery: what it was, what came of it, which code understood it, in which paper it came."""

    id: int
    label: str
    started_at: datetime
    finished_at: datetime | None
    adapter: str | None
    form: str | None
    sha256: str | None
    summary: dict[str, Any] | None
    parent_id: int | None
    replay_of: int | None
    paper_id: int | None
    number: str | None
    notation: str | None
    issued_on: date | None
    agency: str | None
    paper_state: str | None


class DeliveryList(BaseModel):
    """Newest first; `next_before` is where the next page begins, null at the end."""

    deliveries: list[PastDelivery]
    next_before: int | None


WORST_FIRST: tuple[State, ...] = ("stale", "late", "fresh", "none")


@router.get("/api/sources")
async def get_sources(request: Request, pulse: Annotated[int, Query(ge=0, le=366)] = 0) -> SourceList:
    """Every source with its cadence, last delivery, state and age; with `pulse`, the last so many days of each."""
    state, now = state_of(request), state_of(request).clock()
    shown = await _knows_contacts(request)
    async with read(state.engine) as connection:
        found = [source_view(last, now, shown) for last in await read_last(connection, _today(now))]
        if pulse:
            since = floor_to(now - timedelta(days=pulse - 1), "day")
            cells = await _pulses(connection, Span(since, now + timedelta(hours=1), "day", now))
            for each in found:
                each.pulse = cells[each.code]
    await _put_reminders(request, found)
    return SourceList(now=now, sources=sorted(found, key=_urgency))


@router.get("/api/sources/{code}")
async def get_source(request: Request, code: str) -> SourceState:
    """One source."""
    state, now = state_of(request), state_of(request).clock()
    async with read(state.engine) as connection:
        found = await read_last(connection, _today(now), code)
    if not found:
        raise _no_such(code)
    shown = source_view(found[0], now, await _knows_contacts(request))
    await _put_reminders(request, [shown])
    return shown


@router.get("/api/sources/{code}/pulse")
async def get_pulse(
    request: Request,
    code: str,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    by: By = "hour",
) -> Pulse:
    """What came hour by hour (or by day), the last four weeks unless told; an unknown hour is null, never zero."""
    state, now = state_of(request), state_of(request).clock()
    end = min(until or now + timedelta(hours=1), now + timedelta(hours=1))
    span = Span(floor_to(since or now - timedelta(days=28), by), end, by, now)
    cells = (end - span.since) / timedelta(hours=1 if by == "hour" else 24)
    if cells > MOST_CELLS:
        raise BadInput(f"from={since}: more than {MOST_CELLS} cells; ask for less, or by=day", field="from")
    async with read(state.engine) as connection:
        found = await _pulses(connection, span, code)
    if code not in found:
        raise _no_such(code)
    return Pulse(code=code, by=by, cells=found[code])


@router.get("/api/sources/{code}/deliveries")
async def get_deliveries(
    request: Request,
    code: str,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 30,
) -> DeliveryList:
    """A source's deliveries, newest first; for who answers for data."""
    await require(request, READERS)
    async with read(state_of(request).engine) as connection:
        rows = await read_deliveries(connection, code, before, limit)
    found = [PastDelivery(**dict(row) | {"sha256": row["sha256"].hex() if row["sha256"] else None}) for row in rows]
    return DeliveryList(deliveries=found, next_before=found[-1].id if len(found) == limit else None)


@router.put("/api/sources/{code}")
async def put_source(request: Request, code: str, change: ContactChange) -> SourceState:
    """Say who answers for a source: an office and a duty, no person. Who changed what is kept."""
    await require(request, EDITORS)
    who = await who_asks(request)
    assert who is not None  # somebody of these roles
    if not who.key:
        check_origin(request)
    contact = Contact(change.office, change.duty, change.phone)
    await asyncio.to_thread(_put, state_of(request), code, contact, who.username)
    return await get_source(request, code)


@router.get("/sources", include_in_schema=False)
async def sources_page() -> Response:
    """The same as a page."""
    return page("sources")


def _put(state: App, code: str, contact: Contact, by: str) -> None:
    with connect(url_of(state)) as connection, transaction(connection):
        put_contact(connection, code, contact, by, state.clock())


async def _pulses(connection: ReadConnection, span: Span, code: str | None = None) -> dict[str, list[CellView]]:
    """Cells by the source's code."""
    statement = select(Source.id, Source.code)
    if code is not None:
        statement = statement.where(Source.code == code)
    codes = {row.id: row.code for row in await connection.execute(statement)}
    found = await read_pulses(connection, list(codes), span)
    return {codes[each]: [_cell(cell) for cell in cells] for each, cells in found.items()}


def _cell(cell: Cell) -> CellView:
    counts = cell.counts or {}
    return CellView(t=cell.t, state=cell.state, late_p50_s=cell.late_p50_s, late_max_s=cell.late_max_s, **counts)


async def _put_reminders(request: Request, found: Iterable[SourceState]) -> None:
    """What each was reminded of and has not brought; for who may read the ledger."""
    if await role_of(request) not in REMINDED_BY:
        return
    state = state_of(request)
    waiting = await apart(state, lambda connection: open_reminders(connection, state.clock()))
    for each in found:
        each.reminders = waiting.get(each.code, [])


async def _knows_contacts(request: Request) -> bool:
    return await role_of(request) in CONTACTED_BY and not is_wall(request, await who_asks(request))


def _today(now: datetime) -> datetime:
    """When this day began in Việt Nam (UTC)."""
    return end_of_day(local_date(now)) - timedelta(days=1)


def _urgency(source: SourceState) -> tuple[int, int, int]:
    return (WORST_FIRST.index(source.state), -source.refused_open, -(source.age_s or 0))


def _no_such(code: str) -> NotFound:
    return NotFound(f"source={code[:80]!r}: there is none; GET /api/sources lists them", field="code")


def source_view(last: LastDelivery, now: datetime, with_contact: bool) -> SourceState:
    """A source as the API tells it."""
    delivery = contact = None
    if last.label is not None and last.started_at is not None:
        delivery = DeliveryView(label=last.label, started_at=last.started_at, open=last.open, rejected=last.rejected)
    if with_contact and last.office is not None:
        contact = ContactView(office=last.office, duty=last.duty, phone=last.phone)
    return SourceState(
        code=last.code,
        title=Words(**last.title),
        origin=last.origin,
        cadence_s=None if last.cadence is None else round(last.cadence.total_seconds()),
        last_delivery=delivery,
        state=last.state(now) or "none",
        refused_today=last.refused_today,
        refused_open=last.refused_open,
        contact=contact,
        reminders=[],
        **timed(last.t, now),
    )
