"""Which zones hold a point, fast enough for every fix as it comes in.

A grid over the zones settles inside and outside once; only points in cells that a border crosses are tested
exactly. The answer is always the exact one. Coordinates are EPSG:4326 degrees; no zone crosses 180°.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

CELL_DEG = 0.01
MOST_CELLS = 1_000_000
PAD = 1e-6
"""Share of a cell by which it is tested wider: no rounding can put a point into a cell that does not hold it."""

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Kind = tuple[tuple[int, ...], tuple[int, ...]]
"""What a cell is: the zones it lies wholly in, and those whose border crosses it."""


class Fence:
    """An index over valid polygons; a zone is named by its place in the sequence given.

    A point on a zone's border is in the zone (it is *covered*). Zones may overlap: a point has all of them, in
    ascending order. A point that is missing (NaN) is in none, and an empty or missing polygon holds none.
    """

    def __init__(self, zones: Sequence[Any], cell_deg: float = CELL_DEG) -> None:
        self._zones = np.array(zones, dtype=object)
        shapely.prepare(self._zones)
        bounds = np.nan_to_num(shapely.total_bounds(self._zones)) if len(zones) else np.zeros(4)
        self._west, self._south, east, north = map(float, bounds)
        self._size = max(cell_deg, ((east - self._west) * (north - self._south) / MOST_CELLS) ** 0.5)
        self._width, self._height = (east - self._west) / self._size, (north - self._south) / self._size
        self._columns, self._rows = int(self._width) + 1, int(self._height) + 1
        self._kinds: list[Kind] = [((), ())]
        self._cells = np.zeros(self._rows * self._columns, np.int32)
        for number, zone in enumerate(self._zones):
            if zone is not None and not zone.is_empty:
                for cells, crossed in zip(self._settle(zone), (False, True), strict=True):
                    self._mark(cells, number, crossed)
        self._cell: Sequence[int] = memoryview(self._cells)  # type: ignore[arg-type]  # read one by one, twice as fast

    def zones_at(self, lon: float, lat: float) -> tuple[int, ...]:
        """The zones that hold one point: some hundred nanoseconds away from borders."""
        column, row = (lon - self._west) / self._size, (lat - self._south) / self._size
        if not (0 <= column <= self._width and 0 <= row <= self._height):
            return ()
        inside, border = self._kinds[self._cell[int(row) * self._columns + int(column)]]
        for number in border:
            if shapely.intersects_xy(self._zones[number], lon, lat):
                inside = (*inside, number)
        return tuple(sorted(inside)) if border else inside

    def find(self, lon: Floats, lat: Floats) -> tuple[Numbers, Numbers]:
        """(point, zone) for every zone that holds a point, ordered by point, then zone; arrays of one length."""
        column, row = (lon - self._west) / self._size, (lat - self._south) / self._size
        near = np.flatnonzero((column >= 0) & (column <= self._width) & (row >= 0) & (row <= self._height))
        kinds = self._cells[row[near].astype(np.intp) * self._columns + column[near].astype(np.intp)]
        settled, within = _spread(near, kinds, [inside for inside, _ in self._kinds])
        open_points, crossed = _spread(near, kinds, [border for _, border in self._kinds])
        held = np.zeros(len(crossed), bool)
        for number in np.unique(crossed):
            asked = crossed == number
            at = open_points[asked]
            held[asked] = shapely.intersects_xy(self._zones[number], lon[at], lat[at])
        points = np.concatenate([settled, open_points[held]])
        zones = np.concatenate([within, crossed[held]])
        order = np.lexsort((zones, points))
        return points[order], zones[order]

    def _settle(self, zone: Any) -> tuple[Numbers, Numbers]:
        """The cells wholly inside a zone and those its border crosses, by halving blocks of cells."""
        span = 1 << (max(self._rows, self._columns) - 1).bit_length()
        blocks = np.zeros((1, 2), np.intp)
        state = np.zeros((self._rows, self._columns), np.int8)
        while len(blocks):
            boxes = self._boxes(blocks, span)
            full = shapely.contains_properly(zone, boxes)
            for row, column in blocks[full]:
                state[row : row + span, column : column + span] = 1
            crossed = blocks[~full & shapely.intersects(zone, boxes)]
            if span == 1:
                state[crossed[:, 0], crossed[:, 1]] = 2
                break
            span //= 2
            blocks = np.concatenate([crossed + step for step in ((0, 0), (0, span), (span, 0), (span, span))])
            blocks = blocks[(blocks[:, 0] < self._rows) & (blocks[:, 1] < self._columns)]
        return np.flatnonzero(state == 1), np.flatnonzero(state == 2)

    def _boxes(self, blocks: Numbers, span: int) -> NDArray[Any]:
        """The ground of square blocks (row, column) of `span` cells, padded."""
        pad = PAD * self._size
        south, west = self._south + blocks[:, 0] * self._size, self._west + blocks[:, 1] * self._size
        side = span * self._size + pad
        boxes: NDArray[Any] = shapely.box(west - pad, south - pad, west + side, south + side)
        return boxes

    def _mark(self, cells: Numbers, number: int, crossed: bool) -> None:
        """Give the cells of one zone their new kinds."""
        former, back = np.unique(self._cells[cells], return_inverse=True)
        self._cells[cells] = len(self._kinds) + back
        for inside, border in [self._kinds[kind] for kind in former]:
            self._kinds.append((inside, (*border, number)) if crossed else ((*inside, number), border))


def _spread(points: Numbers, kinds: NDArray[np.int32], lists: list[tuple[int, ...]]) -> tuple[Numbers, Numbers]:
    """Every point once per zone in its kind's list: points and zones, of one length."""
    counts = np.array([len(zones) for zones in lists])
    flat = np.array([zone for zones in lists for zone in zones], np.intp)
    times = counts[kinds]
    first = np.repeat((np.cumsum(counts) - counts)[kinds], times)
    step = np.arange(len(first)) - np.repeat(np.cumsum(times) - times, times)
    return np.repeat(points, times), flat[first + step]
