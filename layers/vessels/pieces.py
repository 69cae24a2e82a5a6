"""Heard positions to lines that can be drawn: pieces within one UTC hour, and gaps apart from them."""

from dataclasses import dataclass

import numpy as np
import shapely

from geo.segments import Points, Split, pair_limits, split, thin
from layers.vessels.history import Array, Heard

HOUR_MS = 3_600_000
TOLERANCE_M = 15.0
"""What a drawn line may be off by: less than the width of the line on any screen, and about what GPS is off."""


@dataclass(frozen=True)
class Limits:
    """Seconds of silence that make a gap, by kind of device: the rules `track/gap_vms` and `track/gap_ais`."""

    vms_s: int
    ais_s: int


@dataclass(frozen=True)
class Pieces:
    """Lines of many boats (EPSG:4326), each with what it is; `hour` is the Unix hour in which it ends."""

    boat: Array
    hour: Array
    gap: Array
    t_from_ms: Array
    t_to_ms: Array
    points: Array
    source_id: Array
    lines: Array


def split_heard(heard: Heard, limits: Limits) -> Split:
    """Where the tracks come apart."""
    return split(heard.points, pair_limits(heard.vms, limits.vms_s, limits.ais_s))


def make_pieces(heard: Heard, limits: Limits) -> Pieces:
    """Every stretch once: joined ones of one boat and hour as one thinned line, each gap as a line of its own.

    An impossible jump is no line at all.
    """
    p, found = heard.points, split_heard(heard, limits)
    ends = np.flatnonzero(~found.first & ~found.jump)
    starts = _group_starts(p, found, ends)
    group = np.cumsum(starts) - 1
    first, last = (
        ends[starts] - 1,
        ends[np.append(np.flatnonzero(starts)[1:] - 1, len(ends) - 1)] if len(ends) else ends,
    )
    kept = _thinned(p, first, last)[ends]
    which = np.concatenate([np.arange(len(first)), group[kept]])
    spots = np.concatenate([first, ends[kept]])
    spots, which = spots[at := np.lexsort((spots, which))], which[at]
    lines = shapely.linestrings(np.column_stack([p.lon[spots], p.lat[spots]]), indices=which)
    return Pieces(
        boat=p.boat[last],
        hour=p.t_ms[last] // HOUR_MS,
        gap=found.gap[last],
        t_from_ms=p.t_ms[first],
        t_to_ms=p.t_ms[last],
        points=np.bincount(group, minlength=len(first)) + 1,
        source_id=heard.source_id[last],
        lines=lines,
    )


def _group_starts(points: Points, found: Split, ends: Array) -> Array:
    """Of stretches, by the point that ends each: which begins a line."""
    starts = np.ones(len(ends), dtype=np.bool_)
    here, before = ends[1:], ends[:-1]
    hours = points.t_ms // HOUR_MS
    apart = (here != before + 1) | found.gap[here] | found.gap[before] | (hours[here] != hours[before])
    starts[1:] = apart
    return starts


def _thinned(points: Points, first: Array, last: Array) -> Array:
    pinned = np.zeros(len(points), dtype=np.bool_)
    pinned[first] = pinned[last] = True
    return thin(points, pinned, TOLERANCE_M)
