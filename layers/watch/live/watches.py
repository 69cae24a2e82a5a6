"""The detectors put together: who is judged by what, and what of the positions each of them is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from layers.watch.detect.boundary import Boundary, Nearness, detect_crossing, detect_nearing
from layers.watch.detect.events import Event, Found
from layers.watch.detect.fixes import FIX, Carry, Fixes, Rows, tidy, way
from layers.watch.detect.jumps import detect_jumps, detect_shared_identity
from layers.watch.detect.meetings import detect_encounters, detect_moving_as_one
from layers.watch.detect.ports import detect_port_calls
from layers.watch.detect.runs import NONE, Seen, Telling, find_runs, follow, tell_runs
from layers.watch.detect.silence import detect_ais_while_silent, detect_silence, find_silent
from layers.watch.detect.slow import detect_loitering, detect_wrong_belt
from layers.watch.detect.stream import Watch
from layers.watch.live.feed import AHEAD, DISTRESS, JUMP, UNTIMED_OR_TYPED, Heard
from layers.watch.live.laws import LawBook
from layers.watch.live.scene import Scene
from layers.watch.live.settings import Settings

Detect = Callable[[Fixes, Carry], Found]

BOATS, DEVICES, CALLS, MEETINGS, TOGETHER = "boats", "devices", "calls", "meetings", "together"
GROUPS = (CALLS, BOATS, DEVICES, MEETINGS, TOGETHER)
ALONE = (CALLS, BOATS, DEVICES)
CONDUCTS = {
    CALLS: ("distress",),
    BOATS: ("silence", "boundary", "zone", "loitering", "port"),
    DEVICES: ("jump",),
    MEETINGS: ("encounter",),
    TOGETHER: ("device",),
}
"""What each group of detectors finds."""
BY_DEVICE = frozenset({"jump", "device"})
"""Conducts whose events name transmitters, not boats."""


@dataclass(frozen=True)
class Watchers:
    """The watches of one law and one scene."""

    book: LawBook
    settings: Settings
    scene: Scene
    watches: dict[str, Watch]

    @property
    def digest(self) -> str:
        """What their states hold under."""
        return f"2 {self.book.digest()} {self.scene.digest} {self.settings.rows}"

    def deal(self, heard: Heard) -> dict[str, Fixes]:
        """The positions as each group takes them."""
        calls = heard["flags"] & DISTRESS > 0
        spoken = (heard["flags"] & (UNTIMED_OR_TYPED | AHEAD)) == 0
        ours = spoken & ((heard["boat"] % 2 == 0) | heard["vms"])
        by_boat, by_device = self._fixes(heard, "boat"), self._fixes(heard, "device")
        return {
            CALLS: tidy(by_boat[calls]),
            BOATS: tidy(by_boat[ours]),
            DEVICES: tidy(by_device[spoken]),
            MEETINGS: tidy(by_boat[spoken & ~by_boat["doubt"]]),
            TOGETHER: tidy(by_device[spoken & heard["vms"] & ~by_device["doubt"]]),
        }

    def _fixes(self, heard: Heard, who: str) -> Fixes:
        rows = np.zeros(len(heard), FIX)
        for name in ("t_ms", "lon", "lat", "sog_kn", "cog_deg", "vms"):
            rows[name] = heard[name]
        rows["boat"], rows["doubt"] = heard[who], heard["flags"] & JUMP > 0
        rows["in_port"] = self.scene.in_port(heard["lon"], heard["lat"], heard["sog_kn"])
        rows["law"] = self.book.numbers(heard["length_m"], heard["t_ms"])
        return rows


def make_watchers(book: LawBook, settings: Settings, scene: Scene) -> Watchers:
    """Everything the watch looks for, under this law, these settings and these lines."""
    keep_s = settings["keep"]
    boats = _of_boats(book, settings, scene)
    jumps = combine([(partial(_with, detect_jumps, settings.reach()), 1),
                     (partial(_with, detect_shared_identity, settings.sharing()), 1)])  # fmt: skip
    calls = partial(detect_calls, gap_s=settings["distress_gap"])
    met, one = settings.meeting(), settings.one()
    ladders = book.ladders()
    watches = {
        CALLS: Watch(calls, keep_s=keep_s),
        BOATS: Watch(combine(boats), lambda carry, now: find_silent(carry[:1], ladders, now), keep_s=keep_s),
        DEVICES: Watch(jumps, keep_s=keep_s),
        MEETINGS: Watch(partial(_with, detect_encounters, met), alone=False, keep_s=keep_s),
        TOGETHER: Watch(partial(_with, detect_moving_as_one, one), alone=False, keep_s=keep_s),
    }
    return Watchers(book, settings, scene, watches)


def _with(detect: Callable[..., Found], given: object, fixes: Fixes, carry: Carry) -> Found:
    return detect(fixes, given, carry)


def _nearing(line: Boundary, near: Nearness, fixes: Fixes, carry: Carry) -> Found:
    return detect_nearing(fixes, line, near, carry)


def _of_boats(book: LawBook, settings: Settings, scene: Scene) -> list[tuple[Detect, int]]:
    """What is judged of a boat by its own fixes, each with how many arrays it carries; silence first."""
    ladders, limits, permitted = book.ladders(), book.limits_s(), book.permitted()
    found: list[tuple[Detect, int]] = [
        (lambda fixes, carry: detect_silence(fixes, ladders, carry), 1),
        (lambda fixes, carry: detect_ais_while_silent(fixes, limits, carry), 1),
        (_sure(partial(_with, detect_loitering, settings.rest())), 1),
        (_sure(partial(_with, detect_port_calls, scene.ports)), 2),
    ]
    for line in scene.boundaries:
        found.append((_sure(partial(_with, detect_crossing, line)), 1))
        found.append((_sure(partial(_nearing, line, settings.near())), 1))
    if scene.belts is not None:
        belts, work = scene.belts, settings.work()
        found.append((_sure(lambda fixes, carry: detect_wrong_belt(fixes, belts, permitted, work, carry)), 1))
    return found


def _sure(detect: Detect) -> Detect:
    """Only places that can be believed."""
    return lambda fixes, carry: detect(fixes[~fixes["doubt"]], carry)


def combine(detectors: Sequence[tuple[Detect, int]]) -> Detect:
    """Several detectors over the same fixes as one; each says how many arrays it carries."""

    def detect(fixes: Fixes, carry: Carry) -> Found:
        events: list[Event] = []
        kept: list[Rows] = []
        at = 0
        for one, width in detectors:
            found = one(fixes, carry[at : at + width])
            at += width
            events += found.events
            kept += found.carry
        return Found(events, tuple(kept))

    return detect


def detect_calls(fixes: Fixes, carry: Carry = (), gap_s: float = 0.0) -> Found:
    """Calls for help: one event from the first call on, until `gap_s` has passed without another and one comes again.

    It lasts for as long as nobody knows better: a call that falls silent is no rescue.
    """
    kept = carry[0] if carry else NONE
    track = follow(fixes, kept)
    on = np.ones(len(track.rows), dtype=np.bool_)
    runs, fresh = find_runs(track, Seen(on, way(track.rows).seconds <= gap_s), kept)
    return Found(tell_runs(runs, fresh, Telling("distress", "sos")), (fresh,))
