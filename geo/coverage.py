"""Outlines that share a ground: where two of them overlap, what lies between them, how far two drawings agree.

Polygons in, numbers and polygons out; degrees in EPSG:4326, areas in km² on the ellipsoid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import Geod
from shapely.ops import linemerge, split

M2_PER_KM2 = 1e6
EDGE_DEG = 1e-4
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Fault:
    """Ground that belongs to two outlines (`who` holds both places in the list) or to none (`who` is empty)."""

    who: tuple[int, ...]
    area_km2: float
    lon: float
    lat: float


def area_km2(polygon: Any) -> float:
    """The area of a polygon or several; whichever way its rings turn."""
    return sum(abs(_ring_area(p)) for p in shapely.get_parts(polygon) if p.geom_type == "Polygon")


def overlaps(polygons: Sequence[Any]) -> list[Fault]:
    """Every two outlines that share ground, the largest share first."""
    ground = np.array(polygons, dtype=object)
    found = []
    for i, j in zip(*shapely.STRtree(ground).query(ground, predicate="intersects"), strict=True):
        if i < j:
            shared = shapely.intersection(polygons[i], polygons[j])
            if shared.area > 0:
                found.append(_fault((int(i), int(j)), shared))
    return sorted(found, key=lambda fault: -fault.area_km2)


def gaps(polygons: Sequence[Any]) -> list[Fault]:
    """The ground enclosed by the outlines that belongs to none of them, the largest first."""
    whole = shapely.union_all(polygons)
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(whole) for ring in part.interiors]
    return sorted((_fault((), hole) for hole in holes), key=lambda fault: -fault.area_km2)


def without_overlaps(polygons: Sequence[Any]) -> list[Any]:
    """The outlines with shared ground left to the first that has it."""
    kept = list(polygons)
    for fault in overlaps(polygons):
        first, second = fault.who
        kept[second] = shapely.difference(kept[second], kept[first])
    return kept


def agreement(one: Any, other: Any) -> float:
    """The share (0 to 1) of the ground of both together that both have."""
    together = shapely.union(one, other).area
    return float(shapely.intersection(one, other).area / together) if together else 0.0


def cut_like(whole: Any, first: Any, second: Any) -> tuple[Any, Any]:
    """`whole` cut in two as the two older pieces of the same ground are: along their line, from corner to corner.

    It begins and ends at corners `whole` has already, so that its neighbours need no new one.
    """
    line = _ended_at_corners(_common_line(first, second), whole)
    parts = shapely.get_parts(split(whole, line))
    mine = [shapely.intersection(p, first).area >= shapely.intersection(p, second).area for p in parts]
    ours = shapely.union_all([p for p, is_first in zip(parts, mine, strict=True) if is_first])
    return ours, shapely.union_all([p for p, is_first in zip(parts, mine, strict=True) if not is_first])


def _common_line(first: Any, second: Any) -> Any:
    """The longest stretch of the border two pieces share."""
    common = shapely.intersection(first.boundary, second.boundary)
    lines = [p for p in shapely.get_parts(common) if p.geom_type == "LineString"]
    return max(shapely.get_parts(linemerge(lines)), key=lambda line: line.length)


def _ended_at_corners(line: Any, whole: Any) -> Any:
    """The part of a line within `whole`, carried on to the nearest corners of its border."""
    inside = shapely.intersection(line, whole.buffer(-EDGE_DEG))
    points = shapely.get_coordinates(max(shapely.get_parts(inside), key=lambda part: part.length))
    corners = shapely.get_coordinates(whole)
    begin, end = (corners[np.argmin(np.hypot(*(corners - points[i]).T))] for i in (0, -1))
    return shapely.LineString([begin, *points, end])


def _fault(who: tuple[int, ...], ground: Any) -> Fault:
    point = shapely.point_on_surface(ground)
    return Fault(who, area_km2(ground), float(point.x), float(point.y))


def _ring_area(polygon: Any) -> float:
    area, _ = _GEOD.geometry_area_perimeter(shapely.orient_polygons(polygon))
    return float(area) / M2_PER_KM2
