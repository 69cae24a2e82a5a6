"""Units by date, the card of one unit, one measure over all units, and the units of a point."""

from datetime import date

from fastapi import APIRouter, Query, Request

from geo.clock import local_date
from web.access import role_of
from web.indicator_views import FullCard
from web.indicators import full_card
from web.state import state_of
from web.unit_cards import unit_list, unit_values, units_of_point
from web.views import Problem, UnitList, UnitValues, UnitView

router = APIRouter(prefix="/api/units", responses={400: {"model": Problem}, 404: {"model": Problem}})


@router.get("")
async def get_units(
    request: Request, level: str = "commune", at: date | None = None, province: str = "all"
) -> UnitList:
    """The units of a level valid on a date (today by default)."""
    state = state_of(request)
    return await unit_list(state.engine, level, at or local_date(state.clock()), province)


@router.get("/values")
async def get_values(
    request: Request, measure: str, level: str = "former_district", structure: str = "2025"
) -> UnitValues:
    """Today's values of one measure, `layer.name`, over all units of a level of a structure."""
    return await unit_values(state_of(request), await role_of(request), measure, (level, structure))


@router.get("/locate")
async def get_located(
    request: Request,
    lon: float = Query(allow_inf_nan=False),
    lat: float = Query(allow_inf_nan=False),
    at: date | None = None,
) -> dict[str, list[UnitView]]:
    """The unit of a point at each level; empty outside the province."""
    state = state_of(request)
    return {"units": await units_of_point(state.engine, (lon, lat), at or local_date(state.clock()))}


@router.get("/{code}")
async def get_unit(request: Request, code: str, at: date | None = None, structure: str | None = None) -> FullCard:
    """The card: every measure and indicator with value, unit, time, source, age and origin."""
    return await full_card(state_of(request), await role_of(request), code, at, structure)
