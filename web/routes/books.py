"""The fisheries' books, for officers: papers of a boat, its people by an audited call, disagreements, working lists."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import insert, update

from geo.errors import BadInput, NeedsLogin, NotAllowed, NotFound
from layers.access.accounts import Who
from layers.access.audit import note_act
from layers.access.roles import CONTACTS, OFFICERS, Readers
from layers.books.contacts import contacts_statement
from layers.books.disagreement import Disagreement, DisagreementStep
from layers.books.lists import Narrow
from layers.database import read, write_async
from layers.desk.groups import members_statement
from layers.sources.freshness import read_sources
from web.access import is_wall, require, who_asks
from web.book_lists import list_counts, list_csv, list_page, list_sheet, officials
from web.book_views import (
    BookCard,
    ContactView,
    DisagreementCard,
    DisagreementList,
    Judged,
    ListPage,
    ListView,
    Reason,
    Unmasked,
)
from web.books import (
    book_card,
    disagreement_card,
    disagreement_list,
    vessel_number,
)
from web.desk_groups import seen_group
from web.routes.pages import check_origin
from web.sheets import sheet_response
from web.state import state_of
from web.unit_cards import source_view
from web.views import Problem

MOST_ROWS = 1000
MOST_EXPORTED = 100_000
PRIVATE = {"cache-control": "private, no-store", "vary": "Cookie"}
router = APIRouter(prefix="/api", responses={401: {"model": Problem}, 403: {"model": Problem}})


async def person(request: Request, readers: Readers) -> Who:
    """Whoever is signed in, as a person: not a key, not a screen of the wall. NeedsLogin or NotAllowed otherwise."""
    await require(request, readers)
    who = await who_asks(request)
    if who is None:
        raise NeedsLogin("sign in as an officer to do this", field="session")
    if who.key or is_wall(request, who):
        raise NotAllowed("session: a person must be signed in for this, not a key or a wall", field="session")
    return who


@router.get("/vessels/{vessel_id}/books", responses={404: {"model": Problem}})
async def get_book_card(request: Request, response: Response, vessel_id: str) -> BookCard:
    """One boat in every book: registers, departures and arrivals, penalties, landings, disagreements."""
    role = await require(request, OFFICERS)
    response.headers.update(PRIVATE)
    return await book_card(state_of(request), role, vessel_id)


@router.post("/vessels/{vessel_id}/contacts/unmask", responses={404: {"model": Problem}})
async def post_unmask(request: Request, response: Response, vessel_id: str, asked: Reason) -> Unmasked:
    """A boat's people and telephones, whole; who asked, when and why is written down before they are shown."""
    check_origin(request)
    who, boat, state = await person(request, CONTACTS), vessel_number(vessel_id), state_of(request)
    now, reason = state.clock(), " ".join(asked.reason.split())
    if len(reason) < 5:
        raise BadInput("reason: say in a few words why", field="reason")
    async with read(state.engine) as connection:
        rows = (await connection.execute(contacts_statement(boat, who.role))).mappings().all()
        sources = await read_sources(connection)
    if not rows:
        raise NotFound(f"vessel={vessel_id!r}: no register holds it", field="id")
    async with write_async(state.engine) as writing:
        await writing.execute(note_act(who, "contacts.unmask", vessel_id, reason, now))
    response.headers.update(PRIVATE)
    told = [ContactView(source=source_view(sources[r["source_id"]]), **_without_source(r)) for r in rows]  # type: ignore[arg-type]
    return Unmasked(vessel=vessel_id, noted_at=now, contacts=told)


def _without_source(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "source_id"}


@router.get("/books/disagreements")
async def get_disagreements(
    request: Request,
    kind: str = Query("", max_length=40),
    vessel: str = Query("", max_length=20),
    state: str = Query("", max_length=20),
    limit: int = Query(100, ge=1, le=MOST_ROWS),
    offset: int = Query(0, ge=0),
) -> DisagreementList:
    """Where books do not say the same: the open ones, or with `state=gone` those that agree again."""
    role = await require(request, OFFICERS)
    asked = {"kind": kind, "vessel": vessel, "state": state}
    return await disagreement_list(state_of(request), role, asked, (limit, offset))


@router.get("/books/disagreements/{number}", responses={404: {"model": Problem}})
async def get_disagreement(request: Request, number: int) -> DisagreementCard:
    """One disagreement with all that happened to it."""
    role = await require(request, OFFICERS)
    return await disagreement_card(state_of(request), role, number)


@router.post("/books/disagreements/{number}", responses={404: {"model": Problem}})
async def post_disagreement(request: Request, number: int, judged: Judged) -> DisagreementCard:
    """Say what has been found out about a disagreement; both books stay as they are."""
    check_origin(request)
    who, state = await person(request, OFFICERS), state_of(request)
    note = " ".join((judged.note or "").split()) or None
    if judged.state == "settled" and note is None:
        raise BadInput("note: say what has been found out (đã rõ: …)", field="note")
    now = state.clock()
    async with write_async(state.engine) as connection:
        told = {"state": judged.state, "note": note, "state_by": who.username, "state_at": now}
        here = Disagreement.id == number
        found = (
            await connection.execute(
                update(Disagreement).where(here).values(**told).returning(Disagreement.one, Disagreement.other)
            )
        ).first()
        if found is None:
            raise NotFound(f"id={number}: no such disagreement; see /api/books/disagreements", field="id")
        step = {"disagreement_id": number, "at": now, "what": "state", "by": who.username, "note": note}
        await connection.execute(
            insert(DisagreementStep).values(**step, state=judged.state, one=found.one, other=found.other)
        )
        await connection.execute(note_act(who, f"disagreement.{judged.state}", str(number), note or "", now))
    return await disagreement_card(state, who.role, number)


async def narrowed(
    request: Request,
    q: str = Query("", max_length=80),
    official: str = Query("", max_length=120),
    group: int | None = Query(None),
) -> Narrow:
    """What is left of every list: what was typed, one official's boats, the boats of a group the reader may see."""
    await require(request, OFFICERS)
    if group is None:
        return Narrow(q, official)
    who = await who_asks(request)
    username = None if who is None or who.key else who.username
    async with read(state_of(request).engine) as connection:
        await connection.run_sync(seen_group, group, username)
        boats = tuple(row.vessel for row in await connection.execute(members_statement(group)))
    return Narrow(q, official, boats)


Left = Annotated[Narrow, Depends(narrowed)]


@router.get("/books/officials")
async def get_officials(request: Request) -> list[str]:
    """The officials in charge of boats, to narrow lists by."""
    await require(request, OFFICERS)
    return await officials(state_of(request))


@router.get("/books/lists")
async def get_lists(request: Request, left: Left) -> list[ListView]:
    """The working lists, each with how many stand in it; what is asked narrows all of them."""
    role = await require(request, OFFICERS)
    return await list_counts(state_of(request), role, left)


@router.get("/books/lists/{name}", responses={404: {"model": Problem}})
async def get_list(
    request: Request,
    name: str,
    left: Left,
    limit: int = Query(200, ge=1, le=MOST_ROWS),
    offset: int = Query(0, ge=0),
) -> ListPage:
    """The rows of one list: an exact number first, then an exact name, then by what is most pressing."""
    role = await require(request, OFFICERS)
    return await list_page(state_of(request), role, name, left, (limit, offset))


@router.get("/books/lists/{name}/boats", responses={404: {"model": Problem}})
async def get_list_boats(request: Request, response: Response, name: str, left: Left) -> list[str]:
    """The ids of all boats of a list, to show them on the map or to make a group of them."""
    role = await require(request, OFFICERS)
    page = await list_page(state_of(request), role, name, left, (MOST_EXPORTED, 0))
    response.headers.update(PRIVATE)
    return list(dict.fromkeys(row["id"] for row in page.rows if row["id"] is not None))


@router.get("/books/lists/{name}/{form}", responses={404: {"model": Problem}}, response_class=Response)
async def get_list_file(request: Request, name: str, form: Literal["csv", "xlsx"], left: Left) -> Response:
    """The whole list as CSV (UTF-8 with a mark for spreadsheets) or XLSX; an owner only for who may read one."""
    role = await require(request, OFFICERS)
    page = await list_page(state_of(request), role, name, left, (MOST_EXPORTED, 0))
    if form == "xlsx":
        return await asyncio.to_thread(sheet_response, list_sheet(page), "xlsx")
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{page.name}.csv"'}
    return Response(list_csv(page), 200, headers, "text/csv; charset=utf-8")
