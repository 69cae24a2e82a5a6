"""Cases: the queue, one case, opening one by hand, doing something with one, a telephone by an audited call."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection, select

from geo.errors import NeedsLogin
from layers.access.accounts import Who
from layers.access.roles import OFFICERS, Role
from layers.database import read, write_async
from layers.watch.cases.about import case_statement
from layers.watch.cases.acts import Doer
from layers.watch.cases.models import Case
from web.access import require, who_asks
from web.books import vessel_number
from web.case_acts import Act, do
from web.case_card import read_card
from web.case_notices import ways_of
from web.case_opening import NewCase, open_by_hand
from web.case_views import CaseCard, CaseQueue, Done
from web.cases import Asked, read_queue
from web.reported import QuestionView
from web.routes.books import PRIVATE
from web.routes.pages import check_origin
from web.state import state_of
from web.views import Problem

READERS = OFFICERS | {Role.LEADER}
MOST = 2000
router = APIRouter(prefix="/api/cases", responses={401: {"model": Problem}, 403: {"model": Problem}})
MISSING: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}
REFUSED: dict[int | str, dict[str, Any]] = {**MISSING, 400: {"model": Problem}, 409: {"model": Problem}}


class Search(BaseModel):
    """What is looked for."""

    state: Annotated[str, Field(max_length=20)] = "open"
    kind: Annotated[str, Field(max_length=40)] = ""
    assigned: Annotated[str, Field(max_length=80)] = ""
    vessel: Annotated[str, Field(max_length=20)] = ""
    q: Annotated[str, Field(max_length=80)] = ""
    limit: Annotated[int, Field(ge=1, le=MOST)] = 200
    at: AwareDatetime | None = None


@router.get("")
async def get_cases(request: Request, response: Response, search: Annotated[Search, Query()]) -> CaseQueue:
    """The queue: people in danger first, then by kind, the longest overdue, the next due, the oldest.

    `state` open, closed or all; `assigned=me` what was given to you; `at` the queue as it stood at a moment.
    """
    role = await require(request, READERS)
    who = await who_asks(request)
    mine = (who.username if who is not None else "") if search.assigned == "me" else search.assigned or None
    boat = vessel_number(search.vessel) if search.vessel else None
    asked = Asked(search.state, search.kind, mine, boat, search.q, search.limit, search.at)
    shared = state_of(request)
    response.headers.update(PRIVATE)
    async with read(shared.engine) as connection:
        return await connection.run_sync(read_queue, asked, role, shared.clock())


@router.get("/{number}", responses=MISSING)
async def get_case(request: Request, response: Response, number: str) -> CaseCard:
    """One case whole: ledger, duties, law, people, and what may be done now."""
    role, shared = await require(request, READERS), state_of(request)
    response.headers.update(PRIVATE)
    async with read(shared.engine) as connection:
        row = (await connection.execute(case_statement(number))).first()
        origin = "simulated" if row is None else row.origin
        ways = {way.value: way.title for way in ways_of(shared.settings, origin) if way.enabled}
        return await connection.run_sync(read_card, number, role, shared.clock(), ways)


@router.post("", status_code=201, responses=REFUSED)
async def post_case(request: Request, told: NewCase) -> CaseCard:
    """Open a case by hand."""
    who, shared = await doing(request), state_of(request)
    doer = Doer(who.username, who.role.value, shared.clock())
    origin = "simulated" if shared.settings.demo else "real"
    async with write_async(shared.engine) as connection:
        case_id = await connection.run_sync(open_by_hand, told, doer, origin)
        number = await connection.run_sync(_number, case_id)
    ways = {way.value: way.title for way in ways_of(shared.settings, origin) if way.enabled}
    async with read(shared.engine) as connection:
        return await connection.run_sync(read_card, number, who.role, shared.clock(), ways)


def _number(connection: Connection, case_id: int) -> str:
    return str(connection.execute(select(Case.number).where(Case.id == case_id)).scalar_one())


@router.post("/{number}/do", response_model=Done, responses={**REFUSED, 200: {"model": Done | QuestionView}})
async def post_do(request: Request, number: str, told: Act) -> Done | Response:
    """Do one thing with a case. 409: somebody was faster, or the flow forbids it; 400: something is missing.

    An answer with `kept` false asks about a doubtful position and has kept nothing: send it again with `confirmed`.
    """
    found = await do(state_of(request), number, told, await doing(request))
    if isinstance(found, QuestionView):
        return JSONResponse(found.model_dump(mode="json"), 200, {"cache-control": "no-store"})
    return found


async def doing(request: Request) -> Who:
    """Who does it: somebody signed in on a page of ours, or a machine with a key."""
    await require(request, OFFICERS)
    who = await who_asks(request)
    if who is None:
        raise NeedsLogin("sign in as an officer to do this", field="session")
    if not who.key:
        check_origin(request)
    return who
