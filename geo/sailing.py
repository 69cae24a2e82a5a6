"""How far it is by water: from one point to every node of a patch of sea, around whatever land lies between.

What can be seen from the point is measured straight. What lies behind land is reached from what can be seen, from node
to node over sixteen directions; no step crosses land. Such ways come out at most 3 % too long, never too short.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.measure import east_north_m
from geo.water import Marks, Part, Patch

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]

RAYS = 4096
"""Directions looked into. Fixed, so that what is seen does not depend on how large a patch is looked at."""
LOOK_STEPS, BATCH_STEPS = 32.0, 3.0
_AXES = ((0, 1), (1, 0), (0, -1), (-1, 0))
_KNIGHTS = tuple((a * dr, b * dc) for dr, dc in ((1, 2), (2, 1)) for a in (1, -1) for b in (1, -1))
MOVES = (*_AXES, (1, 1), (1, -1), (-1, 1), (-1, -1), *_KNIGHTS)
ASHORE_STEPS = 6
"""How many steps from a point on (generalised) land the water is looked for."""


@dataclass(frozen=True)
class Sailed:
    """By node: metres by water (`inf`: not to be reached), and radians of the straight way from north, clockwise."""

    metres: Floats
    bearing: Floats


def sail(patch: Patch, lon: float, lat: float, limit_m: float = np.inf) -> Sailed:
    """From a point (EPSG:4326) well inside the patch to each of its nodes; ways around land longer than the limit are
    not looked for.
    """
    east, north = east_north_m(lon, lat, patch.lons[None, :], patch.lats[:, None])
    straight = np.hypot(east, north)
    bearing = np.arctan2(east, north)
    if patch.open.all():
        return Sailed(straight, bearing)
    at = (lat / patch.step_deg - patch.row, lon / patch.step_deg - patch.column)
    seen = patch.wet & _sees(patch, at)
    seen |= _around(patch, at, lon, lat, straight)
    metres = np.where(seen, straight, np.inf)
    _relax(patch, metres, seen, limit_m)
    return Sailed(metres, bearing)


def _sees(patch: Patch, at: tuple[float, float]) -> Marks:
    """Nodes to which nothing but open squares lies on the way, and a little to its sides."""
    dark = _dark(patch)
    rows, columns = np.arange(dark.shape[0])[:, None], np.arange(dark.shape[1])[None, :]
    away = np.hypot(rows - at[0], columns - at[1])
    ray = np.rint(np.arctan2(rows - at[0], columns - at[1]) * (RAYS / (2 * np.pi))).astype(np.intp) % RAYS
    asked = _covered(ray[dark], np.ceil(RAYS / (2 * np.pi) / np.maximum(away[dark], 0.5)).astype(np.intp))
    hit = np.full(RAYS, np.inf)
    hit[asked] = _first_dark(dark, at, asked)
    return np.asarray(away <= hit[ray], dtype=np.bool_)


def _covered(rays: Numbers, by: Numbers) -> Numbers:
    """Every ray within `by` of one of `rays`: a square is wider than the ray to its middle."""
    change = np.zeros(3 * RAYS + 1, dtype=np.intp)
    by = np.minimum(by, RAYS // 2)
    np.add.at(change, RAYS + rays - by, 1)
    np.add.at(change, RAYS + rays + by + 1, -1)
    covered = np.cumsum(change)[: 3 * RAYS].reshape(3, RAYS) > 0
    return np.flatnonzero(covered.any(axis=0))


def _dark(patch: Patch) -> Marks:
    """Nodes of which one of the four squares around is not open: no ray passes as near as half a square unnoticed."""
    shut = np.pad(~patch.open, ((1, 0), (1, 0)))
    dark = shut[1:, 1:] | shut[:-1, 1:] | shut[1:, :-1] | shut[:-1, :-1]
    return np.asarray(dark, dtype=np.bool_)


def _first_dark(dark: Marks, at: tuple[float, float], rays: Numbers) -> Floats:
    """How far each ray runs, in steps of the lattice, before a dark node; `inf` when the patch ends first."""
    angle = rays * (2 * np.pi / RAYS)
    up, aside = np.sin(angle), np.cos(angle)
    first, running, begin = np.full(len(rays), np.inf), np.arange(len(rays)), 0.0
    while len(running):
        along = begin + np.arange(0.0, LOOK_STEPS, 0.5)
        row = np.rint(at[0] + up[running, None] * along).astype(np.intp)
        column = np.rint(at[1] + aside[running, None] * along).astype(np.intp)
        out = (row < 0) | (row >= dark.shape[0]) | (column < 0) | (column >= dark.shape[1])
        hits = dark[np.where(out, 0, row), np.where(out, 0, column)] & ~out
        struck = hits.any(axis=1)
        first[running[struck]] = along[hits.argmax(axis=1)][struck] - 0.5
        running, begin = running[~struck & ~out[:, -1]], begin + LOOK_STEPS
    return first


def _around(patch: Patch, at: tuple[float, float], lon: float, lat: float, straight: Floats) -> Marks:
    """The nodes a boat comes to first: the corners of its own water, else the wet nodes nearest to it."""
    first = np.zeros(patch.wet.shape, dtype=np.bool_)
    row, column = int(at[0]), int(at[1])
    if patch.open[row, column]:
        first[row : row + 2, column : column + 2] = True
        return first
    own = _own_part(patch, row, column, lon, lat)
    if own is not None:
        for held, (dr, dc) in zip(own.corners, ((0, 0), (0, 1), (1, 1), (1, 0)), strict=True):
            first[row + dr, column + dc] |= held
        return first
    low, left = max(row - ASHORE_STEPS, 0), max(column - ASHORE_STEPS, 0)
    window = (slice(low, row + ASHORE_STEPS + 2), slice(left, column + ASHORE_STEPS + 2))
    near = np.where(patch.wet[window], straight[window], np.inf)
    if np.isfinite(near).any():
        first[window] = near == near.min()
    return first


def _own_part(patch: Patch, row: int, column: int, lon: float, lat: float) -> Part | None:
    where = (patch.row + row, patch.column + column)
    own = (p for coast in patch.coasts for p in coast.parts if (p.row, p.column) == where)
    return next((p for p in own if shapely.intersects_xy(p.polygon, lon, lat)), None)


def _relax(patch: Patch, metres: Floats, seen: Marks, limit_m: float) -> None:
    """Shorten the ways to wet nodes that are not seen until no step makes one shorter; in place.

    The nearest nodes go first, a few steps' worth at a time: what they settle is seldom touched again.
    """
    hidden = (patch.wet & ~seen).ravel()
    width, far = metres.shape[1], metres.ravel()
    moves = [(dr * width + dc, _free(patch, dr, dc).ravel(), _lengths(patch, dr, dc)) for dr, dc in MOVES]
    waiting = _beside(patch.wet & ~seen) & (seen.ravel())
    batch_m = BATCH_STEPS * float(moves[0][2].max())
    while len(front := np.flatnonzero(waiting)):
        ways = far[front]
        front = front[ways <= ways.min() + batch_m]
        waiting[front] = False
        for off, free, length in moves:
            start = front[free[front]]
            start = start[hidden[start + off]]
            way = far[start] + length[start // width]
            shorter = (way < far[start + off] - 1e-6) & (way <= limit_m)
            end = start[shorter] + off
            far[end], waiting[end] = way[shorter], True


def _beside(marks: Marks) -> Marks:
    """Nodes from which a step of MOVES comes to a marked one."""
    near = np.zeros_like(marks)
    for dr, dc in MOVES:
        near |= _shifted(marks, dr, dc)
    return near.ravel()


def _free(patch: Patch, dr: int, dc: int) -> Marks:
    """Nodes from which this step stays in the patch and in open water."""
    if dr == 0 or dc == 0:
        ways = patch.north if dr else patch.east
        return _shifted(ways, min(dr, 0), min(dc, 0)) & _shifted(np.ones_like(ways), dr, dc)
    low, left = (0 if dr > 0 else -1), (0 if dc > 0 else -1)
    first = _shifted(patch.open, low, left)
    second = _shifted(patch.open, low + (dr - np.sign(dr)), left + (dc - np.sign(dc)))
    return np.asarray(first & second & _shifted(np.ones_like(patch.open), dr, dc), dtype=np.bool_)


def _shifted(marks: Marks, dr: int, dc: int) -> Marks:
    """What stands `dr` rows north and `dc` columns east of each node; False beyond the patch."""
    dr, dc = int(dr), int(dc)
    out = np.zeros_like(marks)
    rows, columns = marks.shape
    out[max(-dr, 0) : rows - max(dr, 0), max(-dc, 0) : columns - max(dc, 0)] = marks[
        max(dr, 0) : rows - max(-dr, 0), max(dc, 0) : columns - max(-dc, 0)
    ]
    return out


def _lengths(patch: Patch, dr: int, dc: int) -> Floats:
    """Metres of a step from each row."""
    lats, step = patch.lats, patch.step_deg
    half_way = lats + dr * step / 2
    east, _ = east_north_m(0.0, 0.0, np.full_like(lats, abs(dc) * step), 2 * half_way)
    _, north = east_north_m(0.0, 0.0, 0.0, 2 * half_way)
    ratio = np.divide(north, 2 * half_way, out=np.full_like(lats, 110_574.0), where=half_way != 0)
    return np.hypot(east, ratio * dr * step)
