"""Where silent boats may be, for officers and above."""

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from layers.access.roles import OFFICERS
from web.access import require
from web.region_views import RegionsView, RegionView
from web.regions import read_region, read_regions
from web.state import state_of
from web.views import Problem

router = APIRouter(responses={401: {"model": Problem}, 403: {"model": Problem}})
LONGEST_S = 366 * 86_400


@router.get(
    "/api/vessels/{vessel_id}/region",
    response_model=RegionView,
    responses={204: {"description": "not silent"}, 404: {"model": Problem}},
)
async def get_region(
    request: Request,
    vessel_id: str,
    at: AwareDatetime | None = Query(None),
    elapsed: int | None = Query(None, ge=0, le=LONGEST_S),
) -> RegionView | Response:
    """Where a silent boat may be now, `at` a moment before, or so many seconds after its last fix: two nested rings.

    204 for a boat in port, heard lately, or never heard.
    """
    await require(request, OFFICERS)
    return await read_region(state_of(request), vessel_id, at, elapsed) or Response(status_code=204)


@router.get("/api/regions")
async def get_regions(
    request: Request,
    status: str = Query("lost_6h,lost_10d", max_length=80),
    limit: int = Query(200, ge=1, le=500),
    at: AwareDatetime | None = Query(None),
) -> RegionsView:
    """Where every silent boat may be, roughly, now or `at` a moment before: the wider ring of each."""
    await require(request, OFFICERS)
    return await read_regions(state_of(request), status, limit, at)
