"""The fleet of hours past, for officers and above: what there is, who the boats are, and the hours as binary chunks."""

from typing import Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime

from layers.access.roles import OFFICERS
from layers.access.scope import scope
from web.access import require
from web.replay import manifest
from web.state import state_of
from web.views import Problem

router = APIRouter(prefix="/api/replay", responses={400: {"model": Problem}, 401: {"model": Problem}})

IMMUTABLE = "private, max-age=86400, immutable"
ASK_AGAIN = "private, no-cache"


@router.get("")
async def get_replay(
    request: Request,
    since: AwareDatetime | None = Query(None, alias="from"),
    until: AwareDatetime | None = Query(None, alias="to"),
) -> dict[str, Any]:
    """Chunks, rules and marks of a window of at most 7 days; the last 24 hours unless told."""
    await require(request, OFFICERS)
    return await manifest.manifest(state_of(request), since, until)


@router.get("/boats", response_class=Response)
async def get_boats(request: Request) -> Response:
    """Whose handles the chunks carry."""
    await require(request, OFFICERS)
    tag, body = await manifest.boats(state_of(request))
    headers = {"etag": tag, "cache-control": ASK_AGAIN, "vary": "Cookie"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, "application/json")


@router.get("/chunks/{start}", response_class=Response)
async def get_chunk(request: Request, start: str, hours: int = Query(1), v: str = Query("", max_length=60)) -> Response:
    """Some whole hours of every boat, in columns (web/replay/frames.py says how)."""
    role, state = await require(request, OFFICERS), state_of(request)
    chunk = manifest.chunk_named(start, hours, state.clock())
    version, body = await state.replay.chunk(chunk)
    digest = scope(role, state.registry["vessel"]).digest
    tag = f'"replay-{start}-{hours}-{version}-{digest}"'
    headers = {"etag": tag, "cache-control": IMMUTABLE if v == version else ASK_AGAIN, "vary": "Cookie"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, "application/octet-stream")
