"""Tracks taken apart honestly: where a boat was heard, where it was not, and where it cannot have been.

A gap is a thing of its own, never a line drawn as if it had been sailed. Points come in one array for many boats, in
the order of `order`; "a stretch" is the way from the point before, of the same boat, to a point.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.measure import METRES_PER_NM

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Marks: TypeAlias = NDArray[np.bool_]

METRES_PER_DEG = 60 * METRES_PER_NM
_TIME_BITS = 42


@dataclass(frozen=True)
class Points:
    """Positions of many boats: whose (non-negative numbers), Unix milliseconds UTC, degrees EPSG:4326; one length."""

    boat: Whole
    t_ms: Whole
    lon: Floats
    lat: Floats

    def __len__(self) -> int:
        return len(self.boat)


@dataclass(frozen=True)
class Split:
    """What each point begins: a boat (`first`), the far end of a gap, the far end of an impossible jump."""

    first: Marks
    gap: Marks
    jump: Marks

    @property
    def begins(self) -> Marks:
        """Points that are not joined to the one before."""
        return self.first | self.gap | self.jump


@dataclass(frozen=True)
class Reach:
    """How far anything afloat can have come: faster than `speed_kn` over more than `beyond_nm` is a jump."""

    speed_kn: float = 100.0
    beyond_nm: float = 1.0


def order(boat: Whole, t_ms: Whole) -> NDArray[np.intp]:
    """The order of points by boat, then time; equal ones stay as they came."""
    if len(boat) and 0 <= boat.min() and boat.max() < 1 << 21 and 0 <= t_ms.min() and t_ms.max() < 1 << _TIME_BITS:
        return np.argsort((boat << _TIME_BITS) | t_ms, kind="stable")
    return np.lexsort((t_ms, boat))


def firsts(boat: Whole) -> Marks:
    """The first point of each boat, of points in order."""
    first = np.ones(len(boat), dtype=np.bool_)
    first[1:] = boat[1:] != boat[:-1]
    return first


def seconds_before(points: Points) -> Floats:
    """Seconds since the boat's point before; NaN at its first."""
    seconds = np.diff(points.t_ms, prepend=points.t_ms[:1]) / 1000
    return np.where(firsts(points.boat), np.nan, seconds)


def nm_before(points: Points) -> Floats:
    """Nautical miles from the boat's point before, on a flat patch of sea; NaN at its first."""
    east = np.diff(points.lon, prepend=points.lon[:1])
    east = (east + 180) % 360 - 180
    north = np.diff(points.lat, prepend=points.lat[:1])
    middle = np.radians(points.lat - north / 2)
    return np.where(firsts(points.boat), np.nan, np.hypot(east * np.cos(middle), north) * 60)


def split(points: Points, limit_s: Floats, reach: Reach | None = None) -> Split:
    """Where tracks come apart. `limit_s[i]`: how long the stretch to point i may be silent before it is a gap.

    A stretch that is silent too long is a gap even where the distance is impossible too.
    """
    can = reach or Reach()
    first, seconds, apart_nm = firsts(points.boat), seconds_before(points), nm_before(points)
    gap = ~first & (np.nan_to_num(seconds) > limit_s)
    speed_kn = np.nan_to_num(apart_nm) * 3600 / np.maximum(np.nan_to_num(seconds), 1.0)
    jump = ~first & ~gap & (np.nan_to_num(apart_nm) > can.beyond_nm) & (speed_kn > can.speed_kn)
    return Split(first, gap, jump)


def pair_limits(is_vms: Marks, vms_s: float, ais_s: float) -> Floats:
    """The silence allowed before each point: a stretch that a VMS device begins or ends may last as VMS may."""
    either = is_vms.copy()
    either[1:] |= is_vms[:-1]
    return np.where(either, float(vms_s), float(ais_s))


def thin(points: Points, pinned: Marks, tolerance_m: float) -> Marks:
    """Which points to keep so that at no moment the line is more than `tolerance_m` off: Douglas–Peucker in time.

    Pinned points stay, so do the first and last of each boat; only what lies between two that stay may go.
    """
    keep = pinned | firsts(points.boat)
    keep[-1:] = True
    keep[:-1] |= keep[1:] & (points.boat[1:] != points.boat[:-1])
    ends = np.flatnonzero(keep)
    low, high = ends[:-1], ends[1:]
    while len(low):
        low, high = low[high - low > 1], high[high - low > 1]
        if not len(low):
            break
        worst, off_m = _worst(points, low, high)
        bad = off_m > tolerance_m
        low, worst, high = low[bad], worst[bad], high[bad]
        keep[worst] = True
        low, high = np.concatenate([low, worst]), np.concatenate([worst, high])
    return keep


def _worst(points: Points, low: NDArray[np.intp], high: NDArray[np.intp]) -> tuple[NDArray[np.intp], Floats]:
    """Per interval, the point between its ends that is farthest from where a straight run would have been then."""
    counts = high - low - 1
    starts = np.cumsum(counts) - counts
    which = np.repeat(np.arange(len(low)), counts)
    between = np.arange(len(which)) - starts[which] + low[which] + 1
    off_m = _off_m(points, low[which], between, high[which])
    most: Floats = np.maximum.reduceat(off_m, starts)
    candidates = np.where(off_m == most[which], between, len(points))
    return np.minimum.reduceat(candidates, starts), most


def _off_m(points: Points, low: NDArray[np.intp], at: NDArray[np.intp], high: NDArray[np.intp]) -> Floats:
    """Metres between a point and the straight run between two others at its moment."""
    share = (points.t_ms[at] - points.t_ms[low]) / np.maximum(points.t_ms[high] - points.t_ms[low], 1)
    east = points.lon[at] - points.lon[low] - share * (points.lon[high] - points.lon[low])
    north = points.lat[at] - points.lat[low] - share * (points.lat[high] - points.lat[low])
    metres: Floats = np.hypot(east * np.cos(np.radians(points.lat[at])), north) * METRES_PER_DEG
    return metres


def each_so_often(points: Points, every_s: float) -> Marks:
    """The first point of each boat in every stretch of `every_s` seconds: what thinning may not take away."""
    turn = points.t_ms // round(every_s * 1000)
    marks = firsts(points.boat)
    marks[1:] |= turn[1:] != turn[:-1]
    return marks
