"""A unit's map as a file to send and open offline; for signed-in people, each as they may see it."""

import asyncio
import re
from typing import Literal

from fastapi import APIRouter, Request, Response

from layers.access.roles import SIGNED_IN
from layers.database import read
from tiles.document.facts import Facts, read_facts
from web.access import require
from web.state import state_of
from web.views import Problem

router = APIRouter(prefix="/api/units", responses={n: {"model": Problem} for n in (400, 401, 403, 404)})
NOT_IN_A_NAME = re.compile(r"[^0-9A-Za-z_-]")


@router.get("/{code}/document", response_class=Response)
async def get_document(
    request: Request, code: str, measure: str = "unit.population", lang: Literal["vi", "en"] = "vi"
) -> Response:
    """One HTML file: choropleth, facilities, lists, and for officers a track; it asks for nothing when opened."""
    role = await require(request, SIGNED_IN)
    state = state_of(request)
    async with read(state.engine) as connection:
        facts = await read_facts(connection, state.registry, role, (code, measure), state.clock())
    page = await asyncio.to_thread(_draw, facts, lang)
    name = f"quang-ngai-{NOT_IN_A_NAME.sub('', code)}.html"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"}
    return Response(page, media_type="text/html; charset=utf-8", headers=headers)


def _draw(facts: Facts, lang: Literal["vi", "en"]) -> str:
    """The page, drawn on a thread of its own; its library is imported there, with the first document asked for."""
    from tiles.document.page import document

    return document(facts, lang)
