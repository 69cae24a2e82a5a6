"""Citizens' reports for those who work on them: the list with what is overdue, acts with their history, call-backs."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import Connection

from geo.errors import NotFound
from geo.workdays import Workdays
from layers.access.audit import note_act
from layers.citizens.acts import Act, act
from layers.citizens.history import Actor, append, lock_report
from layers.citizens.read import Asked, counts_statement, history_statement, staff_statement
from layers.citizens.rows import categories_at, flow_at
from layers.citizens.secret import open_contact
from layers.database import read, write_async
from layers.stepping import Entry
from web.citizen.intake import contact_key, origin_of
from web.citizen.staff import (
    CALLERS,
    STAFF,
    WATCHERS,
    Counted,
    StaffList,
    StaffReport,
    staff_entries,
    staff_report,
    who_works,
)
from web.routes.pages import check_origin
from web.state import state_of
from web.views import Problem

router = APIRouter(
    prefix="/api/reports",
    responses={401: {"model": Problem}, 403: {"model": Problem}, 404: {"model": Problem}, 409: {"model": Problem}},
)
PRIVATE = {"cache-control": "private, no-store", "vary": "Cookie"}
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ActIn(BaseModel):
    """One act of `steps[]`, over the version that was read."""

    model_config = ConfigDict(extra="forbid")
    action: Short
    text: Words | None = None
    agency: Short | None = None
    same_as: Short | None = None
    version: int | None = None


class Why(BaseModel):
    """Why a contact is looked at."""

    model_config = ConfigDict(extra="forbid")
    reason: Words


class ContactView(BaseModel):
    """Whom to call back."""

    name: str | None
    phone: str | None


@router.get("")
async def get_list(  # noqa: PLR0913, PLR0917
    request: Request,
    response: Response,
    state: str | None = None,
    unit: str | None = None,
    category: str | None = None,
    overdue: bool | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> StaffList:
    """Reports to work on: open ones by what is due next, then those that ended. A commune sees its own only."""
    who, own = await who_works(request, WATCHERS)
    shared = state_of(request)
    asked = Asked(state, own or unit, category, overdue, limit=limit)

    def find(connection: Connection) -> list[StaffReport]:
        now = shared.clock()
        categories, flow = categories_at(connection, now), flow_at(connection, now)
        rows = connection.execute(staff_statement(asked, now))
        return [staff_report(row, who.role, categories, flow) for row in rows]

    async with read(shared.engine) as connection:
        reports = await connection.run_sync(find)
    response.headers.update(PRIVATE)
    return StaffList(unit=own, origin=origin_of(shared), reports=reports)


@router.get("/counts")
async def get_counts(request: Request, response: Response, by: Literal["unit", "agency"] = "unit") -> list[Counted]:
    """Open, overdue and answered in time per commune or agency, the most overdue first."""
    await who_works(request, WATCHERS)
    shared = state_of(request)
    async with read(shared.engine) as connection:
        rows = (await connection.execute(counts_statement(by, shared.clock()))).mappings().all()
    response.headers.update(PRIVATE)
    return [Counted(**row) for row in rows]


@router.get("/{number}/work")
async def get_work(request: Request, response: Response, number: str) -> StaffReport:
    """One report with its history and what can be done."""
    who, own = await who_works(request, WATCHERS)
    shared = state_of(request)
    async with read(shared.engine) as connection:
        view = await connection.run_sync(_work, number, own, who.role, shared.clock())
    response.headers.update(PRIVATE)
    return view


@router.post("/{number}/acts", status_code=201)
async def post_act(request: Request, response: Response, number: str, asked: ActIn) -> StaffReport:
    """Do one of the steps; the report after it."""
    check_origin(request)
    who, own = await who_works(request, STAFF)
    shared = state_of(request)

    def run(connection: Connection) -> StaffReport:
        now = shared.clock()
        report = _of(lock_report(connection, number), own)
        act(connection, report, Act(**asked.model_dump()), Actor(now, who.role.value, who.username), Workdays())
        return _work(connection, number, own, who.role, now)

    async with write_async(shared.engine) as connection:
        view = await connection.run_sync(run)
    response.headers.update(PRIVATE)
    return view


@router.post("/{number}/contact")
async def post_contact(request: Request, response: Response, number: str, why: Why) -> ContactView:
    """Name and telephone of who told it; who asked and why is written down before it is shown."""
    check_origin(request)
    who, own = await who_works(request, CALLERS)
    shared, key = state_of(request), contact_key(state_of(request))

    def run(connection: Connection) -> ContactView:
        now = shared.clock()
        report = _of(lock_report(connection, number), own)
        connection.execute(note_act(who, "report.unmask", number, why.reason, now))
        append(connection, report, Entry("unmasked", Actor(now, who.role.value, who.username), {"text": why.reason}))
        contact = open_contact(connection, report.contact, key)
        return ContactView(name=contact.get("name"), phone=contact.get("phone"))

    async with write_async(shared.engine) as connection:
        view = await connection.run_sync(run)
    response.headers.update(PRIVATE)
    return view


def _work(connection: Connection, number: str, own: str | None, role: Any, now: Any) -> StaffReport:
    row = connection.execute(staff_statement(Asked(number=number), now)).first()
    flow = flow_at(connection, now)
    report = staff_report(_of(row, own), role, categories_at(connection, now), flow)
    report.history = staff_entries(connection.execute(history_statement(row.id)), flow)  # type: ignore[union-attr]
    return report


def _of(row: Any, own: str | None) -> Any:
    """The report, as long as it is of the commune one is held to; another's does not exist for it."""
    if row is None or (own is not None and row.unit != own):
        raise NotFound("number: there is no such report here", field="number")
    return row
