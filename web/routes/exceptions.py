"""GET /api/exceptions: at most seven things that need a leader, each with who and by when."""

from fastapi import APIRouter, Query, Request

from layers.access.roles import SIGNED_IN
from layers.indicators.exceptions import MOST
from web.access import require
from web.exceptions import ExceptionList, exceptions
from web.state import state_of
from web.views import Problem

router = APIRouter(responses={401: {"model": Problem}})


@router.get("/api/exceptions")
async def get_exceptions(request: Request, limit: int = Query(MOST, ge=1, le=MOST)) -> ExceptionList:
    """Red by threshold or target, contradictions, late deliveries; the gravest first by a dated rule."""
    await require(request, SIGNED_IN)
    return await exceptions(state_of(request), limit)
