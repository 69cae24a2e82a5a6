"""The permitted boundary: who is beyond it, and who is nearing it. Being beyond is never the wrong belt."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from shapely.geometry import LineString

from geo.sides import Line, beyond, far_side, nm_of
from layers.watch.detect.events import Found
from layers.watch.detect.fixes import Carry, Fixes
from layers.watch.detect.runs import NONE, Seen, Telling, find_runs, follow, tell_runs


class Boundary:
    """A boundary line with a place on the permitted side (longitude, latitude); made once, asked for every batch."""

    def __init__(self, line: LineString, home: tuple[float, float]) -> None:
        self.line = Line(line)
        self.foreign: Any = far_side(line, home)


@dataclass(frozen=True)
class Nearness:
    """What is near: closer than a distance, or there sooner than a time on the present course at the present speed."""

    distance_nm: float
    time_s: float


def detect_crossing(fixes: Fixes, boundary: Boundary, carry: Carry = ()) -> Found:
    """Boats beyond the boundary, from the first fix there to the last; on the line is not beyond it.

    Silence beyond does not end it. `farthest_nm`: how far beyond, told when it is over; at most 600.
    """
    kept = carry[0] if carry else NONE
    track = follow(fixes, kept)
    rows = track.rows
    on = beyond(boundary.foreign, rows["lon"], rows["lat"])
    depth = np.zeros(len(rows))
    there = np.flatnonzero(on)
    metres = boundary.line.distance_m(rows["lon"][there], rows["lat"][there], 600 * 1852.0)
    depth[there] = np.minimum(nm_of(metres), 600)
    runs, fresh = find_runs(track, Seen(on, np.ones(len(rows), dtype=np.bool_), most=depth), kept)
    return Found(tell_runs(runs, fresh, Telling("boundary", "beyond", most="farthest_nm")), (fresh,))


def detect_nearing(fixes: Fixes, boundary: Boundary, near: Nearness, carry: Carry = ()) -> Found:
    """Boats at sea on the permitted side that are near the boundary.

    `distance_nm`, `time_s`: as it began, -1 where farther or later than asked for. `closest_nm`: told when it is over.
    """
    kept = carry[0] if carry else NONE
    track = follow(fixes, kept)
    rows = track.rows
    lon, lat, sog, cog = (np.ascontiguousarray(rows[name]) for name in ("lon", "lat", "sog_kn", "cog_deg"))
    distance = nm_of(boundary.line.distance_m(lon, lat, near.distance_nm * 1852.0))
    time_s = boundary.line.time_s(lon, lat, sog, cog, near.time_s)
    on = (np.isfinite(distance) | np.isfinite(time_s)) & ~rows["in_port"] & ~beyond(boundary.foreign, lon, lat)
    facts = [np.where(np.isfinite(value), value, -1.0) for value in (distance, time_s)]
    closest = -np.minimum(distance, 1e6)
    seen = Seen(on, np.ones(len(rows), dtype=np.bool_), most=closest, first=facts[0], second=facts[1])
    runs, fresh = find_runs(track, seen, kept)
    telling = Telling("boundary", "near", begun=("distance_nm", "time_s"), most="closest_nm", sign=-1.0)
    return Found(tell_runs(runs, fresh, telling), (fresh,))
