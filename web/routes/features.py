"""The rows of a layer, one by one: a list to search and narrow, and the page of one place."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from geo.box import parse_box
from geo.errors import BadInput
from layers.features import Wanted
from web.access import role_of
from web.places import PlaceCard, PlaceList, place_card, place_list
from web.state import state_of
from web.views import Problem

router = APIRouter(
    prefix="/api/layers/{layer}/features",
    responses={400: {"model": Problem}, 403: {"model": Problem}, 404: {"model": Problem}},
)


class Asked(BaseModel):
    """What every list takes; other parameters are fields with fixed values."""

    q: str = Field("", max_length=80)
    unit: str = Field("", max_length=20)
    bbox: str = Field("", max_length=120)
    limit: int = Field(100, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=1_000_000)


@router.get("")
async def get_places(request: Request, layer: str, asked: Annotated[Asked, Query()]) -> PlaceList:
    """Places by words without dấu, by unit, by box, and by any field with fixed values (`kind=hospital,polyclinic`)."""
    values: dict[str, list[str]] = {}
    for name, given in request.query_params.multi_items():
        if name not in Asked.model_fields:
            values.setdefault(name, []).extend(part for part in given.split(",") if part)
    if empty := [name for name, given in values.items() if not given]:
        raise BadInput(f"{empty[0]}: give a value, or leave it out", field=empty[0])
    wanted = Wanted(asked.q, values, box=parse_box(asked.bbox) if asked.bbox else None)
    page = (asked.limit, asked.offset)
    return await place_list(state_of(request), await role_of(request), layer, (wanted, asked.unit), page)


@router.get("/{key}")
async def get_place(request: Request, layer: str, key: str) -> PlaceCard:
    """Everything said of one place, with when and by whom."""
    return await place_card(state_of(request), await role_of(request), layer, key)
