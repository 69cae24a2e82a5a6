"""In port and out: visits, and the trips between them."""

from dataclasses import dataclass

import numpy as np

from geo.measure import within_any
from geo.segments import Floats, Marks
from layers.watch.detect.events import Found
from layers.watch.detect.fixes import Carry, Fixes
from layers.watch.detect.runs import NONE, Seen, Telling, Track, find_runs, follow, note_marks, tell_runs


@dataclass(frozen=True)
class Ports:
    """Ports as rows of longitude, latitude, radius in metres.

    In: within a radius at no more than `stop_kn` (or speed not said). Out: beyond `leave_factor` radii of every port.
    Between the two a boat stays what it was, so that swinging at its berth is no voyage.
    """

    places: Floats
    stop_kn: float
    leave_factor: float


def detect_port_calls(fixes: Fixes, ports: Ports, carry: Carry = ()) -> Found:
    """Visits (first to last fix in port) and trips (last fix in one port to first fix in the next).

    A boat first heard at sea is on a trip that nobody saw begin: it is none of ours.
    """
    stays, trips = carry or (NONE, NONE)
    track = follow(fixes, stays)
    moored = _moored(track, ports)
    joined = np.ones(len(moored), dtype=np.bool_)
    runs, fresh_stays = find_runs(track, Seen(moored, joined), stays)
    events = tell_runs(runs, fresh_stays, Telling("port", "visit"))
    out = follow(fixes, trips)
    known = moored | (out.old & (out.carried("mark_ms", np.zeros(len(moored), dtype=np.int64)) > 0))
    left = out.flow(known, np.ones(len(moored), dtype=np.int64), 0) > 0
    runs, fresh_trips = find_runs(out, Seen(left & ~moored, joined, stretch=True), trips)
    note_marks(fresh_trips, out.rows, left)
    events += tell_runs(runs, fresh_trips, Telling("port", "trip", until=True))
    return Found(events, (fresh_stays, fresh_trips))


def _moored(track: Track, ports: Ports) -> Marks:
    """Whether each fix is in port, with what was carried."""
    rows = track.rows
    lon, lat = np.ascontiguousarray(rows["lon"]), np.ascontiguousarray(rows["lat"])
    wider = ports.places * (1.0, 1.0, ports.leave_factor)
    inside = within_any(lon, lat, ports.places) & ~(np.nan_to_num(rows["sog_kn"]) > ports.stop_kn)
    known = inside | ~within_any(lon, lat, wider) | track.old
    state = track.carried("on", inside).astype(np.int64)
    moored: Marks = track.flow(known, state, 0) > 0
    return moored
