"""Tasks out of numbers: drafts for whoever leads, lists for those who follow, steps, letters as DOCX and edXML."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from geo.clock import local_date
from layers.database import read
from layers.tasks.offices import read_offices
from layers.tasks.read import Asked, counts_statement
from layers.tasks.rows import calendar_of, letterhead_at
from web.citizen.intake import origin_of
from web.routes.pages import check_origin
from web.sheets import PRIVATE
from web.state import state_of
from web.tasks.born import Origin, read_born
from web.tasks.docx import MEDIA
from web.tasks.keep import keep_draft, lead, read_letter, read_task, read_tasks
from web.tasks.letter import letter_docx, letter_edxml
from web.tasks.people import DOERS, GIVERS, WATCHERS, who_follows
from web.tasks.views import BornView, Counts, DayView, OfficeView, StartView, TaskList, TaskView, day_view
from web.views import Problem

router = APIRouter(
    prefix="/api/tasks",
    responses={401: {"model": Problem}, 403: {"model": Problem}, 404: {"model": Problem}, 409: {"model": Problem}},
)
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=400)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=4000)]
Number = Annotated[str, StringConstraints(max_length=30)]


class OriginIn(BaseModel):
    """Where the number stands: an indicator at a unit in a period (else its last), or a source that is late."""

    model_config = ConfigDict(extra="forbid")
    indicator: Annotated[str | None, Field(max_length=60)] = None
    unit: Annotated[str, Field(max_length=120)] = "51"
    structure: Annotated[str, Field(max_length=10)] = "2025"
    period: date | None = None
    source: Annotated[str | None, Field(max_length=80)] = None

    def origin(self) -> Origin:
        """The same for whoever reads it."""
        return Origin(self.indicator, self.unit, self.structure, self.period, self.source)


class DraftIn(BaseModel):
    """What a draft says: `asked` is what is to be done, `agency` one of /api/tasks/offices."""

    model_config = ConfigDict(extra="forbid")
    title: Title
    asked: Said
    agency: Short
    due_on: date


class NewIn(DraftIn):
    """A draft and the number it is born of."""

    born: OriginIn


class ActIn(BaseModel):
    """One step of `steps[]`; `word`: on whose word an operator does it."""

    model_config = ConfigDict(extra="forbid")
    action: Short
    text: Said | None = None
    word: Said | None = None
    due_on: date | None = None
    draft: DraftIn | None = None
    version: int | None = None


@router.get("/offices")
async def get_offices(request: Request) -> list[OfficeView]:
    """The offices a task can be given to: agencies, then the committees of today's communes."""
    await who_follows(request, GIVERS)
    state = state_of(request)
    async with read(state.engine) as connection:
        offices = await connection.run_sync(read_offices, local_date(state.clock()))
    return [OfficeView(**vars(office)) for office in offices]


@router.get("/day")
async def get_day(request: Request, day: date) -> DayView:
    """A day as a deadline: worked or a holiday, when it would be due then, how many working days are left."""
    await who_follows(request, WATCHERS)
    state = state_of(request)
    async with read(state.engine) as connection:
        calendar = await connection.run_sync(calendar_of)
    return day_view(day, local_date(state.clock()), calendar)


@router.get("/start")
async def get_start(request: Request, asked: Annotated[OriginIn, Query()]) -> StartView:
    """A draft as it would begin: heading and number as the page shows them, the office, a usual day."""
    await who_follows(request, GIVERS)
    state = state_of(request)
    born, today = await read_born(state, asked.origin()), local_date(state.clock())
    async with read(state.engine) as connection:
        calendar = await connection.run_sync(calendar_of)
        head = await connection.run_sync(lambda c: letterhead_at(c, state.clock()))
        names = [office.name for office in await connection.run_sync(read_offices, today)]
    agency = next((name for name in names if name.startswith(born.agency)), "")
    due = day_view(calendar.after(today, head.within_days), today, calendar)
    return StartView(title=born.title, agency=agency, due=due, born=BornView(**born.told))


@router.get("/counts")
async def get_counts(request: Request, response: Response) -> Counts:
    """How many are drafts, out, overdue, reported, done."""
    _, held = await who_follows(request, WATCHERS)
    state = state_of(request)
    async with read(state.engine) as connection:
        row = (await connection.execute(counts_statement(held, state.clock()))).mappings().one()
    response.headers.update(PRIVATE)
    return Counts(**row)


@router.get("")
async def get_list(  # noqa: PLR0913, PLR0917 - each is a part of the query
    request: Request,
    response: Response,
    state: str | None = None,
    open: bool | None = None,
    overdue: bool | None = None,
    indicator: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> TaskList:
    """Tasks: the overdue first, then by what is due next. A steward sees those of its office, a commune its own."""
    who, held = await who_follows(request, WATCHERS)
    shared = state_of(request)
    asked = Asked(state, open, overdue, indicator, limit=limit)
    tasks = await read_tasks(shared, who, asked, held)
    response.headers.update(PRIVATE)
    return TaskList(
        now=shared.clock(),
        agency=held.agency,
        unit=held.unit,
        can_give=who.role in GIVERS,
        origin=origin_of(shared),  # type: ignore[arg-type]
        tasks=tasks,
    )


@router.post("", status_code=201)
async def post_draft(request: Request, response: Response, said: NewIn) -> TaskView:
    """Keep a draft out of a number; the number as it is shown now is kept with it."""
    check_origin(request)
    who, held = await who_follows(request, GIVERS)
    state = state_of(request)
    number = await keep_draft(state, who, said, await read_born(state, said.born.origin()))
    response.headers.update(PRIVATE)
    return await read_task(state, who, number, held)


@router.get("/{number}")
async def get_task(request: Request, response: Response, number: Number) -> TaskView:
    """One task: the number then and now, what can be done, its history, what the axis says of its letter."""
    who, held = await who_follows(request, WATCHERS)
    response.headers.update(PRIVATE)
    return await read_task(state_of(request), who, number, held)


@router.post("/{number}/acts", status_code=201)
async def post_act(request: Request, response: Response, number: Number, said: ActIn) -> TaskView:
    """Do one of the steps; the task after it."""
    check_origin(request)
    who, held = await who_follows(request, GIVERS | DOERS)
    state = state_of(request)
    await lead(state, who, held, number, said)
    response.headers.update(PRIVATE)
    return await read_task(state, who, number, held)


@router.get("/{number}/letter.docx")
async def get_docx(request: Request, number: Number) -> Response:
    """The letter as a Word file; a draft is marked DỰ THẢO, what stands on simulated figures MÔ PHỎNG."""
    _, held = await who_follows(request, WATCHERS)
    letter = await read_letter(state_of(request), number, held)
    return _file(letter_docx(letter), f"{letter.task.number}.docx", MEDIA)


@router.get("/{number}/letter.edxml")
async def get_edxml(request: Request, number: Number) -> Response:
    """The issued letter as an edXML envelope (QCVN 102:2016) with the Word file in it."""
    _, held = await who_follows(request, WATCHERS)
    letter = await read_letter(state_of(request), number, held)
    return _file(letter_edxml(letter), f"{letter.task.number}.edxml", "application/xml")


def _file(data: bytes, name: str, media: str) -> Response:
    return Response(data, 200, PRIVATE | {"content-disposition": f'attachment; filename="{name}"'}, media)
