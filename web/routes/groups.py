"""Groups of boats, for officers: their own and those shared with the desk."""

from typing import Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from layers.access.roles import OFFICERS
from layers.database import read
from layers.desk.area import in_group, inside
from layers.desk.groups import groups_statement, members_statement
from web.access import require, who_asks
from web.desk_boats import boats_sheet, parse_ring, read_boats
from web.desk_groups import change_group, group_view, make_group, seen_group
from web.desk_views import BoatsHere, GroupChange, GroupChanged, GroupView, NewGroup
from web.routes.books import person
from web.routes.pages import check_origin
from web.sheets import PRIVATE, sheet_response
from web.state import state_of
from web.views import Problem

router = APIRouter(prefix="/api", responses={401: {"model": Problem}, 403: {"model": Problem}})


@router.get("/groups")
async def get_groups(request: Request, response: Response) -> list[GroupView]:
    """The groups the reader may see, their own first."""
    username = await reader(request)
    response.headers.update(PRIVATE)
    async with read(state_of(request).engine) as connection:
        return [group_view(row, username) for row in await connection.execute(groups_statement(username))]


@router.post("/groups", status_code=201)
async def post_group(request: Request, asked: NewGroup) -> GroupChanged:
    """Make a group; pasted numbers come back with what became of each."""
    check_origin(request)
    who = await person(request, OFFICERS)
    return await make_group(state_of(request), who, asked)


@router.post("/groups/{group_id}", responses={404: {"model": Problem}})
async def post_group_change(request: Request, group_id: int, asked: GroupChange) -> GroupChanged:
    """Add boats, take boats out, rename, share or end a group."""
    check_origin(request)
    who = await person(request, OFFICERS)
    return await change_group(state_of(request), who, group_id, asked)


@router.get("/groups/{group_id}/members", responses={404: {"model": Problem}})
async def get_members(request: Request, response: Response, group_id: int) -> list[str]:
    """The ids of the boats of a group, in the order they came in."""
    username = await reader(request)
    response.headers.update(PRIVATE)
    async with read(state_of(request).engine) as connection:
        await connection.run_sync(seen_group, group_id, username)
        return [row.vessel for row in await connection.execute(members_statement(group_id))]


@router.get("/groups/{group_id}/boats", responses={404: {"model": Problem}}, response_model=BoatsHere)
async def get_group_boats(
    request: Request,
    response: Response,
    group_id: int,
    at: AwareDatetime | None = Query(None),
    format: Literal["json", "csv", "xlsx"] = Query("json"),
) -> BoatsHere | Response:
    """The boats of a group as they stand now or at a moment, with sums; or as a sheet."""
    username, state = await reader(request), state_of(request)
    response.headers.update(PRIVATE)
    async with read(state.engine) as connection:
        group = await connection.run_sync(seen_group, group_id, username)
        found = await read_boats(connection, state.clock(), at, lambda boat: in_group(boat, group_id))
    return found if format == "json" else sheet_response(boats_sheet(found, f"nhom-{group_id}", group.name), format)


@router.get("/area/boats", response_model=BoatsHere)
async def get_area_boats(
    request: Request,
    response: Response,
    ring: str = Query(max_length=40_000),
    at: AwareDatetime | None = Query(None),
    group: int | None = Query(None),
    format: Literal["json", "csv", "xlsx"] = Query("json"),
) -> BoatsHere | Response:
    """The boats whose last reported place is in a ring (`lon,lat;lon,lat;…`), now or at a moment; or as a sheet."""
    username, state, outline = await reader(request), state_of(request), parse_ring(ring)
    response.headers.update(PRIVATE)
    conditions = [lambda boat: inside(boat, outline)]
    async with read(state.engine) as connection:
        if group is not None:
            await connection.run_sync(seen_group, group, username)
            conditions.append(lambda boat: in_group(boat, group))
        found = await read_boats(connection, state.clock(), at, *conditions)
    return found if format == "json" else sheet_response(boats_sheet(found, "vung-chon", "Tàu trong vùng chọn"), format)


async def reader(request: Request) -> str | None:
    """Who reads, as a name that owns things; None for a key, which sees only what is shared."""
    await require(request, OFFICERS)
    who = await who_asks(request)
    return None if who is None or who.key else who.username
