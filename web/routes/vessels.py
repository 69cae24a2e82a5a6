"""Boats, for officers and above: found by digits or name without dấu, and one boat's panel."""

import asyncio
from datetime import date
from typing import Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from geo.errors import BadInput
from layers.access.roles import OFFICERS
from web.access import require
from web.sheets import sheet_response
from web.state import state_of
from web.track_formats import geojson, mfjson
from web.track_rows import FixRows, fix_rows, fixes_sheet
from web.tracks import Asked as Wanted
from web.tracks import read_track
from web.vessel_cards import Asked, vessel_card, vessel_list
from web.vessel_views import VesselCard, VesselList
from web.views import Problem

FORMATS = {"geojson": (geojson, "application/geo+json"), "mfjson": (mfjson, "application/json")}

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


@router.get("/{vessel_id}/track", responses={404: {"model": Problem}}, response_class=Response)
async def get_track(
    request: Request,
    vessel_id: str,
    since: AwareDatetime | None = Query(None, alias="from"),
    until: AwareDatetime | None = Query(None, alias="to"),
    day: date | None = Query(None),
    format: str = Query("geojson", max_length=20),
) -> Response:
    """Where a boat went: at most 31 days, or one calendar `day` in Việt Nam, gaps apart; the last 24 hours unless told.

    `format` is geojson, or mfjson for OGC Moving Features JSON.
    """
    await require(request, OFFICERS)
    if format not in FORMATS:
        raise BadInput(f"format={format!r}: use one of {', '.join(FORMATS)}", field="format")
    track = await read_track(state_of(request), vessel_id, Wanted(since, until, day))
    write, media_type = FORMATS[format]
    body = await asyncio.to_thread(lambda: orjson.dumps(write(track)))
    return Response(body, 200, {"cache-control": "private, no-cache", "vary": "Cookie"}, media_type)


@router.get("/{vessel_id}/fixes", responses={404: {"model": Problem}}, response_model=FixRows)
async def get_fixes(
    request: Request,
    vessel_id: str,
    since: AwareDatetime | None = Query(None, alias="from"),
    until: AwareDatetime | None = Query(None, alias="to"),
    day: date | None = Query(None),
    format: Literal["json", "csv", "xlsx"] = Query("json"),
) -> FixRows | Response:
    """The same track as a table: every position, every gap as a row, what people reported marked; or as a sheet."""
    await require(request, OFFICERS)
    track = await read_track(state_of(request), vessel_id, Wanted(since, until, day))
    found = await asyncio.to_thread(fix_rows, track)
    return found if format == "json" else await asyncio.to_thread(sheet_response, fixes_sheet(found), format)
