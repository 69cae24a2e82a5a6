"""One boat's last day for a document: pieces and gaps, and no word of whose boat it is."""

import json
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Select, String, cast, func, literal, select

from geo import crs
from layers.access.roles import Role
from layers.access.scope import scope
from layers.database import ReadConnection
from layers.sources.models import Source
from layers.spec import Layer
from layers.units.models import Cell
from layers.units.read import cells_of
from layers.vessels.registry import Vessel
from layers.vessels.tracks import VesselTrack

DIGITS = 4
"""Decimals of a degree: ten metres."""
SIGHT_DEG = 0.2
"""How far beyond a unit its map shows the sea, about 20 km."""


async def read_track(connection: ReadConnection, layer: Layer, role: Role, unit: int) -> list[dict[str, Any]]:
    """The last day of the unit's boat that sailed most within sight of it; nothing for who may not see boats.

    Each piece: `gap`, `since` and `until` (UTC), `origin`, `geometry` (GeoJSON). The boat's number stays out: a file
    travels further than its reader.
    """
    if scope(role, layer).mode != "exact":
        return []
    rows = await connection.execute(_pieces(_busiest(unit)))
    return [
        {
            "gap": row.kind == "gap",
            "since": row.t_from,
            "until": row.t_to,
            "origin": row.origin,
            "geometry": json.loads(row.geojson),
        }
        for row in rows
    ]


def _busiest(unit: int) -> Select[*tuple[Any, ...]]:
    """The boat registered in the unit that sailed farthest within its sight in the last day, if any did."""
    cells = cells_of(unit)
    around = select(func.ST_Expand(func.ST_Extent(Cell.geom), SIGHT_DEG)).where(Cell.id.in_(cells))
    in_sight = VesselTrack.geom.op("&&")(func.ST_SetSRID(cast(around.scalar_subquery(), Geometry), crs.STORED))
    ids = select(literal("v").concat(cast(Vessel.id, String)))
    mine = ids.where(Vessel.superseded_at.is_(None), Vessel.cell_id.in_(cells))
    heard = select(VesselTrack.vessel).where(VesselTrack.vessel.in_(mine)).group_by(VesselTrack.vessel)
    sailed = func.sum(func.ST_Length(VesselTrack.geom)).filter(in_sight, VesselTrack.kind == "piece")
    return heard.order_by(sailed.desc().nulls_last(), VesselTrack.vessel).limit(1)


def _pieces(boat: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    columns = (VesselTrack.kind, VesselTrack.t_from, VesselTrack.t_to, Source.origin)
    line = func.ST_AsGeoJSON(VesselTrack.geom, DIGITS).label("geojson")
    rows = select(*columns, line).join(Source, Source.id == VesselTrack.source_id)
    return rows.where(VesselTrack.vessel == boat.scalar_subquery()).order_by(VesselTrack.t_from)
