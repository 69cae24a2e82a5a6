"""What stands still while boats move: the owner's boundary lines, the belts in force today, the ports."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString
from sqlalchemy import Connection, func, select

from geo.clock import local_date
from geo.errors import BadInput
from geo.measure import within_any
from geo.segments import Floats, Marks
from layers.catalog.boundary import Boundary as BoundaryRow
from layers.catalog.fishing_port import FishingPort
from layers.catalog.zone import Zone
from layers.watch.detect.boundary import Boundary
from layers.watch.detect.ports import Ports
from layers.watch.detect.slow import Belts
from layers.watch.live.settings import Settings
from layers.watch.live.watched import belts_in_force, current_limits


@dataclass(frozen=True)
class Scene:
    """Lines, belts and ports, and a `digest` that changes with them. `told` is what could not be used, and why."""

    boundaries: tuple[Boundary, ...]
    belts: Belts | None
    ports: Ports
    digest: str
    told: tuple[str, ...] = ()

    def in_port(self, lon: Floats, lat: Floats, sog_kn: Floats) -> Marks:
        """Where a boat is at rest, as the live map has it: within a port's radius and hardly moving."""
        slow = ~(np.nan_to_num(sog_kn) >= self.ports.stop_kn)
        found: Marks = slow & within_any(lon, lat, self.ports.places)
        return found


def read_scene(connection: Connection, settings: Settings, now: datetime) -> Scene:
    """As known now and in force today."""
    seen = sha256()
    places = _ports(connection, seen)
    ports = Ports(places, settings["port_stop"], settings["port_leave"])
    boundaries, told = _boundaries(connection, places, seen)
    foreign = shapely.union_all([line.foreign for line in boundaries]) if boundaries else None
    belts = _belts(connection, now, foreign, seen)
    return Scene(tuple(boundaries), belts, ports, seen.hexdigest()[:16], tuple(told))


def _ports(connection: Connection, seen: Any) -> Floats:
    port = FishingPort
    columns = (func.ST_X(port.geom), func.ST_Y(port.geom), port.radius_m, port.row_id)
    rows = connection.execute(select(*columns).where(port.superseded_at.is_(None)).order_by(port.row_id)).all()
    seen.update(repr([tuple(row) for row in rows]).encode())
    return np.array([row[:3] for row in rows], dtype=float).reshape(-1, 3)


def _boundaries(connection: Connection, places: Floats, seen: Any) -> tuple[list[Boundary], list[str]]:
    """The limits of permitted fishing; the permitted side is the one where our ports are."""
    row = BoundaryRow
    rows = connection.execute(
        select(row.code, func.ST_AsBinary(row.geom).label("line")).where(*current_limits()).order_by(row.row_id)
    )
    found: list[Boundary] = []
    told: list[str] = []
    for code, line in rows:
        seen.update(code.encode() + bytes(line))
        merged = shapely.line_merge(shapely.from_wkb(bytes(line)))
        try:
            found += [
                Boundary(part, _home(places)) for part in shapely.get_parts(merged) if isinstance(part, LineString)
            ]
        except BadInput as error:
            told.append(f"boundary {code}: {error.detail}")
    return found, told


def _home(places: Floats) -> tuple[float, float]:
    if not len(places):
        raise BadInput("no fishing port is loaded: the permitted side of the boundary is where the ports are")
    return float(np.median(places[:, 0])), float(np.median(places[:, 1]))


def _belts(connection: Connection, now: datetime, foreign: Any, seen: Any) -> Belts | None:
    columns = (Zone.row_id, Zone.kind, func.ST_AsBinary(Zone.geom).label("outline"))
    rows = connection.execute(select(*columns).where(*belts_in_force(local_date(now))).order_by(Zone.row_id)).all()
    seen.update(repr([(row.row_id, row.kind) for row in rows]).encode())
    if not rows:
        return None
    return Belts([shapely.from_wkb(bytes(row.outline)) for row in rows], [row.kind for row in rows], foreign)
