"""Boats, for officers and above: found by digits or name without dấu, and one boat's panel."""

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime

from layers.access.roles import OFFICERS
from web.access import require
from web.state import state_of
from web.vessel_cards import Asked, vessel_card, vessel_list
from web.views import Problem, VesselCard, VesselList

router = APIRouter(prefix="/api/vessels", responses={401: {"model": Problem}, 403: {"model": Problem}})


@router.get("")
async def get_vessels(
    request: Request,
    q: str = Query("", max_length=80),
    bbox: str = Query("", max_length=120),
    status: str = Query("", max_length=200),
    limit: int = Query(50, ge=1, le=2000),
    at: AwareDatetime | None = Query(None),
) -> VesselList:
    """Boats by number or name, by box (west,south,east,north) and by status (comma-separated), now or `at` a moment.

    A past moment is told as we know it today, by the devices' own time; a boat nobody had heard by then is unknown.
    """
    await require(request, OFFICERS)
    return await vessel_list(state_of(request), Asked(q, bbox, status, limit, at))


@router.get("/{vessel_id}", responses={404: {"model": Problem}})
async def get_vessel(request: Request, vessel_id: str, at: AwareDatetime | None = Query(None)) -> VesselCard:
    """Everything we know of one boat, now or `at` a moment: its place, its devices and the rule in force then."""
    await require(request, OFFICERS)
    return await vessel_card(state_of(request), vessel_id, at)
