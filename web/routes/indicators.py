"""The catalogue of indicators, and each of them over time and over the map."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from layers.access.roles import SIGNED_IN, Role
from web.access import check_reader, require, role_of, who_asks
from web.indicator_records import records
from web.indicator_views import Catalogue, Series
from web.indicator_why import why
from web.indicator_why_views import WhyView
from web.indicators import Asked, catalogue, series
from web.record_views import RecordsView
from web.state import state_of
from web.views import Problem

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
router = APIRouter(prefix="/api/indicators", responses={400: {"model": Problem}, 404: {"model": Problem}})


@router.get("")
async def get_catalogue(request: Request) -> Catalogue:
    """Every indicator: definition, formula, owner, and its last value at the province with light, age and coverage.

    Values for whoever is signed in.
    """
    return await catalogue(state_of(request), await role_of(request))


class SeriesQuery(BaseModel):
    """What is asked of a series; see `get_series`."""

    unit: Annotated[str, Field(max_length=120)] = "51"
    level: Annotated[str, Field(max_length=20)] = ""
    structure: str = "2025"
    since: Annotated[date | None, Field(alias="from")] = None
    until: Annotated[date | None, Field(alias="to")] = None
    period: date | None = None
    known_at: AwareDatetime | None = None


@router.get("/{code}")
async def get_series(request: Request, code: Code, asked: Annotated[SeriesQuery, Query()]) -> Series:
    """One indicator at a unit (`51`, a unit's code, a group, `agency:CODE`) for periods that begin in [from, to).

    `level` (with `period`, any day of it; else the last) adds the map over all units of a structure. `known_at`: as it
    was known then.
    """
    # guests in the room see the wall's sums as before: no figure names a boat
    who = await who_asks(request)
    role = check_reader(Role.GUEST if who is None else who.role, SIGNED_IN)
    return await series(state_of(request), code, Asked(**asked.model_dump(), names=role is not Role.VIEWER))


class WhyQuery(BaseModel):
    """What is asked of an explanation; see `get_why`."""

    unit: Annotated[str, Field(max_length=120)] = "51"
    structure: str = "2025"
    period: date | None = None
    against: str = "before"
    by: Annotated[str, Field(max_length=20)] = ""


@router.get("/{code}/why")
async def get_why(request: Request, code: Code, asked: Annotated[WhyQuery, Query()]) -> WhyView:
    """Why it changed (`against` before, year_before) or misses its bound (target, threshold), by parts that add up.

    `period`: any day of the period, else the last. `by`: former_district, commune, agency … else what most is known of.
    """
    await require(request, SIGNED_IN)
    where = (asked.unit, asked.structure)
    return await why(state_of(request), code, where, (asked.period, asked.against, asked.by))


LISTED_FOR = SIGNED_IN - {Role.VIEWER}
"""Who reads what was counted, one by one; never the wall."""


@router.get("/{code}/records")
async def get_records(
    request: Request,
    code: Code,
    unit: Annotated[str, Query(max_length=120)] = "51",
    structure: str = "2025",
    period: date | None = None,
) -> RecordsView:
    """What a figure counted here stands on: the boats, events, reports, decisions or deliveries, masked by role.

    `period`: any day of it. No list where the figure is told by somebody else.
    """
    await require(request, LISTED_FOR)
    return await records(state_of(request), await role_of(request), code, (unit, structure), period)
