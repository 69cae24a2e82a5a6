"""Where there is water to sail on: a lattice over the sea that no land crosses unnoticed.

The lattice is in degrees (EPSG:4326) with a spacing that is a power of two, so that each of its points, and each point
at a 32nd of its edges and diagonals, is a number that floats hold exactly: regions cut along it nest exactly.
A square that land touches anywhere is coastal; its water is kept as parts that do not hang together within it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Marks = NDArray[np.bool_]

MARGIN_DEG = 0.0005
"""How far from land the water begins (some 50 m): no rounding of a coast can put a point of the sea on land."""
SNAP_DEG = 2.0**-20
TILE = 64
"""Squares along the side of a tile: what is looked at at once and kept."""


@dataclass(frozen=True)
class Part:
    """A piece of water in a coastal square (row, column of the lattice); which of its corners SW SE NE NW it holds."""

    row: int
    column: int
    polygon: Any
    corners: tuple[bool, bool, bool, bool]


@dataclass(frozen=True)
class Coast:
    """The parts of one stretch of coast, and all of them in one."""

    parts: tuple[Part, ...]
    whole: Any


@dataclass(frozen=True)
class Patch:
    """A rectangle of the lattice: `row`, `column` of its south-west node, arrays by [row, column] of one shape.

    A node is also the south-west corner of its square. `wet`: the node is in water; `open`: no land in the square;
    `east`, `north`: no land on the edge to the next node there.
    """

    row: int
    column: int
    step_deg: float
    wet: Marks
    open: Marks
    east: Marks
    north: Marks
    coasts: tuple["Coast", ...]

    @property
    def lons(self) -> NDArray[np.float64]:
        """Longitude of each column of nodes."""
        return np.asarray((self.column + np.arange(self.wet.shape[1])) * self.step_deg, dtype=np.float64)

    @property
    def lats(self) -> NDArray[np.float64]:
        """Latitude of each row of nodes."""
        return np.asarray((self.row + np.arange(self.wet.shape[0])) * self.step_deg, dtype=np.float64)


class Water:
    """The sea around `land` (any geometry, EPSG:4326); `steps_a_degree` is a power of two."""

    def __init__(self, land: Any, steps_a_degree: int) -> None:
        self.step_deg = 1.0 / steps_a_degree
        wide = shapely.buffer(land, MARGIN_DEG, quad_segs=1, join_style="mitre", mitre_limit=2.0)
        self._land = shapely.get_parts(wide)
        self._tree = shapely.STRtree(self._land)
        self._tiles: dict[tuple[int, int], Patch] = {}

    def patch(self, row: int, column: int, rows: int, columns: int) -> Patch:
        """So many rows and columns of nodes from a node on; tiles once looked at are kept."""
        south, west = row // TILE, column // TILE
        grid = [
            [self._tile(r, c) for c in range(west, (column + columns - 1) // TILE + 1)]
            for r in range(south, (row + rows - 1) // TILE + 1)
        ]
        cut = (
            slice(row - south * TILE, row - south * TILE + rows),
            slice(column - west * TILE, column - west * TILE + columns),
        )
        names = ("wet", "open", "east", "north")
        arrays = {name: np.block([[getattr(t, name) for t in line] for line in grid])[cut] for name in names}
        coasts = [
            _within(c, row, column, row + rows - 1, column + columns - 1)
            for line in grid
            for tile in line
            for c in tile.coasts
        ]
        return Patch(row, column, self.step_deg, **arrays, coasts=tuple(c for c in coasts if c.parts))

    def is_land(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Marks:
        """Whether points are on land or within the margin of it."""
        found = np.zeros(len(lon), dtype=np.bool_)
        found[self._tree.query(shapely.points(lon, lat), "intersects")[0]] = True
        return found

    def _tile(self, row: int, column: int) -> Patch:
        if (row, column) not in self._tiles:
            self._tiles[row, column] = self._look(row * TILE, column * TILE)
        return self._tiles[row, column]

    def _look(self, row: int, column: int) -> Patch:
        step = self.step_deg
        west, south = column * step, row * step
        around = shapely.box(west - step, south - step, west + (TILE + 1) * step, south + (TILE + 1) * step)
        near = self._land[self._tree.query(around, "intersects")]
        if not len(near):
            free = np.ones((TILE, TILE), dtype=np.bool_)
            return Patch(row, column, step, free, free, free, free, ())
        land = shapely.union_all(shapely.intersection(near, around))
        shapely.prepare(land)
        x, y = np.meshgrid(west + np.arange(TILE) * step, south + np.arange(TILE) * step)
        boxes = shapely.box(x, y, x + step, y + step)
        is_open = ~shapely.intersects(land, boxes)
        wet = is_open | ~shapely.intersects_xy(land, x, y)
        ways = [is_open | ~shapely.intersects(land, _edges(x, y, *off)) for off in ((step, 0.0), (0.0, step))]
        coastal = np.argwhere(~is_open & ~shapely.covers(land, boxes))
        parts = tuple(p for r, c in coastal for p in _parts(row + r, column + c, boxes[r, c], land))
        coast = Coast(parts, shapely.union_all([p.polygon for p in parts]))
        return Patch(row, column, step, wet, is_open, ways[0], ways[1], (coast,))


def _within(coast: Coast, south: int, west: int, north: int, east: int) -> Coast:
    """What of a stretch of coast lies in a window of squares."""
    parts = tuple(p for p in coast.parts if south <= p.row < north and west <= p.column < east)
    return coast if len(parts) == len(coast.parts) else Coast(parts, shapely.union_all([p.polygon for p in parts]))


def _edges(x: NDArray[np.float64], y: NDArray[np.float64], east: float, north: float) -> NDArray[Any]:
    ends = np.stack([np.stack([x, y], -1), np.stack([x + east, y + north], -1)], -2)
    edges: NDArray[Any] = shapely.linestrings(ends)
    return edges


def _parts(row: int, column: int, box: Any, land: Any) -> list[Part]:
    """The pieces of water of a coastal square that reach one of its corners; others no boat comes to."""
    water = shapely.set_precision(shapely.difference(box, land), SNAP_DEG)
    west, south, east, north = shapely.bounds(box)
    corners = shapely.points([west, east, east, west], [south, south, north, north])
    found = []
    for piece in shapely.get_parts(water):
        held = shapely.intersects(piece, corners)
        if piece.geom_type == "Polygon" and held.any():
            found.append(Part(int(row), int(column), piece, tuple(map(bool, held))))  # type: ignore[arg-type]
    return found
