"""Where a bulletin's winds blow, as GeoJSON: track, points, the fields at each moment, and what they pass over."""

import asyncio
from datetime import datetime
from typing import Any

import shapely
from cachetools import LRUCache
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from geo.winds import outline, swath
from layers.database import ReadConnection, read
from layers.storm.forecasts import Bulletin, forces_statement, read_bulletin, read_storm
from layers.storm.models import Forecast, ForecastPoint
from web.state import State
from web.storm_board import moment
from web.storm_cards import points_of

SMOOTH_DEG = 0.003
HOURS_APART = 3.0
_drawn: LRUCache[int, list[dict[str, Any]]] = LRUCache(64)
"""Swaths by our number of the bulletin, which never changes."""


async def read_winds(state: State, storm_id: int, at: datetime, forecast: int | None) -> dict[str, Any]:
    """A FeatureCollection; empty before the first bulletin. `kind` of a feature: past, track, point, swath, field."""
    async with read(state.engine) as connection:
        await read_storm(connection, storm_id)
        bulletin = await read_bulletin(connection, storm_id, at, forecast)
        forces = list((await connection.execute(forces_statement())).all())
        if bulletin is None:
            return {"type": "FeatureCollection", "forecast": None, "features": []}
        been = await _read_past(connection, storm_id, bulletin)
    number = int(bulletin.head.id)
    if number not in _drawn:
        _drawn[number] = await asyncio.to_thread(draw, bulletin, forces)
    return {"type": "FeatureCollection", "forecast": number, "features": [*been, *_drawn[number]]}


async def _read_past(connection: ReadConnection, storm_id: int, bulletin: Bulletin) -> list[dict[str, Any]]:
    """Where the storm was by the bulletins before: the first point of each, joined; nothing before the second."""
    first = (ForecastPoint.forecast_id, ForecastPoint.at)
    chosen = select(ForecastPoint.lon, ForecastPoint.lat, Forecast.issued_at).join_from(ForecastPoint, Forecast)
    chosen = chosen.where(Forecast.storm_id == storm_id, Forecast.issued_at < bulletin.head.issued_at)
    rows = (await connection.execute(chosen.ext(distinct_on(first[0])).order_by(*first))).all()
    places = [(row.lon, row.lat) for row in sorted(rows, key=lambda row: row.issued_at)]
    return [_feature(shapely.LineString([*places, bulletin.lead]), kind="past")] if places else []


def draw(bulletin: Bulletin, forces: list[Any]) -> list[dict[str, Any]]:
    """Every feature of a bulletin."""
    track, found = bulletin.track, []
    if len(track.t_s) > 1:
        fine = track.every(3600)
        found.append(_feature(shapely.linestrings(fine.lon, fine.lat), kind="track"))
    for point in points_of(bulletin, forces):
        told = {"t": point.t.isoformat(), "wind_kt": point.wind_kt, "force": point.force}
        found.append(_feature(shapely.Point(point.lon, point.lat), kind="point", **told))
    for force in bulletin.forces:
        found += _of_force(bulletin, force)
    return found


def _of_force(bulletin: Bulletin, force: int) -> list[dict[str, Any]]:
    field = bulletin.field(force)
    found = [_feature(shapely.simplify(swath(field), SMOOTH_DEG), kind="swath", force=force)]
    steps = field.every(HOURS_APART * 3600)
    for n in range(len(steps.t_s)):
        ground, t = outline(steps.lon[n], steps.lat[n], steps.radii_m[n]), moment(steps.t_s[n])
        if ground is not None and t is not None:
            found.append(_feature(ground, kind="field", force=force, t=t.isoformat(), t_s=float(steps.t_s[n])))
    return found


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    rounded = shapely.set_precision(geometry, 0.0001)
    return {"type": "Feature", "geometry": shapely.geometry.mapping(rounded), "properties": properties}
