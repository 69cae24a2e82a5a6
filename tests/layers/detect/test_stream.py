"""What every detector promises: a whole is its batches, in any order, at any time, whoever else is there.

And of the live watch: late fixes correct what was told, the same fix again changes nothing.
"""

from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from geo.segments import Reach
from layers.watch.detect.boundary import Boundary, Nearness, detect_crossing, detect_nearing
from layers.watch.detect.events import latest
from layers.watch.detect.fixes import FIX, Fixes, make_fixes, tidy
from layers.watch.detect.jumps import Sharing, detect_jumps, detect_shared_identity
from layers.watch.detect.meetings import Together, detect_encounters, detect_moving_as_one
from layers.watch.detect.ports import Ports, detect_port_calls
from layers.watch.detect.silence import detect_ais_while_silent, detect_silence, find_silent
from layers.watch.detect.slow import Belts, Pace, detect_loitering, detect_wrong_belt
from layers.watch.detect.spots import Support
from layers.watch.detect.stream import State, Watch, advance

SLOT_MS = 600_000
T0 = 1_790_000_000_000 // SLOT_MS * SLOT_MS
LADDERS = [(("late", 2000.0), ("lost_6h", 5000.0)), (("late", 4000.0),)]
BOUNDARY = Boundary(LineString([(110.1, 10), (110.1, 20)]), (109, 15))
BELTS = Belts([shapely.box(109, 14, 110.05, 16), shapely.box(110.05, 14, 111, 16)], ["a", "b"], BOUNDARY.foreign)
PACE = Pace(0.0, 12.0, 4000.0, 1200.0)
SUPPORT = Support(600, 1800, 5400, 200)
REACH = Reach(30.0, 0.5)
PAIRS = {"support": SUPPORT, "least_s": 600, "keep_s": 24 * 3600.0}

WATCHES: dict[str, Watch] = {
    "silence": Watch(
        lambda fixes, carry: detect_silence(fixes, LADDERS, carry),
        lambda carry, now: find_silent(carry, LADDERS, now),
    ),
    "ais": Watch(lambda fixes, carry: detect_ais_while_silent(fixes, [1500.0, 2500.0], carry)),
    "crossing": Watch(lambda fixes, carry: detect_crossing(fixes, BOUNDARY, carry)),
    "nearing": Watch(lambda fixes, carry: detect_nearing(fixes, BOUNDARY, Nearness(2.0, 900.0), carry)),
    "belt": Watch(lambda fixes, carry: detect_wrong_belt(fixes, BELTS, [{"a"}, {"b"}], PACE, carry)),
    "loitering": Watch(lambda fixes, carry: detect_loitering(fixes, PACE, carry)),
    "ports": Watch(
        lambda fixes, carry: detect_port_calls(fixes, Ports(np.array([[110.0, 15.0, 3000.0]]), 5.0, 1.5), carry)
    ),
    "jumps": Watch(lambda fixes, carry: detect_jumps(fixes, REACH, carry)),
    "shared": Watch(lambda fixes, carry: detect_shared_identity(fixes, Sharing(REACH, 1, 7200.0), carry)),
    "encounter": Watch(
        lambda fixes, carry: detect_encounters(fixes, Together(3000, 3000, **PAIRS), carry), alone=False, keep_s=9e4
    ),
    "as one": Watch(
        lambda fixes, carry: detect_moving_as_one(fixes, Together(1500, 4000, bridge_s=2400, **PAIRS), carry),
        alone=False,
        keep_s=9e4,
    ),
}
every_detector = pytest.mark.parametrize("name", WATCHES)
quick, long = settings(max_examples=12), settings(max_examples=5)


def scatter(seed: int, boats: int = 4, count: int = 120) -> Fixes:
    """Boats that wander about port, belts and boundary, with silences, AIS among it, some jumps."""
    dice = np.random.default_rng(seed)
    boat = dice.integers(1, boats + 1, count)
    t = T0 + np.sort(dice.integers(0, 12 * 3600, count)) * 1000
    lon = 110.05 + np.cumsum(dice.normal(0, 0.012, count)) * 0.3 + (dice.random(count) < 0.04) * 0.7
    lat = 15.0 + np.cumsum(dice.normal(0, 0.004, count)) * 0.3
    more: dict[str, Any] = {
        "sog_kn": np.where(dice.random(count) < 0.1, np.nan, dice.uniform(0, 9, count)),
        "cog_deg": dice.uniform(0, 360, count),
        "vms": dice.random(count) < 0.6,
        "in_port": dice.random(count) < 0.1,
        "law": dice.integers(0, 2, count),
    }
    return make_fixes(boat, t, lon, lat, **more)


def whole(watch: Watch, fixes: Fixes) -> dict[Any, Any]:
    found = watch.detect(fixes, ())
    now = int(fixes["t_ms"].max()) + 3_000_000
    return latest(found.events + (watch.silent(found.carry, now) if watch.silent else []))


def test_the_scattered_boats_make_every_detector_speak() -> None:
    for name, watch in WATCHES.items():
        found = [event for seed in range(20) for event in whole(watch, scatter(seed)).values()]
        assert len(found) > 5, name
        assert any(event.end_ms is not None for event in found), name


@every_detector
@quick
@given(st.integers(0, 9999), st.lists(st.integers(0, 12 * 3600), max_size=6))
def test_a_whole_is_its_batches(name: str, seed: int, cuts: list[int]) -> None:
    watch, fixes = WATCHES[name], scatter(seed)
    edges = [0, *sorted(T0 + cut * 1000 for cut in cuts), 1 << 62]
    events, carry = [], ()
    for low, high in pairwise(edges):
        found = watch.detect(fixes[(fixes["t_ms"] >= low) & (fixes["t_ms"] < high)], carry)
        events, carry = events + found.events, found.carry
    now = int(fixes["t_ms"].max()) + 3_000_000
    events += watch.silent(carry, now) if watch.silent else []
    assert latest(events) == whole(watch, fixes)


@every_detector
@quick
@given(st.integers(0, 9999), st.integers(0, 9999))
def test_the_order_of_rows_and_saying_it_twice_do_not_matter(name: str, seed: int, shuffle: int) -> None:
    watch, fixes = WATCHES[name], scatter(seed)
    mixed = np.random.default_rng(shuffle).permutation(np.concatenate([fixes, fixes[::3]]))
    assert whole(watch, tidy(mixed)) == whole(watch, fixes)


@every_detector
@quick
@given(st.integers(0, 9999), st.integers(-5000, 5000))
def test_shifted_time_shifts_events(name: str, seed: int, slots: int) -> None:
    """By strokes of the common clock, since those who look at pairs see them only then."""
    watch, fixes = WATCHES[name], scatter(seed)
    by = slots * SLOT_MS
    moved = fixes.copy()
    moved["t_ms"] += by
    ends = {e: None if e.end_ms is None else e.end_ms + by for e in whole(watch, fixes).values()}
    assert latest([replace(e, start_ms=e.start_ms + by, end_ms=ends[e]) for e in ends]) == whole(watch, moved)


@every_detector
@quick
@given(st.integers(0, 9999))
def test_boats_far_away_add_nothing(name: str, seed: int) -> None:
    watch, fixes = WATCHES[name], scatter(seed)
    others = scatter(seed + 1)
    others["boat"] += 100
    others["lat"] -= 4
    both = whole(watch, tidy(np.concatenate([fixes, others])))
    newest = max(int(rows["t_ms"].max()) for rows in (fixes, others))
    found = watch.detect(fixes, ())
    if watch.alone:
        alone = latest(found.events + (watch.silent(found.carry, newest + 3_000_000) if watch.silent else []))
        assert {k: e for k, e in both.items() if max(k[2]) < 100} == alone
    else:  # a later moment may show that a pair is no longer together
        assert {k for k in both if max(k[2]) < 100} == set(latest(found.events))


def watched(watch: Watch, batches: list[Fixes]) -> tuple[dict[Any, Any], State]:
    """What the rows about each event come to in the end."""
    state, told = State(), {}
    now = T0 + 12 * 3_600_000
    for batch in batches:
        state, news, too_late = advance(watch, state, batch, now)
        assert not len(too_late)
        for what, event in news:
            if what == "withdrawn":
                del told[event.key]
            else:
                assert (event.key in told) == (what == "changed"), (what, event)
                told[event.key] = event
    return told, state


@every_detector
@quick
@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(1, 8))
def test_late_batches_come_to_the_same(name: str, seed: int, shuffle: int, parts: int) -> None:
    watch, fixes = WATCHES[name], scatter(seed)
    watch = replace(watch, keep_s=max(watch.keep_s, 13 * 3600))
    dice = np.random.default_rng(shuffle)
    place = dice.integers(0, parts, len(fixes))
    told, state = watched(watch, [fixes[place == part] for part in range(parts)])
    found = watch.detect(fixes, ())
    silent = watch.silent(found.carry, T0 + 12 * 3_600_000) if watch.silent else []
    assert told == latest(found.events + silent)
    again = advance(watch, state, fixes[::2], T0 + 12 * 3_600_000)
    assert again.told == []


@every_detector
@long
@given(st.integers(0, 9999), st.integers(0, 9999))
def test_what_has_settled_stays_and_lateness_within_the_time_kept_is_made_good(
    name: str, seed: int, shuffle: int
) -> None:
    watch = replace(WATCHES[name], keep_s=3 * 3600.0)
    fixes = scatter(seed, count=160)
    dice = np.random.default_rng(shuffle)
    arrives = fixes["t_ms"] + dice.integers(0, 3 * 3600 * 1000, len(fixes))
    turns = (arrives - T0) // (40 * 60_000)
    told, state = watched(watch, [fixes[turns == turn] for turn in np.unique(turns)])
    found = watch.detect(fixes, ())
    silent = watch.silent(found.carry, T0 + 12 * 3_600_000) if watch.silent else []
    assert told == latest(found.events + silent)
    assert state.settled_ms > T0


def test_what_is_too_late_is_handed_back() -> None:
    watch, fixes = replace(WATCHES["jumps"], keep_s=3600.0), scatter(1)
    state = advance(watch, State(), fixes, T0).state
    assert state.settled_ms == int(fixes["t_ms"].max()) - 3_600_000
    step = advance(watch, state, fixes[:2], T0)
    assert (step.told, len(step.too_late)) == ([], 2)


def test_an_empty_batch_changes_nothing() -> None:
    for watch in WATCHES.values():
        state = advance(watch, State(), np.zeros(0, FIX), T0).state
        assert advance(watch, state, scatter(3), T0).told == advance(watch, State(), scatter(3), T0).told


def test_a_partial_is_a_watch() -> None:
    watch = Watch(partial(lambda reach, fixes, carry: detect_jumps(fixes, reach, carry), REACH))
    assert advance(watch, State(), scatter(1), T0).told
