"""Shifts of the desk: the one that is on, its log, giao ca by two persons, and sổ trực on paper."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime
from sqlalchemy import Connection

from layers.access.accounts import Who
from layers.access.roles import OFFICERS
from layers.database import read, write_async
from layers.sources.freshness import read_mark
from layers.watch.shift.book import (
    DESK,
    Line,
    begin_shift,
    current_statement,
    get_shift,
    people_statement,
    shifts_statement,
    write_line,
)
from layers.watch.shift.handover import Confirmation, confirm, prepare
from layers.watch.shift.times import read_planned
from tiles.paper.pdf import make_pdf, mark_of
from tiles.shift_book import Sheet, book_html, book_title
from web.access import require, who_asks
from web.routes.books import PRIVATE, person
from web.routes.pages import check_origin
from web.shift_views import (
    Begin,
    Confirm,
    CurrentView,
    HandoverView,
    Made,
    NewLine,
    NowView,
    PersonView,
    Prepare,
    ShiftRow,
)
from web.shifts import handover_view, now_view, sheet_of
from web.state import state_of
from web.views import Problem

LAST = timedelta(days=7)
MOST = timedelta(days=92)
Number = Annotated[int, Path(ge=1, lt=2**31)]
router = APIRouter(prefix="/api", responses={401: {"model": Problem}, 403: {"model": Problem}})


@router.get("/shifts/current")
async def get_current(request: Request) -> CurrentView:
    """The shifts that are on, one a desk, and the hours of the settings that now falls into."""
    await require(request, OFFICERS)
    state, who = state_of(request), await who_asks(request)
    now = state.clock()

    def work(connection: Connection) -> tuple[Any, Any]:
        return connection.execute(current_statement()).all(), read_planned(connection, now)

    async with read(state.engine) as connection:
        rows, planned = await connection.run_sync(work)
    shifts = [ShiftRow.model_validate(row, from_attributes=True) for row in rows]
    hours = {} if planned is None else {"planned_from": planned.since, "planned_until": planned.until}
    blank: dict[str, Any] = {"planned_from": None, "planned_until": None, **hours}
    return CurrentView(now=now, me=None if who is None else who.username, desk=DESK, shifts=shifts, **blank)


@router.get("/shifts/people")
async def get_people(request: Request) -> list[PersonView]:
    """Who can be on duty."""
    await require(request, OFFICERS)
    async with read(state_of(request).engine) as connection:
        rows = await connection.execute(people_statement())
        return [PersonView.model_validate(row, from_attributes=True) for row in rows]


@router.get("/shifts")
async def get_shifts(
    request: Request,
    since: AwareDatetime | None = Query(None, alias="from"),
    until: AwareDatetime | None = Query(None, alias="to"),
) -> list[ShiftRow]:
    """Shifts that touch a stretch of time (the last week unless told, 92 days at most), the newest first."""
    await require(request, OFFICERS)
    state = state_of(request)
    last = until or state.clock() + timedelta(seconds=1)
    first = max(since or last - LAST, last - MOST)
    async with read(state.engine) as connection:
        rows = await connection.execute(shifts_statement(first, last))
        return [ShiftRow.model_validate(row, from_attributes=True) for row in rows]


@router.get("/shifts/{number}.pdf", responses={404: {"model": Problem}}, response_class=Response)
async def get_book(request: Request, number: Number) -> Response:
    """Sổ trực, A4, to be signed: people, log, what was handed over, signatures."""
    await require(request, OFFICERS)
    state = state_of(request)
    now = state.clock()
    async with read(state.engine) as connection:
        sheet: Sheet = await connection.run_sync(lambda c: sheet_of(c, get_shift(c, number), now))
        mark = mark_of(await read_mark(connection))
    body = await asyncio.to_thread(lambda: make_pdf(book_html(sheet), book_title(sheet.shift), mark))
    headers = PRIVATE | {"content-disposition": f'inline; filename="so-truc-{number}.pdf"'}
    return Response(body, 200, headers, "application/pdf")


@router.get("/shifts/{number}", responses={404: {"model": Problem}})
async def get_one(request: Request, number: Number) -> NowView:
    """One shift: its log, what it would hand over now, its handover if one was prepared."""
    await require(request, OFFICERS)
    state = state_of(request)
    now = state.clock()
    async with read(state.engine) as connection:
        origin = await read_mark(connection)
        return await connection.run_sync(lambda c: now_view(c, get_shift(c, number), origin, now))


@router.post("/shifts", status_code=201)
async def post_shift(request: Request, asked: Begin) -> Made:
    """Begin a shift now, where none is on; otherwise the one that is on hands over."""
    return await _write(request, lambda c, who, now: begin_shift(c, who, asked.desk or DESK, asked.people, now))


@router.post("/shifts/{number}/notes", status_code=201, responses={404: {"model": Problem}})
async def post_note(request: Request, number: Number, line: NewLine) -> Made:
    """Write a line into the log; about a case, into its ledger too."""
    told = Line(line.text, line.case, line.at)
    return await _write(request, lambda c, who, now: write_line(c, who, number, told, now))


@router.post("/shifts/{number}/handover", status_code=201, responses={404: {"model": Problem}})
async def post_handover(request: Request, number: Number, asked: Prepare) -> Made:
    """Prepare the handover: freeze what is handed over; a former one is withdrawn."""
    return await _write(request, lambda c, who, now: prepare(c, who, number, asked.to_people, now))


@router.get("/handovers/{number}", responses={404: {"model": Problem}})
async def get_handover(request: Request, number: Number) -> HandoverView:
    """A handover as it was prepared, and what has changed since."""
    await require(request, OFFICERS)
    state = state_of(request)
    now = state.clock()
    async with read(state.engine) as connection:
        return await connection.run_sync(lambda c: handover_view(c, number, now))


@router.post("/handovers/{number}/confirm", responses={404: {"model": Problem}})
async def post_confirm(request: Request, number: Number, asked: Confirm) -> Made:
    """Confirm one side. Both sides by two persons: then the shift ends and the next one begins."""
    said = Confirmation(asked.side, asked.sha256, asked.changes_sha256)
    return await _write(request, lambda c, who, now: confirm(c, who, number, said, now))


async def _write(request: Request, work: Any) -> Made:
    """Do something as the person who asks, in one transaction. NeedsLogin or NotAllowed for anybody else."""
    check_origin(request)
    who: Who = await person(request, OFFICERS)
    state = state_of(request)
    now: datetime = state.clock()
    async with write_async(state.engine) as connection:
        return Made(id=await connection.run_sync(lambda c: work(c, who, now)))
