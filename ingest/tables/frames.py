"""Join: which cell each geometry lies in. The only file that touches geopandas."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import psycopg
import shapely
from shapely.geometry.base import BaseGeometry

from geo import crs

if TYPE_CHECKING:
    import geopandas

METRES_PER_DEGREE = 108_000  # of longitude at this latitude, near enough
Cells: TypeAlias = "geopandas.GeoDataFrame"
"""Columns cell_id, commune_code, geometry (EPSG:4326), the largest cell of a commune first."""


def cells_frame(connection: psycopg.Connection) -> Cells:
    """All cells of the province."""
    import geopandas  # late: seconds of CPU, and most processes never join a file

    rows = connection.execute(
        "SELECT id, commune_code, ST_AsBinary(geom) FROM cell ORDER BY commune_code, ST_Area(geom) DESC"
    ).fetchall()
    return geopandas.GeoDataFrame(
        {"cell_id": [r[0] for r in rows], "commune_code": [r[1] for r in rows]},
        geometry=shapely.from_wkb([bytes(r[2]) for r in rows]),
        crs=crs.STORED,
    )


def cells_of_shapes(cells: Cells, shapes: Sequence[BaseGeometry | None], near_m: int = 0) -> list[int | None]:
    """The cell of each geometry (EPSG:4326), or the nearest within `near_m` metres; None beyond.

    An area or a line stands where a point of it stands: a zone of the sea is in no cell.
    """
    import geopandas

    located = geopandas.GeoDataFrame(geometry=shapely.point_on_surface(np.array(shapes)), crs=crs.STORED)
    if near_m:
        metres = crs.PROVINCE_EAST
        joined = geopandas.sjoin_nearest(located.to_crs(metres), cells.to_crs(metres), how="left", max_distance=near_m)
    else:
        joined = geopandas.sjoin(located, cells, how="left", predicate="intersects")
    first = joined[~joined.index.duplicated()]["cell_id"]
    return [None if value != value else int(value) for value in first.tolist()]  # noqa: PLR0124 (NaN)


def communes_near(cells: Cells, points: Sequence[BaseGeometry], near_m: float) -> list[set[str]]:
    """The communes within some metres (about) of each point (EPSG:4326)."""
    found: list[set[str]] = [set() for _ in points]
    if len(found):
        tree = shapely.STRtree(cells.geometry.to_numpy())
        pairs = tree.query(points, predicate="dwithin", distance=near_m / METRES_PER_DEGREE)
        for point, cell in zip(*pairs.tolist(), strict=True):
            found[point].add(str(cells["commune_code"].iat[cell]))
    return found


def stored_shapes(shapes: Sequence[BaseGeometry | None]) -> list[str | None]:
    """Geometries as hexadecimal EWKB in EPSG:4326, as the database takes them."""
    return list(shapely.to_wkb(shapely.set_srid(np.array(shapes), crs.STORED), hex=True, include_srid=True))


def cells_of_communes(cells: Cells, codes: Sequence[str | None]) -> list[int | None]:
    """The (largest) cell of each commune code, None for an unknown code."""
    largest = cells.drop_duplicates("commune_code").set_index("commune_code")["cell_id"].to_dict()
    return [None if code is None else largest.get(code) for code in codes]
