"""Slow work of one boat: fishing in a belt that is not its own, and loitering; as far as its fixes support it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo.fence import Fence
from geo.segments import Marks
from geo.sides import beyond
from layers.watch.detect.events import Found
from layers.watch.detect.fixes import Carry, Fixes, before, way
from layers.watch.detect.runs import NONE, Seen, Telling, find_runs, follow, tell_runs


@dataclass(frozen=True)
class Pace:
    """Slow: a stretch of at most `gap_s` at [least_kn, most_kn] on average; an event lasts `least_s` or more."""

    least_kn: float
    most_kn: float
    gap_s: float
    least_s: float


class Belts:
    """The belts in force on a day (valid polygons), each with its kind, and the waters that are foreign, if known."""

    def __init__(self, outlines: Sequence[Any], kinds: Sequence[str], foreign: Any | None = None) -> None:
        self.fence = Fence(outlines)
        self.kinds = tuple(kinds)
        self.foreign = foreign

    def wrong(self, fixes: Fixes, permitted: Sequence[Collection[str]]) -> Marks:
        """Fixes in some belt and in none that the law of the boat permits; outside every belt nobody can say."""
        points, zones = self.fence.find(np.ascontiguousarray(fixes["lon"]), np.ascontiguousarray(fixes["lat"]))
        allowed = np.array([[kind in mine for kind in self.kinds] for mine in permitted], dtype=np.bool_)
        inside, own = np.zeros(len(fixes), dtype=np.bool_), np.zeros(len(fixes), dtype=np.bool_)
        inside[points] = True
        if len(points):
            own[points[allowed[fixes["law"][points], zones]]] = True
        wrong: Marks = inside & ~own
        return wrong if self.foreign is None else wrong & ~beyond(self.foreign, fixes["lon"], fixes["lat"])


def detect_wrong_belt(
    fixes: Fixes, belts: Belts, permitted: Sequence[Collection[str]], pace: Pace, carry: Carry = ()
) -> Found:
    """Boats that work in a belt which the law of their length does not permit: `permitted` has the kinds, per law.

    Both ends of every stretch are in a wrong belt; passing through is not slow. Foreign waters are never a wrong belt.
    """
    kept = carry[0] if carry else NONE
    track = follow(fixes, kept)
    wrong = belts.wrong(track.rows, permitted)
    seen = Seen(_slow(track.rows, pace) & wrong & before(wrong), _all(track.rows), stretch=True)
    runs, fresh = find_runs(track, seen, kept)
    return Found(tell_runs(runs, fresh, Telling("zone", "wrong_belt", pace.least_s)), (fresh,))


def detect_loitering(fixes: Fixes, pace: Pace, carry: Carry = ()) -> Found:
    """Boats at sea that go nowhere for long. A stretch longer than `pace.gap_s` supports nothing and ends it."""
    kept = carry[0] if carry else NONE
    track = follow(fixes, kept)
    runs, fresh = find_runs(track, Seen(_slow(track.rows, pace), _all(track.rows), stretch=True), kept)
    return Found(tell_runs(runs, fresh, Telling("loitering", "loitering", pace.least_s)), (fresh,))


def _slow(rows: Fixes, pace: Pace) -> Marks:
    """Fixes reached slowly, at sea at both ends."""
    passed, at_sea = way(rows), ~rows["in_port"]
    kn = np.nan_to_num(passed.kn, nan=np.inf)
    slow: Marks = ~passed.first & (passed.seconds <= pace.gap_s) & (kn >= pace.least_kn) & (kn <= pace.most_kn)
    found: Marks = slow & at_sea & before(at_sea)
    return found


def _all(rows: Fixes) -> Marks:
    return np.ones(len(rows), dtype=np.bool_)
