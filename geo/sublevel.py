"""Regions of a sea where a number that stands at each node is at most a level; regions of larger levels hold smaller.

Exactly: between nodes the number runs straight over two triangles a square, cuts fall on 32nds of edges by whole-number
division, and each such point is a number that floats hold. Coastal squares belong as whole parts, never cut.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.water import Coast, Marks, Part, Patch

Whole = NDArray[np.int64]

CUTS = 32
BEYOND = np.int64(1) << 40
"""What stands at a node that cannot be reached; larger than any level, small enough to be multiplied."""
_CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))
_BITS = 15


def region(patch: Patch, values: Whole, level: int) -> Any:
    """The part of the patch where `values` (by node, 0 or more) are at most `level`: polygons, EPSG:4326."""
    within = values <= level
    lines = _uncancelled(np.concatenate([*_cuts(patch, values, within, level), *_shores(patch, values, within, level)]))
    faces = _faces(patch, lines)
    coast = [shape for each in patch.coasts for shape in _reached(patch, within, each)]
    return shapely.union_all([*faces, *coast])


def _reached(patch: Patch, within: Marks, coast: Coast) -> list[Any]:
    """The water of a stretch of coast that belongs: a part belongs with any of its corners."""
    held = [part.polygon for part in coast.parts if _reaches(patch, within, part)]
    return [coast.whole] if len(held) == len(coast.parts) else held


def _reaches(patch: Patch, within: Marks, part: Part) -> bool:
    row, column = part.row - patch.row, part.column - patch.column
    around = zip(part.corners, _CORNERS, strict=True)
    return any(held and within[row + dr, column + dc] for held, (dr, dc) in around)


def _uncancelled(lines: Whole) -> Whole:
    """Lines (n, 2 ends, row and column in 32nds of a step, the region to their left) but those that bound nothing."""
    lines = lines[(lines[:, 0] != lines[:, 1]).any(axis=1)]
    return lines[~np.isin(_keys(lines), _keys(lines[:, ::-1]))]


def _keys(lines: Whole) -> Whole:
    """One number a line, by its two ends in order."""
    keys: Whole = lines.reshape(-1, 4) @ (1 << (_BITS * np.arange(4, dtype=np.int64)))
    return keys


def _faces(patch: Patch, lines: Whole) -> list[Any]:
    """The polygons that lie to the left of lines that bound them."""
    origin, scale = np.array([patch.row, patch.column]) * CUTS, patch.step_deg / CUTS
    drawn = shapely.linestrings((lines + origin)[..., ::-1] * scale)
    faces = shapely.get_parts(shapely.polygonize(drawn))
    rings = shapely.get_exterior_ring(faces)
    first = np.stack([shapely.get_coordinates(shapely.get_point(rings, n)) for n in (0, 1)], 1)
    ends = np.rint(first[..., ::-1] / scale).astype(np.int64) - origin
    leftward = np.isin(_keys(ends), _keys(lines))
    return list(faces[leftward == shapely.is_ccw(rings)])


def _cuts(patch: Patch, values: Whole, within: Marks, level: int) -> list[Whole]:
    """Where the level runs through the two triangles of open squares: south-west to north-east is their common side."""
    found = []
    for third in ((0, 1), (1, 0)):
        corners = np.array(((0, 0), third, (1, 1)))
        inside = [_at(within, *corner) for corner in corners]
        count = sum((each.astype(np.int8) for each in inside), np.zeros_like(inside[0], np.int8))
        mixed = patch.open[:-1, :-1] & (count > 0) & (count < 3)
        marks = np.stack([each[mixed] for each in inside], 1)
        numbers = np.stack([_at(values, *corner)[mixed] for corner in corners], 1)
        lone = np.argmax(marks == (count[mixed] == 1)[:, None], axis=1)
        nodes = (np.argwhere(mixed)[:, None] + corners) * CUTS
        ends = [_cut(nodes, numbers, marks, lone, (lone + step) % 3, level) for step in (1, 2)]
        found.append(_leftward(np.stack(ends, 1), nodes, marks))
    return found


def _cut(nodes: Whole, numbers: Whole, marks: Marks, one: Whole, other: Whole, level: int) -> Whole:
    """The point on the side from corner `one` to corner `other` of each triangle, in 32nds."""
    at = np.arange(len(nodes))
    start, end = np.where(marks[at, one], one, other), np.where(marks[at, one], other, one)
    low, high = numbers[at, start], numbers[at, end]
    share = (CUTS * (level - low)) // (high - low)
    point: Whole = nodes[at, start] + (nodes[at, end] - nodes[at, start]) // CUTS * share[:, None]
    return point


def _leftward(lines: Whole, nodes: Whole, marks: Marks) -> Whole:
    """The lines turned so that the corners of their triangle beyond the level lie to the right, or on them."""
    way, off = (lines[:, 1] - lines[:, 0])[:, None], nodes - lines[:, :1]
    side = way[..., 1] * off[..., 0] - way[..., 0] * off[..., 1]
    turned = (side * ~marks).sum(axis=1) > 0
    lines[turned] = lines[turned, ::-1]
    return lines


def _at(array: NDArray[Any], dr: int, dc: int) -> NDArray[Any]:
    """The value at one corner of every square but those of the last row and column."""
    rows, columns = array.shape
    return array[dr : rows - 1 + dr, dc : columns - 1 + dc]


def _shores(patch: Patch, values: Whole, within: Marks, level: int) -> list[Whole]:
    """Edges, or what of them is within, between an open square and one that is not."""
    squares = np.pad(patch.open[:-1, :-1], 1)
    found = []
    for way in ((0, 1), (1, 0)):
        left = squares[1:, 1:] if way == (0, 1) else squares[1:, :-1]
        right = squares[:-1, 1:] if way == (0, 1) else squares[1:, 1:]
        for begin, border in ((0, left & ~right), (1, right & ~left)):
            rows, columns = np.nonzero(border[: border.shape[0] - way[0] + 0, : border.shape[1]])
            nodes = np.stack([rows, columns], 1)
            ends = [nodes, nodes + way]
            found.append(_kept(values, within, ends[begin], ends[1 - begin], level))
    return found


def _kept(values: Whole, within: Marks, start: Whole, end: Whole, level: int) -> Whole:
    """Of edges between two nodes, the part that is within, in the same direction."""
    low, high = values[tuple(start.T)], values[tuple(end.T)]
    first, last = within[tuple(start.T)], within[tuple(end.T)]
    apart = np.where(first == last, 1, np.abs(high - low))
    share = np.where(first & last, CUTS, (CUTS * (level - np.minimum(low, high))) // apart)[:, None]
    way = end - start
    here = np.where(first[:, None], start * CUTS, end * CUTS - way * share)
    there = np.where(first[:, None], start * CUTS + way * share, end * CUTS)
    lines: Whole = np.stack([here, there], 1)[first | last]
    return lines
