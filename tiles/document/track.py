"""One boat's last day for a document: pieces and gaps, and no word of whose boat it is."""

import json
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, select

from layers.access.roles import Role
from layers.access.scope import scope
from layers.database import ReadConnection
from layers.sources.models import Source
from layers.spec import Layer
from layers.units.models import UnitCell
from layers.vessels.registry import Vessel
from layers.vessels.tracks import VesselTrack

DIGITS = 4
"""Decimals of a degree: ten metres."""


async def read_track(connection: ReadConnection, layer: Layer, role: Role, unit: int) -> list[dict[str, Any]]:
    """The last day of the unit's boat that was heard most, for a role that may see where boats are; else nothing.

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
    """The boat registered in the unit that has the most points in the last day."""
    cells = select(UnitCell.cell_id).where(UnitCell.unit_key == unit)
    ids = select(literal("v").concat(cast(Vessel.id, String)))
    mine = ids.where(Vessel.superseded_at.is_(None), Vessel.cell_id.in_(cells))
    heard = select(VesselTrack.vessel).where(VesselTrack.vessel.in_(mine)).group_by(VesselTrack.vessel)
    return heard.order_by(func.sum(VesselTrack.points).desc(), VesselTrack.vessel).limit(1)


def _pieces(boat: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    columns = (VesselTrack.kind, VesselTrack.t_from, VesselTrack.t_to, Source.origin)
    line = func.ST_AsGeoJSON(VesselTrack.geom, DIGITS).label("geojson")
    rows = select(*columns, line).join(Source, Source.id == VesselTrack.source_id)
    return rows.where(VesselTrack.vessel == boat.scalar_subquery()).order_by(VesselTrack.t_from)
