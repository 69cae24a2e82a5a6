"""Outlines per zoom, made when written: one coverage simplified together, so that neighbours never part."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from geo import crs

BANDS = ((0, 7, 0.006), (8, 9, 0.002), (10, 24, 0.0))
"""(minzoom, maxzoom, tolerance in degrees): about half a pixel of the band's last zoom."""
FINE_BANDS = ((0, 7, 0.006), (8, 9, 0.002), (10, 11, 0.0005), (12, 24, 0.0001))
"""The same for outlines drawn finer than ours, whose every point no tile needs."""

_TO_MAP = Transformer.from_crs(crs.STORED, crs.MAP, always_xy=True)


@dataclass(frozen=True)
class Shape:
    """One outline for one band of zooms; `wkb` is EWKB in Web Mercator."""

    key: int
    minzoom: int
    maxzoom: int
    wkb: str


def bands(keys: Sequence[int], polygons: Sequence[Any], levels: Iterable[tuple[int, int, float]]) -> list[Shape]:
    """Every polygon (EPSG:4326, together one coverage) for every band of zooms."""
    shapes: list[Shape] = []
    array = np.array(polygons, dtype=object)
    for minzoom, maxzoom, tolerance in levels:
        drawn = shapely.coverage_simplify(array, tolerance) if tolerance else array
        shapes += [Shape(k, minzoom, maxzoom, map_wkb(g)) for k, g in zip(keys, drawn, strict=True)]
    return shapes


def map_wkb(polygon: Any) -> str:
    """Hex EWKB of a polygon as MULTIPOLYGON in Web Mercator."""
    return str(shapely.to_wkb(shapely.set_srid(many(to_map(polygon)), crs.MAP), hex=True, include_srid=True))


def stored_wkb(geometry: Any) -> str:
    """Hex EWKB of a geometry in EPSG:4326."""
    return str(shapely.to_wkb(shapely.set_srid(geometry, crs.STORED), hex=True, include_srid=True))


def to_map(geometry: Any) -> Any:
    """EPSG:4326 to Web Mercator."""
    return shapely.transform(geometry, lambda xy: np.column_stack(_TO_MAP.transform(xy[:, 0], xy[:, 1])))


def many(geometry: Any) -> Any:
    """The polygons of a geometry as one MULTIPOLYGON."""
    parts = [p for p in shapely.get_parts(geometry) if p.geom_type in ("Polygon", "MultiPolygon")]
    return shapely.multipolygons([q for p in parts for q in shapely.get_parts(p)])
