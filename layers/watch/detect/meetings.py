"""Boats together: encounters at sea, and monitoring devices that move as one because they are on one boat.

Both look at pairs at the strokes of a common clock (`spots`). Harbours are left out: a boat in port has no spot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geo.together import Spots, find_pairs
from layers.watch.detect.events import Event, Facts, Found
from layers.watch.detect.fixes import Carry, Fixes, Rows
from layers.watch.detect.runs import NONE, follow, keep
from layers.watch.detect.spots import SPOT, Support, place

PAIR = np.dtype(
    [("one", "i8"), ("other", "i8"), ("slot", "i8"), ("near", "?"), ("metres", "f8"), ("kn", "f8"), ("lon", "f8"),
     ("lat", "f8"), ("start", "i8"), ("start_lon", "f8"), ("start_lat", "f8"), ("count", "i8"), ("least", "f8"),
     ("moved_nm", "f8"), ("told", "i8"), ("open", "?")]
)  # fmt: skip
"""A pair at a slot and the run it is in; `near` False: seen together but not near enough, which ends a run.

`told`: 0 not yet, -1 as lasting, else the slot with which it was told to be over (which a later batch may correct).
"""
_NO_SPOTS, _NO_PAIRS = np.zeros(0, SPOT), np.zeros(0, PAIR)


@dataclass(frozen=True)
class Together:
    """When two boats are together: within `near_m`, each at no more than `most_kn`, for `least_s` and `least_count`
    strokes, having moved `least_nm`. Strokes without one of them are bridged up to `bridge_s`, unless in between they
    were seen farther than `near_m` but within `apart_m`. `keep_s`: how far apart in time their fixes may come in.
    """

    near_m: float
    apart_m: float
    least_s: float
    support: Support
    most_kn: float = np.inf
    least_nm: float = 0.0
    least_count: int = 2
    bridge_s: float = 0.0
    keep_s: float = 6 * 3600.0


def detect_encounters(fixes: Fixes, together: Together, carry: Carry = ()) -> Found:
    """Two boats close together at sea, as far as fixes of both support it. `closest_m`: told when it is over."""
    return _detect(fixes, together, carry, ("encounter", "encounter"))


def detect_moving_as_one(fixes: Fixes, together: Together, carry: Carry = ()) -> Found:
    """Pairs of devices that sail as one: `boat` is the device here. `group_devices` makes groups of the pairs.

    Devices stay within a boat's length and what satellites are off, all the time, while sailing `least_nm`; a pair
    trawl keeps its net's width, a convoy its distance.
    """
    return _detect(fixes, together, carry, ("device", "moving_as_one"))


def _detect(fixes: Fixes, together: Together, carry: Carry, name: tuple[str, str]) -> Found:
    last, held, pairs = carry or (NONE, _NO_SPOTS, _NO_PAIRS)
    track = follow(fixes, last)
    spots = place(track.rows, track.old, together.support)
    hits = _meet(spots, held, together)
    everything = np.concatenate([held, spots])
    everything["new"] = False
    newest = int(everything["slot"].max()) if len(everything) else 0
    met, lasting = _runs(hits, pairs, newest, together)
    events = [_event(run, name, together) for run in met]
    everything = everything[everything["slot"] >= newest - together.keep_s / together.support.slot_s]
    lasting = lasting[lasting["slot"] >= newest - _reach(together) - together.keep_s / together.support.slot_s]
    return Found(events, (keep(track, last), everything, lasting))


def _reach(together: Together) -> float:
    """How many slots a run may be without its pair."""
    return max(1.0, together.bridge_s / together.support.slot_s)


def _meet(spots: Rows, held: Rows, together: Together) -> Rows:
    """Every pair with a new spot in it, at its slot, in order of pair and slot."""
    among = np.concatenate([held[np.isin(held["slot"], np.unique(spots["slot"]))], spots])
    ask, all_ = (Spots(np.ascontiguousarray(s["slot"]), np.ascontiguousarray(s["lon"]), np.ascontiguousarray(s["lat"]))
                 for s in (spots, among))  # fmt: skip
    found = find_pairs(ask, all_, max(together.near_m, together.apart_m))
    mine, theirs = spots[found.one], among[found.other]
    once = (mine["boat"] < theirs["boat"]) | ((mine["boat"] > theirs["boat"]) & ~theirs["new"])
    mine, theirs, metres = mine[once], theirs[once], found.metres[once]
    hits = np.zeros(len(mine), PAIR)
    hits["one"], hits["other"] = np.minimum(mine["boat"], theirs["boat"]), np.maximum(mine["boat"], theirs["boat"])
    hits["slot"], hits["metres"], hits["least"] = mine["slot"], metres, metres
    hits["kn"] = np.maximum(mine["kn"], theirs["kn"])
    hits["near"] = (metres <= together.near_m) & (hits["kn"] <= together.most_kn)
    lower = mine["boat"] < theirs["boat"]
    for axis in ("lon", "lat"):
        hits[axis] = hits[f"start_{axis}"] = np.where(lower, mine[axis], theirs[axis])
    hits["start"], hits["count"] = hits["slot"], 1
    ordered: Rows = hits[np.lexsort((hits["slot"], hits["other"], hits["one"]))]
    return ordered


def _runs(hits: Rows, pairs: Rows, newest: int, together: Together) -> tuple[Rows, Rows]:
    """Runs to be told, and those that go on; `pairs` are the runs carried here."""
    rows = np.concatenate([pairs, hits])
    rows = rows[np.lexsort((rows["slot"], rows["other"], rows["one"]))]
    if not len(rows):
        return rows, rows
    same = (rows["one"][1:] == rows["one"][:-1]) & (rows["other"][1:] == rows["other"][:-1])
    close = np.diff(rows["slot"]) <= _reach(together)
    begins = np.append(True, ~(same & close & rows["near"][1:] & rows["near"][:-1]))
    at = np.flatnonzero(begins)
    runs = rows[np.append(at[1:], len(rows)) - 1]
    for name in ("start", "start_lon", "start_lat", "told"):
        runs[name] = rows[name][at]
    runs["count"] = np.add.reduceat(rows["count"], at)
    runs["least"] = np.minimum.reduceat(rows["least"], at)
    hours = np.append(0, np.diff(rows["slot"])) * together.support.slot_s / 3600
    runs["moved_nm"] = np.add.reduceat(np.where(begins, rows["moved_nm"], rows["kn"] * hours), at)
    last = np.append((runs["one"][1:] != runs["one"][:-1]) | (runs["other"][1:] != runs["other"][:-1]), True)
    runs["open"] = last & (newest - runs["slot"] <= _reach(together))
    return _due(runs, together), runs[runs["near"] & last]


def _due(runs: Rows, together: Together) -> Rows:
    """Runs that are long enough and not yet told as they are now; each notes how it was told."""
    long = (runs["slot"] - runs["start"]) * together.support.slot_s >= together.least_s
    enough = long & (runs["count"] >= together.least_count) & (runs["moved_nm"] >= together.least_nm) & runs["near"]
    now = np.where(runs["open"], -1, runs["slot"])
    due: Rows = runs[enough & (runs["told"] != now)]
    runs["told"] = np.where(enough, now, runs["told"])
    return due


def _event(run: Rows, name: tuple[str, str], together: Together) -> Event:
    slot_ms = together.support.slot_s * 1000
    end = None if run["open"] else int(run["slot"]) * slot_ms
    measured: Facts = (("closest_m", round(float(run["least"]), 1)), ("moved_nm", round(float(run["moved_nm"]), 2)))
    place_ = float(run["start_lon"]), float(run["start_lat"])
    pair = int(run["one"]), int(run["other"])
    return Event(*name, pair, int(run["start"]) * slot_ms, end, *place_, () if end is None else measured)


class Group(NamedTuple):
    """Devices that move as one, two and more, with the stretch of time in which they were seen to."""

    devices: tuple[int, ...]
    start_ms: int
    end_ms: int | None


def group_devices(events: Sequence[Event]) -> list[Group]:
    """Groups out of pairs that overlap in time, the largest first: the law counts how many are on one boat."""
    groups: list[Group] = []
    for event in sorted(events, key=lambda each: each.start_ms):
        mine = Group(event.boats, event.start_ms, event.end_ms)
        joined = [group for group in groups if set(group.devices) & set(mine.devices) and _overlap(group, mine)]
        ends = [group.end_ms for group in (mine, *joined)]
        devices = sorted({device for group in (mine, *joined) for device in group.devices})
        until = None if None in ends else max(end for end in ends if end is not None)
        since = min(group.start_ms for group in (mine, *joined))
        groups = [group for group in groups if group not in joined] + [Group(tuple(devices), since, until)]
    return sorted(groups, key=lambda group: (-len(group.devices), group.start_ms, group.devices))


def _overlap(one: Group, other: Group) -> bool:
    def before_(a: Group, b: Group) -> bool:
        return a.end_ms is not None and a.end_ms < b.start_ms

    return not before_(one, other) and not before_(other, one)
