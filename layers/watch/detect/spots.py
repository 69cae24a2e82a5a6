"""Where boats were at the strokes of a common clock, as far as their fixes support it; no guess across a silence."""

from dataclasses import dataclass

import numpy as np

from geo.measure import bearing_deg
from geo.segments import Marks, firsts
from layers.watch.detect.fixes import Fixes, Rows, before, way

SPOT = np.dtype([("slot", "i8"), ("boat", "i8"), ("lon", "f8"), ("lat", "f8"), ("kn", "f8"), ("new", "?")])


@dataclass(frozen=True)
class Support:
    """What may be said between two fixes.

    Up to `gap_s` apart a boat was on the straight way between them. Up to `steady_s` apart only if both fixes say so:
    each one's own speed is within `kn_off` of the way's average, and unless it lay still (below `still_kn`) each
    one's own course within `deg_off` of the way. Otherwise it was only where it said, and for `lead_s` around, moved
    by its own speed and course.
    """

    slot_s: int
    gap_s: float
    steady_s: float
    lead_s: float
    kn_off: float = 1.0
    deg_off: float = 15.0
    still_kn: float = 1.0


def place(rows: Fixes, old: Marks, support: Support) -> Rows:
    """Rows of `SPOT` for every stroke in (fix before, fix] of each new stretch at sea, by boat and slot."""
    passed = way(rows)
    at_sea = ~rows["in_port"] & ~before(rows["in_port"])
    ends = np.flatnonzero(~firsts(rows["boat"]) & at_sea & (passed.seconds <= support.steady_s) & ~old)
    slot_ms = support.slot_s * 1000
    first = rows["t_ms"][ends - 1] // slot_ms + 1
    counts = rows["t_ms"][ends] // slot_ms - first + 1
    end = np.repeat(ends, counts)
    slot = np.arange(len(end)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    spots = np.zeros(len(end), SPOT)
    spots["slot"], spots["boat"], spots["kn"], spots["new"] = slot, rows["boat"][end], passed.kn[end], True
    straight = (passed.seconds <= support.gap_s) | steady(rows, support)
    _on_the_way(spots, rows, end, slot * slot_ms)
    alone = ~straight[end]
    near = _around(spots, rows, end, slot * slot_ms, support, alone)
    return spots[~alone | near]


def steady(rows: Fixes, support: Support) -> Marks:
    """Fixes that, with the one before, say that the boat kept its speed and course between, or lay still."""
    passed = way(rows)
    kn, sog, course = np.nan_to_num(passed.kn), rows["sog_kn"], rows["cog_deg"]
    speeds = (np.abs(sog - kn) <= support.kn_off) & (np.abs(before(sog) - kn) <= support.kn_off)
    still = (kn <= support.still_kn) & (sog <= support.still_kn) & (before(sog) <= support.still_kn)
    found = still & speeds
    asked = np.flatnonzero(speeds & ~still & ~passed.first)
    lon, lat = rows["lon"], rows["lat"]
    bearing = bearing_deg(lon[asked - 1], lat[asked - 1], lon[asked], lat[asked])
    both = [_apart_deg(bearing, course[at]) <= support.deg_off for at in (asked - 1, asked)]
    found[asked] = both[0] & both[1]
    marks: Marks = found & ~passed.first
    return marks


def _apart_deg(one: Rows, other: Rows) -> Rows:
    apart: Rows = np.abs((one - other + 180) % 360 - 180)
    return apart


def _on_the_way(spots: Rows, rows: Fixes, end: Rows, t_ms: Rows) -> None:
    begun = rows["t_ms"][end - 1]
    share = (t_ms - begun) / np.maximum(rows["t_ms"][end] - begun, 1)
    for name in ("lon", "lat"):
        spots[name] = rows[name][end - 1] + share * (rows[name][end] - rows[name][end - 1])


def _around(spots: Rows, rows: Fixes, end: Rows, t_ms: Rows, support: Support, alone: Marks) -> Marks:
    """Put the strokes close to a fix where that fix says the boat was going; which those are."""
    near = np.zeros(len(spots), dtype=np.bool_)
    for at in (end - 1, end):
        seconds = (t_ms - rows["t_ms"][at]) / 1000
        speed, course = rows["sog_kn"][at], np.radians(np.where(rows["sog_kn"][at] > 0, rows["cog_deg"][at], 0.0))
        mine = alone & ~near & (np.abs(seconds) <= support.lead_s) & np.isfinite(speed) & np.isfinite(course)
        deg = speed * seconds / 3600 / 60
        spots["lat"][mine] = (rows["lat"][at] + deg * np.cos(course))[mine]
        wide = np.cos(np.radians(rows["lat"][at]))
        spots["lon"][mine] = (rows["lon"][at] + deg * np.sin(course) / wide)[mine]
        spots["kn"][mine] = speed[mine]
        near |= mine
    return near
