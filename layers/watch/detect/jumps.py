"""Where a transmitter cannot have been: impossible jumps, and one identity used in two places."""

from dataclasses import dataclass

import numpy as np

from geo.segments import Reach
from layers.watch.detect.events import Event, Found
from layers.watch.detect.fixes import Carry, Fixes, Rows, way
from layers.watch.detect.runs import NONE, Track, follow, keep


def detect_jumps(fixes: Fixes, reach: Reach, carry: Carry = ()) -> Found:
    """Stretches that nothing afloat can have made; `boat` is the transmitter here, since every device is judged alone.

    One event per stretch, from the fix before to the fix after: `apart_nm`, and `speed_kn` that it would have taken.
    """
    kept = carry[0] if carry else NONE
    track = follow(fixes, kept)
    jumps, passed = _jumps(track.rows, reach), way(track.rows)
    events = [
        _event(track.rows, n, "impossible", int(track.rows["t_ms"][n]), float(passed.nm[n]), float(passed.kn[n]))
        for n in jumps
    ]
    return Found(events, (keep(track, kept),))


def _event(rows: Rows, n: int, step: str, end_ms: int | None, apart_nm: float, kn: float) -> Event:
    last = rows[n - 1]
    place = float(last["lon"]), float(last["lat"])
    facts = (("apart_nm", round(apart_nm, 3)), ("speed_kn", round(kn, 1)))
    return Event("jump", step, (int(last["boat"]),), int(last["t_ms"]), end_ms, *place, facts)


def _jumps(rows: Fixes, reach: Reach) -> Rows:
    """Places of the fixes that end a jump."""
    passed = way(rows)
    far = np.nan_to_num(passed.nm) > reach.beyond_nm
    found: Rows = np.flatnonzero(far & (np.nan_to_num(passed.kn) > reach.speed_kn))
    return found


@dataclass(frozen=True)
class Sharing:
    """One identity in two places: at least `returns` jumps back to where it had just left, each within `within_s`."""

    reach: Reach
    returns: int
    within_s: float


def detect_shared_identity(fixes: Fixes, sharing: Sharing, carry: Carry = ()) -> Found:
    """Transmitters that are in two places by turns: a jump away, and back to where the first one can have gone on to.

    A single wrong position jumps away and back once; `sharing.returns` of 2 or more tells it from two boats. It ends
    with the last return, once `within_s` has passed without another or a jump leads elsewhere.
    """
    kept = carry[0] if carry else NONE
    track = follow(fixes, kept)
    fresh, rows = keep(track, kept), track.rows
    jumps = _jumps(rows, sharing.reach)
    events: list[Event] = []
    busy = kept["boat"][kept["mark_ms"] >= 0] if len(kept) else kept["boat"]
    for boat in np.union1d(rows["boat"][jumps], np.intersect1d(busy, rows["boat"])):
        state = _state(track, int(boat))
        begin, end = np.searchsorted(rows["boat"], [boat, boat + 1])
        for n in jumps[(jumps >= begin) & (jumps < end)]:
            events += _take_jump(state, rows, int(n), sharing)
        events += _time_out(state, int(rows["t_ms"][end - 1]), sharing, int(boat))
        at = int(np.searchsorted(fresh["boat"], boat))
        for name in _STATE:
            fresh[name][at] = state[name][0]
    return Found(events, (fresh,))


_STATE = ("on", "told", "start_ms", "start_lon", "start_lat", "count", "first", "second", "most", "mark_ms")
"""`mark_ms`, `first`, `second`: the fix left at the last jump; `most`: when it last returned; `count`: how often."""


def _state(track: Track, boat: int) -> Rows:
    mine: Rows = track.kept[track.kept["boat"] == boat]
    if len(mine):
        return mine
    fresh = np.zeros(1, NONE.dtype)
    fresh["mark_ms"] = -1
    return fresh


def _take_jump(state: Rows, rows: Fixes, n: int, sharing: Sharing) -> list[Event]:
    """One jump: back to where it had been, or away."""
    boat, left, landed = int(rows["boat"][n]), rows[n - 1], rows[n]
    events = _time_out(state, int(landed["t_ms"]), sharing, boat)
    if state["mark_ms"][0] >= 0 and _reachable(state, landed, sharing.reach):
        state["count"] += 1
        state["most"] = landed["t_ms"]
    else:
        events += _close(state, boat, sharing)
        state["count"], state["start_ms"] = 0, left["t_ms"]
        state["start_lon"], state["start_lat"] = left["lon"], left["lat"]
    state["mark_ms"], state["first"], state["second"] = left["t_ms"], left["lon"], left["lat"]
    if state["count"][0] >= sharing.returns and not state["told"][0]:
        state["told"] = True
        events.append(_shared(state, boat, None))
    return events


def _reachable(state: Rows, landed: Rows, reach: Reach) -> bool:
    """Whether a boat can have come from the fix left at the last jump to where this one lands."""
    there = np.zeros(2, landed.dtype)
    there[1] = landed
    there["boat"] = landed["boat"]
    there["t_ms"][0], there["lon"][0], there["lat"][0] = state["mark_ms"][0], state["first"][0], state["second"][0]
    return not len(_jumps(there, reach))


def _time_out(state: Rows, t_ms: int, sharing: Sharing, boat: int) -> list[Event]:
    """Too long without a jump: what lasted is over."""
    if state["mark_ms"][0] < 0 or t_ms - int(state["mark_ms"][0]) <= sharing.within_s * 1000:
        return []
    events = _close(state, boat, sharing)
    state["mark_ms"], state["count"] = -1, 0
    return events


def _close(state: Rows, boat: int, sharing: Sharing) -> list[Event]:
    events = [_shared(state, boat, int(state["most"][0]))] if state["count"][0] >= sharing.returns else []
    state["told"] = False
    return events


def _shared(state: Rows, boat: int, end_ms: int | None) -> Event:
    facts = () if end_ms is None else (("returns", float(state["count"][0])),)
    place = float(state["start_lon"][0]), float(state["start_lat"][0])
    return Event("jump", "shared_identity", (boat,), int(state["start_ms"][0]), end_ms, *place, facts)
