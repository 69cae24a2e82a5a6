"""Positions of boats that people report by radio or telephone, for officers and the border guard."""

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from geo.errors import NeedsLogin
from layers.access.accounts import Who
from layers.access.roles import OFFICERS
from web.access import require, who_asks
from web.reported import NewReport, QuestionView, ReportedList, ReportedView, keep_reported, read_reported
from web.routes.pages import check_origin
from web.state import state_of
from web.views import Problem

router = APIRouter(
    prefix="/api/vessels/{vessel_id}/reported-positions",
    responses={401: {"model": Problem}, 403: {"model": Problem}, 404: {"model": Problem}},
)


@router.get("")
async def get_reported(
    request: Request,
    vessel_id: str,
    since: AwareDatetime | None = Query(None, alias="from"),
    until: AwareDatetime | None = Query(None, alias="to"),
) -> ReportedList:
    """What people said of where a boat was, the newest moment first; a corrected report names its correction."""
    await require(request, OFFICERS)
    return await read_reported(state_of(request), vessel_id, since, until)


@router.post("", status_code=201, response_model=ReportedView, responses={200: {"model": QuestionView}})
async def post_reported(request: Request, vessel_id: str, told: NewReport) -> ReportedView | Response:
    """Write down a report (201), or the correction of one. 200 asks about a doubtful place and has kept nothing yet:
    confirm it, or mend it.

    It is a person's word: the device stays as silent as it was.
    """
    found = await keep_reported(state_of(request), vessel_id, told, await _taker(request))
    if isinstance(found, QuestionView):
        return JSONResponse(found.model_dump(), 200, {"cache-control": "no-store"})
    return found


async def _taker(request: Request) -> Who:
    """Who takes it down: somebody signed in on a page of ours, or a machine with a key."""
    await require(request, OFFICERS)
    who = await who_asks(request)
    if who is None:
        raise NeedsLogin("sign in as an officer to write this down", field="session")
    if not who.key:
        check_origin(request)
    return who
