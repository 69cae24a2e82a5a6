"""Storms: bulletins and công điện written down, who is in it, where the winds blow, and the report."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import func, select

from geo.errors import BadInput, NeedsLogin, NotAllowed
from ingest.storm.read import read_bulletin_file
from layers.access.accounts import Who
from layers.access.roles import OFFICERS
from layers.database import read, write_async
from layers.storm.areas import areas_statement
from layers.storm.draft import PointDraft
from layers.storm.forecasts import (
    dispatches_statement,
    forces_statement,
    forecasts_statement,
    read_storm,
    storms_statement,
)
from layers.storm.judge import STATES
from layers.storm.keep import By, Head, add_dispatch, add_forecast, open_storm, report_shelter
from layers.storm.models import Forecast, ForecastPoint
from web.access import bearer, is_wall, require, who_asks
from web.routes.pages import check_origin
from web.state import state_of
from web.storm_board import READERS, Asked, find_board
from web.storm_cards import board_view, dispatch_view
from web.storm_report import write_report
from web.storm_views import Added, AreaView, Board, HeadView, ScaleView, StormCard, StormView, StormWords
from web.storm_winds import read_winds
from web.views import Problem, Words

MOST_BYTES = 1_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRIVATE = {"cache-control": "private, no-store", "vary": "Cookie"}
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Told = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Miles = Annotated[float, Field(ge=0)]
Origins = Literal["real", "simulated", "replayed"]
At = Annotated[AwareDatetime | None, Query()]

router = APIRouter(prefix="/api/storms", responses={n: {"model": Problem} for n in (400, 401, 403, 404)})


class NewStorm(BaseModel):
    """A storm to be followed."""

    model_config = ConfigDict(extra="forbid")
    name: Line
    number: Annotated[int, Field(ge=1, le=60)] | None = None
    origin: Origins


class NewPoint(BaseModel):
    """The storm at one moment; radii in nautical miles to NE, SE, SW, NW by force (cấp)."""

    model_config = ConfigDict(extra="forbid")
    t: AwareDatetime
    lat: float
    lon: float
    wind_kt: float | None = None
    wind_force: Annotated[int, Field(ge=0, le=17)] | None = None
    radii: dict[Annotated[int, Field(ge=0, le=17)], tuple[Miles, Miles, Miles, Miles]] = {}


class NewForecast(BaseModel):
    """A bulletin, typed."""

    model_config = ConfigDict(extra="forbid")
    bulletin: Line
    issued_at: AwareDatetime
    source: Line
    document: Line | None = None
    origin: Origins = "real"
    corrects: int | None = None
    reason: Line | None = None
    points: list[NewPoint]


class NewDispatch(BaseModel):
    """A công điện, typed."""

    model_config = ConfigDict(extra="forbid")
    number: Line
    issued_at: AwareDatetime
    deadline_at: AwareDatetime
    agency: Line
    said: Told
    areas: list[Line] = []
    origin: Origins = "real"
    corrects: int | None = None


class NewShelter(BaseModel):
    """What somebody reported of a shelter; null is not told, never 0."""

    model_config = ConfigDict(extra="forbid")
    capacity: Annotated[int, Field(ge=0, le=100_000)] | None = None
    occupied: Annotated[int, Field(ge=0, le=100_000)] | None = None
    reported_at: AwareDatetime
    reported_by: Line
    source: Line
    origin: Origins = "real"


@router.get("")
async def get_storms(request: Request) -> list[StormView]:
    """Every storm, the newest first."""
    await require(request, READERS)
    state = state_of(request)
    last = select(func.max(ForecastPoint.at)).join(Forecast, Forecast.id == ForecastPoint.forecast_id)
    async with read(state.engine) as connection:
        storms = (await connection.execute(storms_statement())).all()
        found = [(storm, (await connection.execute(forecasts_statement(storm.id))).all()) for storm in storms]
        ends = {s.id: (await connection.execute(last.where(Forecast.storm_id == s.id))).scalar() for s in storms}
    return [_storm_view(storm, heads, ends[storm.id], state.clock()) for storm, heads in found]


def _storm_view(storm: Any, heads: Any, last_at: datetime | None, now: datetime) -> StormView:
    view = StormView.model_validate(storm, from_attributes=True)
    issued = heads[0].issued_at if heads else None
    current = last_at is None or last_at >= now
    return view.model_copy(
        update={"bulletins": len(heads), "issued_at": issued, "last_at": last_at, "current": current}
    )


@router.post("", status_code=201)
async def post_storm(request: Request, storm: NewStorm) -> Added:
    """Follow a new storm."""
    by = await _editor(request)
    async with write_async(state_of(request).engine) as connection:
        return Added(id=await connection.run_sync(lambda c: open_storm(c, storm.model_dump(), by)))


@router.get("/words")
async def get_words(request: Request) -> StormWords:
    """What forms and maps need: the wind scale, the areas of the sea as we drew them, the states."""
    await require(request, READERS)
    state = state_of(request)
    async with read(state.engine) as connection:
        forces = (await connection.execute(forces_statement())).all()
        areas = (await connection.execute(areas_statement(state.clock()))).all()
    return StormWords(
        forces=[ScaleView.model_validate(row, from_attributes=True) for row in forces],
        areas=[AreaView(code=a.code, title=Words(vi=a.name_vi, en=a.name_en), ring=a.ring) for a in areas],
        states={state: Words.of(title) for state, title in STATES.items()},
    )


@router.post("/shelters/{port_code}", status_code=201)
async def post_shelter(request: Request, port_code: str, told: NewShelter) -> Added:
    """Write down what was reported of a shelter; what was reported before stays."""
    by, values = await _editor(request), told.model_dump() | {"port_code": port_code}
    async with write_async(state_of(request).engine) as connection:
        return Added(id=await connection.run_sync(lambda c: report_shelter(c, values, by)))


@router.get("/{storm_id}")
async def get_storm(request: Request, storm_id: int) -> StormCard:
    """A storm with all its bulletins and công điện."""
    role, state = await require(request, READERS), state_of(request)
    now = state.clock()
    async with read(state.engine) as connection:
        storm = await read_storm(connection, storm_id)
        heads = (await connection.execute(forecasts_statement(storm_id))).all()
        dispatches = (await connection.execute(dispatches_statement(storm_id, now))).all()
        ends = select(func.max(ForecastPoint.at)).join(Forecast, Forecast.id == ForecastPoint.forecast_id)
        last_at = (await connection.execute(ends.where(Forecast.storm_id == storm_id))).scalar()
    return StormCard(
        storm=_storm_view(storm, heads, last_at, now),
        bulletins=[HeadView.model_validate(row, from_attributes=True) for row in heads],
        dispatches=[dispatch_view(row, now) for row in dispatches],
        can_edit=role in OFFICERS,
    )


@router.post("/{storm_id}/forecasts", status_code=201)
async def post_forecast(request: Request, storm_id: int, told: NewForecast) -> Added:
    """Write down a bulletin, or with `corrects` and `reason` the correction of one. 400 names point, field and fix."""
    by = await _editor(request)
    async with read(state_of(request).engine) as connection:
        least = {row.force: row.min_kt for row in (await connection.execute(forces_statement())).all()}
    points = [_draft(point, n, least) for n, point in enumerate(told.points, 1)]
    return await _add(request, storm_id, Head(**told.model_dump(exclude={"points"})), points, by)


@router.post("/{storm_id}/forecasts/file", status_code=201)
async def post_file(  # noqa: PLR0913, PLR0917 - what a file does not say of itself
    request: Request,
    storm_id: int,
    form: str = Query(max_length=20),
    bulletin: str = Query(min_length=1, max_length=80),
    issued_at: AwareDatetime = Query(),
    source: str = Query(min_length=1, max_length=200),
    document: str | None = Query(None, max_length=200),
    origin: Origins = Query("real"),
) -> Added:
    """A bulletin as a file, its bytes as the body: csv, geojson or atcf. All of it or nothing; 400 names every row."""
    by, body = await _editor(request), await request.body()
    if len(body) > MOST_BYTES:
        raise BadInput(f"file: {len(body)} bytes; {MOST_BYTES} at most", field="file")
    async with read(state_of(request).engine) as connection:
        forces = (await connection.execute(forces_statement())).all()
    points = read_bulletin_file(body, form, forces)
    return await _add(request, storm_id, Head(bulletin, issued_at, source, origin, document, form), points, by)


@router.post("/{storm_id}/dispatches", status_code=201)
async def post_dispatch(request: Request, storm_id: int, told: NewDispatch) -> Added:
    """Write down a công điện with its deadline."""
    by = await _editor(request)
    async with write_async(state_of(request).engine) as connection:
        return Added(id=await connection.run_sync(lambda c: add_dispatch(c, storm_id, told.model_dump(), by)))


@router.get("/{storm_id}/board")
async def get_board(
    request: Request, response: Response, storm_id: int, at: At = None, forecast: int | None = None
) -> Board:
    """Who is in it, now or `at` a moment before, by the newest bulletin of then or by one of the former ones."""
    role = await require(request, READERS)
    response.headers.update(PRIVATE)
    return board_view(await find_board(state_of(request), Asked(storm_id, role, at, forecast)))


@router.get("/{storm_id}/winds")
async def get_winds(request: Request, storm_id: int, at: At = None, forecast: int | None = None) -> dict[str, Any]:
    """GeoJSON of a bulletin: track, points, wind fields every three hours, and what they pass over, by force."""
    await require(request, READERS)
    state = state_of(request)
    return await read_winds(state, storm_id, at or state.clock(), forecast)


@router.get("/{storm_id}/report.xlsx", response_class=Response)
async def get_report(request: Request, storm_id: int, at: At = None) -> Response:
    """The report as a workbook: totals by sea area, shelters, and for who may see each boat the call list."""
    role = await require(request, READERS)
    found = await find_board(state_of(request), Asked(storm_id, role, at))
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{found.storm.code}.xlsx"'}
    return Response(write_report(found), 200, headers, XLSX)


async def _add(request: Request, storm_id: int, head: Head, points: list[PointDraft], by: By) -> Added:
    async with write_async(state_of(request).engine) as connection:
        return Added(id=await connection.run_sync(lambda c: add_forecast(c, storm_id, head, points, by)))


def _draft(point: NewPoint, row: int, least: dict[int, float]) -> PointDraft:
    wind = point.wind_kt
    if wind is None and point.wind_force is not None:
        wind = least.get(point.wind_force)
    return PointDraft(point.t, point.lon, point.lat, wind, point.radii, "beaufort", row)


async def _editor(request: Request) -> By:
    """Who writes: somebody signed in on a page of ours, or a machine with a key; never a screen of the wall."""
    await require(request, OFFICERS)
    who: Who | None = await who_asks(request)
    if who is None:
        raise NeedsLogin("sign in as an officer to write this down", field="session")
    if is_wall(request, who):
        raise NotAllowed("session: a screen of the wall writes nothing", field="session")
    if bearer(request) is None:
        check_origin(request)
    return By(who.username, state_of(request).clock())
