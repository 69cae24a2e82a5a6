"""Citizens' reports without an account: send one, see what is near, follow it by its code, rate it, reopen it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from geo.errors import NotFound
from geo.workdays import Workdays
from layers.citizens.acts import Act, act, rate, reopen_by_citizen
from layers.citizens.codes import hash_of
from layers.citizens.history import Actor, lock_by_code
from layers.citizens.models import ReportCase
from layers.citizens.near import near_reports
from layers.citizens.read import history_statement, photo_statement, photos_of, public_statement
from layers.citizens.rows import categories_at, category_of, flow_at
from layers.database import read, write_async
from web.access import role_of
from web.citizen.intake import Text, file_report, join_report, origin_of, read_report
from web.citizen.staff import STAFF
from web.citizen.views import NearView, ReportFiled, ReportView, line_views, near_view, photo_path, report_view
from web.state import state_of
from web.views import Problem, Words

router = APIRouter(
    prefix="/api/reports", responses={400: {"model": Problem}, 404: {"model": Problem}, 429: {"model": Problem}}
)
NO_STORE = {"cache-control": "private, no-store"}
Degrees = Annotated[float, Query(ge=-180, le=180)]


class CategoryView(BaseModel):
    """What may be told, who answers, within how many working days; or where else to go (`refer`)."""

    code: str
    title: Words
    accepted: bool
    refer: Words | None
    within_days: int
    verified: bool
    source: str


class Said(BaseModel):
    """What the citizen adds."""

    model_config = ConfigDict(extra="forbid")
    text: Text


class Rating(BaseModel):
    """How content the citizen is, 1 to 5."""

    model_config = ConfigDict(extra="forbid")
    rating: int = Field(ge=1, le=5)
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None


@router.post("", status_code=201)
async def post_report(request: Request) -> ReportFiled:
    """Take in a report (JSON, or a form with up to three photos); no account needed."""
    count_request(request)
    told, photos = await read_report(request)
    return await file_or_join(request, told, photos)


async def file_or_join(request: Request, told: Any, photos: Any, channel: str = "web") -> ReportFiled:
    """A new report, or one more voice for one nearby."""
    origin = origin_of(state_of(request))
    if told.same_as:
        row = await join_report(request, told)
        return ReportFiled(
            number=row.number, code=None, due_at=row.due_at, agency=row.agency, unit=row.unit_name,
            supporters=row.supporters + 1, origin=origin,
        )  # fmt: skip
    filed = await file_report(request, told, photos, channel)
    return ReportFiled(
        number=filed.number, code=filed.code, due_at=filed.due_at, agency=filed.agency, unit=filed.unit_name,
        supporters=0, origin=origin,
    )  # fmt: skip


def count_request(request: Request, door: str = "reports") -> None:
    """Count against the address's minute."""
    state = state_of(request)
    state.rates.count(request, door, state.settings.reports_per_minute, state.clock())


@router.get("/categories")
async def get_categories(request: Request) -> list[CategoryView]:
    """What may be told here."""
    state = state_of(request)
    async with read(state.engine) as connection:
        rows = await connection.run_sync(categories_at, state.clock())
    return [
        CategoryView(
            code=row.code,
            title=Words(vi=row.title_vi, en=row.title_en),
            accepted=row.accepted,
            refer=Words(vi=row.refer_vi, en=row.refer_en) if row.refer_vi else None,
            within_days=row.within_days,
            verified=row.verified,
            source=row.source,
        )
        for row in rows.values()
    ]


@router.get("/near")
async def get_near(request: Request, category: str, lon: Degrees, lat: Degrees) -> list[NearView]:
    """Open reports of the same category near a place: perhaps it has been told already."""
    state = state_of(request)
    state.rates.count(request, "near", 6 * state.settings.reports_per_minute, state.clock())

    def find(connection: Connection) -> list[NearView]:
        now = state.clock()
        rows = near_reports(connection, category_of(connection, category, now), lon, lat, now)
        flow = flow_at(connection, now)
        return [near_view(row, flow) for row in rows]

    async with read(state.engine) as connection:
        return await connection.run_sync(find)


@router.get("/public")
async def get_public(
    request: Request,
    category: str | None = None,
    unit: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[ReportView]:
    """Released reports, the newest first: no names, no telephones, places rounded."""
    state = state_of(request)
    where: list[Any] = [ReportCase.released_at.is_not(None)]
    where += [ReportCase.category == category] if category else []
    where += [ReportCase.unit == unit] if unit else []
    async with read(state.engine) as connection:
        return await connection.run_sync(list_public, where, limit, state.clock())


def list_public(connection: Connection, where: Any, limit: int, now: Any) -> list[ReportView]:
    """Rows of `public_statement` under some conditions."""
    categories, flow = categories_at(connection, now), flow_at(connection, now)
    statement = public_statement().where(*where).order_by(ReportCase.received_at.desc()).limit(limit)
    return [report_view(row, categories, flow, now) for row in connection.execute(statement)]


@router.get("/photos/{token}.jpg", response_class=Response)
async def get_photo(request: Request, token: str, code: str | None = None) -> Response:
    """A photo of a released report; before that for who works on reports and for the holder of its code."""
    async with read(state_of(request).engine) as connection:
        row = (await connection.execute(photo_statement(token))).first()
    own = row is not None and code is not None and hash_of(code) == row.code_hash
    if row is None or not (row.released_at or own or await role_of(request) in STAFF):
        raise NotFound("photo: there is none here", field="photo")
    return Response(row.jpeg, media_type="image/jpeg", headers=NO_STORE)


@router.get("/{code}")
async def get_report(request: Request, response: Response, code: str) -> ReportView:
    """A report by its code (its citizen sees what they wrote, and each step), or by its number (as anybody)."""
    state = state_of(request)
    state.rates.count(request, "follow", 6 * state.settings.reports_per_minute, state.clock())
    async with read(state.engine) as connection:
        view = await connection.run_sync(follow, code, state.clock())
    response.headers.update(NO_STORE)
    return view


def follow(connection: Connection, code: str, now: Any) -> ReportView:
    """What a code or a number shows; NotFound."""
    own = hash_of(code)
    which = ReportCase.code_hash == own if own else ReportCase.number == code
    columns = (
        ReportCase.text.label("told"),
        ReportCase.answer.label("said"),
        ReportCase.rating,
        photos_of().label("pictures"),
    )
    row = connection.execute(public_statement().add_columns(*columns).where(which)).first()
    if row is None:
        raise NotFound("code: there is no such report", field="code", title="Không có phản ánh mang mã này")
    flow = flow_at(connection, now)
    view = report_view(row, categories_at(connection, now), flow, now)
    if not own:
        return view
    answered = row.said if row.ended_at is not None else None
    lines = line_views(connection.execute(history_statement(row.id)), flow)
    pictures = [photo_path(token) for token in row.pictures]
    own_words = {
        "photos": pictures,
        "text": row.told,
        "answer": answered,
        "history": lines,
        "own": True,
        "rating": row.rating,
    }
    return view.model_copy(update=own_words)


@router.post("/{code}/rating", status_code=201)
async def post_rating(request: Request, code: str, said: Rating) -> ReportView:
    """Rate the answer."""
    return await by_citizen(request, code, lambda c, r, a: rate(c, r, said.rating, said.text, a))


@router.post("/{code}/reopen", status_code=201)
async def post_reopen(request: Request, code: str, said: Said) -> ReportView:
    """Say that it is not done, within the days the category gives."""
    return await by_citizen(request, code, lambda c, r, a: reopen_by_citizen(c, r, said.text, a, Workdays()))


@router.post("/{code}/supply", status_code=201)
async def post_supply(request: Request, code: str, said: Said) -> ReportView:
    """Give what was asked for; the clock goes on."""
    return await by_citizen(request, code, lambda c, r, a: act(c, r, Act("supply", said.text), a, Workdays()))


async def by_citizen(request: Request, code: str, do: Any) -> ReportView:
    """Let the holder of a code do something; the report after it."""
    count_request(request)
    state = state_of(request)

    def run(connection: Connection) -> ReportView:
        do(connection, lock_by_code(connection, code), Actor(state.clock()))
        return follow(connection, code, state.clock())

    async with write_async(state.engine) as connection:
        return await connection.run_sync(run)
