"""One number heard in two places: whether positions are one way with bad fixes in it, or two ways at once.

Two ways at once are two devices with one number, or one whose receiver is led astray again and again; positions alone
cannot tell these apart. A single bad fix, a late report, or a boat found elsewhere after a silence is neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians
from typing import NamedTuple

from geo.segments import Reach

LEAST_FIXES = 3
LEAST_TURNS = 4
LEAST_SECONDS = 120.0
MOST_WAYS = 12
_REACH = Reach()


class Spot(NamedTuple):
    """A position: Unix milliseconds UTC, degrees EPSG:4326."""

    t_ms: int
    lon: float
    lat: float


@dataclass(frozen=True)
class TwoWays:
    """Evidence: the last spot of each way and how many fixes it has, the way heard first standing first.

    `turns`: how often one fell in between the fixes of the other, from `since_ms` to `until_ms`, while both were heard.
    """

    one: Spot
    other: Spot
    one_fixes: int
    other_fixes: int
    turns: int
    since_ms: int
    until_ms: int
    apart_nm: float


def find_two_ways(spots: Sequence[Spot]) -> TwoWays | None:
    """What shows that one number is in two places; None when one vessel explains it. `spots` in order of time."""
    ways = sorted(part_ways(spots), key=lambda way: (-len(way), way[0]))[:2]
    if len(ways) < 2 or len(ways[1]) < LEAST_FIXES:
        return None
    one, other = sorted(ways)
    both = sorted([(at, 0) for at in one] + [(at, 1) for at in other])
    turned = [here for (_, before), (here, now) in pairwise(both) if before != now]
    if len(turned) < LEAST_TURNS:
        return None
    since, until = spots[turned[0]].t_ms, spots[turned[-1]].t_ms
    if until - since < LEAST_SECONDS * 1000:
        return None
    last, last_other = spots[one[-1]], spots[other[-1]]
    apart = distance_nm(last, last_other)
    return TwoWays(last, last_other, len(one), len(other), len(turned), since, until, apart)


def part_ways(spots: Sequence[Spot], reach: Reach = _REACH) -> list[list[int]]:
    """The indices of every way: each spot goes on the nearest one it can belong to, or begins another."""
    ways: list[list[int]] = []
    for at, spot in enumerate(spots):
        found = [
            (apart, n) for n, way in enumerate(ways) if (apart := _reached(spots[way[-1]], spot, reach)) is not None
        ]
        if found:
            ways[min(found)[1]].append(at)
            continue
        if len(ways) == MOST_WAYS:
            ways.remove(min(ways, key=len))
        ways.append([at])
    return ways


def distance_nm(one: Spot, other: Spot) -> float:
    """Nautical miles on a flat patch of sea."""
    east = (other.lon - one.lon + 180) % 360 - 180
    return hypot(east * cos(radians((one.lat + other.lat) / 2)), other.lat - one.lat) * 60


def _reached(before: Spot, spot: Spot, reach: Reach) -> float | None:
    """How far it is, if anything afloat can have come from there."""
    apart = distance_nm(before, spot)
    hours = max(spot.t_ms - before.t_ms, 1000) / 3_600_000
    return apart if apart <= reach.beyond_nm or apart <= reach.speed_kn * hours else None
