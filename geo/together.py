"""Who is near whom: points of equal turn within a radius of one another, by a grid; every pair, each once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.measure import distance_m

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_BITS = 20
"""Columns and rows of the grid have this many bits each; 23 remain for turns."""
_FINEST_M = 50.0
_SURE = 2e-4
"""The flat distance is that close to the ellipsoid's (below 5 km and 60° of latitude); only between is it asked."""


class Spots(NamedTuple):
    """Points with a turn (a slot of time; only equal ones are compared) and degrees EPSG:4326; one length."""

    turn: Whole
    lon: Floats
    lat: Floats


class Pairs(NamedTuple):
    """Places of both ends, and metres between."""

    one: NDArray[np.intp]
    other: NDArray[np.intp]
    metres: Floats


def find_pairs(asking: Spots, among: Spots, radius_m: float) -> Pairs:
    """Every (asking, among) at most `radius_m` apart on the ellipsoid, below 5 km; a point is near itself."""
    if not len(asking.turn) or not len(among.turn):
        none = np.zeros(0, np.intp)
        return Pairs(none, none, np.zeros(0))
    first = int(min(asking.turn.min(), among.turn.min()))
    widest = max(float(np.abs(asking.lat).max()), float(np.abs(among.lat).max()))
    step = max(radius_m * 1.001, _FINEST_M) / (110_500 * np.array([np.cos(np.radians(widest)), 1.0]))
    keys = _keys(among, first, step)
    at = np.argsort(keys, kind="stable")
    keys = keys[at]
    mine = _keys(asking, first, step)
    one, other = [], []
    for column in (-1, 0, 1):  # three neighbours of a column lie side by side in the order of keys
        aside = mine + (column << _BITS)
        low, high = np.searchsorted(keys, aside - 1), np.searchsorted(keys, aside + 1, side="right")
        counts = high - low
        one.append(np.repeat(np.arange(len(mine)), counts))
        other.append(at[np.arange(counts.sum()) + np.repeat(low - (np.cumsum(counts) - counts), counts)])
    return _near(asking, among, np.concatenate(one), np.concatenate(other), radius_m)


def _keys(spots: Spots, first: int, step: Floats) -> Whole:
    """One number per turn and square of the grid, neighbours in a column one apart."""
    column = np.floor((spots.lon + 180) / step[0]).astype(np.int64) + 1
    row = np.floor((spots.lat + 90) / step[1]).astype(np.int64) + 1
    keys: Whole = ((spots.turn - first) << 2 * _BITS) | ((column & ((1 << _BITS) - 1)) << _BITS) | row
    return keys


def _near(asking: Spots, among: Spots, one: NDArray[np.intp], other: NDArray[np.intp], radius_m: float) -> Pairs:
    metres = flat_m(asking.lon[one], asking.lat[one], among.lon[other], among.lat[other])
    near = metres <= radius_m * (1 + _SURE)
    one, other, metres = one[near], other[near], metres[near]
    unsure = np.flatnonzero(metres > radius_m * (1 - _SURE))
    metres[unsure] = distance_m(
        asking.lon[one[unsure]], asking.lat[one[unsure]], among.lon[other[unsure]], among.lat[other[unsure]]
    )
    near = metres <= radius_m
    return Pairs(one[near], other[near], metres[near])


def flat_m(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Metres between points some kilometres apart, by the lengths of a degree at their middle latitude."""
    middle = np.radians((lat1 + lat2) / 2)
    north = (lat2 - lat1) * (111_132.954 - 559.822 * np.cos(2 * middle) + 1.175 * np.cos(4 * middle))
    degree = 111_412.84 * np.cos(middle) - 93.5 * np.cos(3 * middle) + 0.118 * np.cos(5 * middle)
    metres: Floats = np.hypot((lon2 - lon1) * degree, north)
    return metres
