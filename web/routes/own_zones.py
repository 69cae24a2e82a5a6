"""Zones that officers draw for themselves or the desk (vùng tự vẽ): beside the legal ones, never among them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from layers.access.roles import OFFICERS
from layers.database import read
from layers.desk.own_zone import zones_statement
from web.desk_boats import boats_sheet
from web.desk_views import NewZone, ZoneChange, ZoneNow, ZoneVersion, ZoneView
from web.desk_zones import LONGEST_H, change_zone, make_zone, zone_now, zone_versions, zone_view
from web.routes.books import person
from web.routes.groups import reader
from web.routes.pages import check_origin
from web.sheets import PRIVATE, sheet_response
from web.state import state_of
from web.views import Problem

router = APIRouter(prefix="/api/own-zones", responses={401: {"model": Problem}, 403: {"model": Problem}})


@router.get("")
async def get_zones(request: Request, response: Response) -> list[ZoneView]:
    """The zones the reader may see, their own first."""
    username, state = await reader(request), state_of(request)
    response.headers.update(PRIVATE)
    async with read(state.engine) as connection:
        rows = await connection.execute(zones_statement(username))
        return [zone_view(row, username, state.clock()) for row in rows]


@router.post("", status_code=201)
async def post_zone(request: Request, given: NewZone) -> ZoneView:
    """Keep a zone: drawn (`ring`), or a `text` that is GeoJSON, KML or a notice's list of coordinates."""
    check_origin(request)
    return await make_zone(state_of(request), await person(request, OFFICERS), given)


@router.post("/{zone_id}", responses={404: {"model": Problem}})
async def post_zone_change(request: Request, zone_id: int, given: ZoneChange) -> ZoneView | None:
    """A new version of a zone; with `ended` its last. The former versions stay."""
    check_origin(request)
    return await change_zone(state_of(request), await person(request, OFFICERS), zone_id, given)


@router.get("/{zone_id}/versions", responses={404: {"model": Problem}})
async def get_versions(request: Request, zone_id: int) -> list[ZoneVersion]:
    """Every version of a zone, the newest first: who changed it, when."""
    username = await reader(request)
    return await zone_versions(state_of(request), zone_id, username)


@router.get("/{zone_id}/boats", responses={404: {"model": Problem}}, response_model=ZoneNow)
async def get_zone_boats(
    request: Request,
    response: Response,
    zone_id: int,
    hours: Annotated[float, Query(gt=0, le=LONGEST_H)] = 12.0,
    at: AwareDatetime | None = Query(None),
    format: Literal["json", "csv", "xlsx"] = Query("json"),
) -> ZoneNow | Response:
    """Who is in a zone now or at a moment, and who came in or left in the hours before; or the list as a sheet."""
    username = await reader(request)
    response.headers.update(PRIVATE)
    found = await zone_now(state_of(request), zone_id, username, hours, at)
    if format == "json":
        return found
    return sheet_response(boats_sheet(found.inside, f"vung-tu-ve-{zone_id}", "Tàu trong vùng tự vẽ"), format)
