"""Boats together: what is one boat with several devices, and what is a pair trawl, a convoy, a harbour, a guess."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.measure import distance_m
from geo.together import Spots, find_pairs
from layers.watch.detect.events import latest
from layers.watch.detect.fixes import tidy
from layers.watch.detect.meetings import Together, detect_encounters, detect_moving_as_one, group_devices
from layers.watch.detect.spots import Support

M = 1 / 1852
SUPPORT = Support(slot_s=600, gap_s=1800, steady_s=3 * 3600, lead_s=300)
ONE_BOAT = Together(near_m=100, apart_m=1000, least_s=6 * 3600, support=SUPPORT, least_nm=10, bridge_s=9000)
MEETING = Together(near_m=500, apart_m=500, least_s=3600, support=SUPPORT, most_kn=2.0)


def sail(draw, boat, side_m=0.0, every=10, hours=12, speed=5.0, seed=0, start=0.0, **more):
    """Sails in a wave; `side_m` metres to starboard of the way, with some jitter."""
    minutes = np.arange(start, hours * 60 + 1, every)
    dice = np.random.default_rng([seed, boat])
    jitter = dice.normal(0, more.pop("jitter_m", 12.0) * M, (2, len(minutes))) if seed else np.zeros((2, len(minutes)))
    along = minutes / 60 * speed
    east, north = along, 3 * np.sin(along / 4)
    rise = 0.75 * np.cos(along / 4) * speed  # knots to the north
    course, knots = np.degrees(np.arctan2(speed, rise)) % 360, np.hypot(speed, rise)
    turn = np.radians(course + 90)
    east, north = east + side_m * M * np.sin(turn), north + side_m * M * np.cos(turn)
    return draw(minutes, east + jitter[0], north + jitter[1], boat=boat, sog_kn=knots, cog_deg=course, **more)


def together(*parts):
    return tidy(np.concatenate(parts))


def test_eight_devices_on_one_boat_are_one_group_of_eight(draw) -> None:
    fleet = together(*(sail(draw, boat, seed=5) for boat in range(1, 9)), sail(draw, 20, side_m=5000, seed=5))
    events = list(latest(detect_moving_as_one(fleet, ONE_BOAT).events).values())
    (group,) = group_devices(events)
    assert group.devices == tuple(range(1, 9))
    assert len(events) == 28
    assert {(e.conduct, e.step) for e in events} == {("device", "moving_as_one")}


def test_devices_that_report_every_two_hours_at_their_own_minutes(draw) -> None:
    fleet = together(*(sail(draw, boat, seed=5, every=120, hours=40, start=2.0 * boat) for boat in (1, 2)))
    assert len(latest(detect_moving_as_one(fleet, ONE_BOAT).events)) == 1
    never_at_once = together(sail(draw, 1, every=120, hours=40), sail(draw, 2, every=120, hours=40, start=60))
    assert detect_moving_as_one(never_at_once, ONE_BOAT).events == []


@pytest.mark.parametrize("side_m", [250.0, 500.0])
def test_a_pair_trawl_keeps_its_net_apart(draw, side_m: float) -> None:
    fleet = together(sail(draw, 1, seed=3), sail(draw, 2, side_m=side_m, seed=3))
    assert detect_moving_as_one(fleet, ONE_BOAT).events == []


def test_a_convoy_a_harbour_and_boats_at_anchor_are_not_one_boat(draw) -> None:
    convoy = together(sail(draw, 1), sail(draw, 2, side_m=30, start=10), sail(draw, 3, start=20))
    late = convoy.copy()
    late["t_ms"][late["boat"] == 2] += 8 * 60_000  # 0.7 miles behind
    assert detect_moving_as_one(tidy(late[late["boat"] != 3]), ONE_BOAT).events == []
    harbour = together(*(sail(draw, boat, speed=0, in_port=True) for boat in (1, 2, 3)))
    assert detect_moving_as_one(harbour, ONE_BOAT).events == []
    anchored = together(*(sail(draw, boat, speed=0) for boat in (1, 2, 3)))
    assert detect_moving_as_one(anchored, ONE_BOAT).events == []


@pytest.mark.parametrize(("metres", "met"), [(0, True), (498, True), (503, False)])
def test_an_encounter_is_within_500_metres(draw, metres: float, met: bool) -> None:
    two = together(sail(draw, 1, speed=1.0), sail(draw, 2, side_m=metres, speed=1.0))
    events = latest(detect_encounters(two, MEETING).events).values()
    assert [e.boats for e in events] == ([(1, 2)] if met else [])


def test_no_encounter_is_made_up_between_two_fixes_far_apart(draw) -> None:
    """Two boats cross the same place two hours apart from where they speak: a straight line would have them meet."""
    one = draw([0, 120], [-6, 6], [-6, 6], boat=1, sog_kn=3.0, cog_deg=20.0)
    two = draw([0, 120], [-6, 6], [6, -6], boat=2, sog_kn=3.0, cog_deg=20.0)
    wide = Together(near_m=500, apart_m=500, least_s=0, support=SUPPORT, least_count=1)
    assert detect_encounters(together(one, two), wide).events == []
    steady = together(*(draw([0, 120, 240], 0.1 * b, boat=b, sog_kn=0.1, cog_deg=np.nan) for b in (1, 2)))
    assert len(latest(detect_encounters(steady, MEETING).events)) == 1


def test_an_encounter_ends_and_says_how_close(draw) -> None:
    one = draw(range(0, 300, 10), 0.0, boat=1, sog_kn=0)
    two = draw(range(0, 300, 10), [5.0] * 10 + [0.1] * 10 + [6.0] * 10, boat=2, sog_kn=0)
    three = draw(range(0, 300, 10), 40.0, boat=3, sog_kn=0)
    quick = Together(near_m=500, apart_m=500, least_s=3600, support=SUPPORT)
    (event,) = latest(detect_encounters(together(one, two, three), quick).events).values()
    assert (event.end_ms - event.start_ms) / 60_000 == 90
    assert dict(event.facts)["closest_m"] == pytest.approx(185, abs=2)


@given(st.integers(0, 2**32 - 1), st.floats(40, 3000), st.integers(-60, 60))
def test_pairs_are_those_of_the_ellipsoid(seed: int, radius_m: float, lat: int) -> None:
    dice = np.random.default_rng(seed)
    spots = Spots(dice.integers(0, 3, 60), dice.uniform(109, 109.05, 60), dice.uniform(lat, lat + 0.05, 60))
    found = find_pairs(spots, spots, radius_m)
    apart = distance_m(spots.lon[:, None], spots.lat[:, None], spots.lon, spots.lat)
    wanted = np.argwhere((apart <= radius_m) & (spots.turn[:, None] == spots.turn))
    assert sorted(zip(found.one.tolist(), found.other.tolist(), strict=True)) == sorted(map(tuple, wanted.tolist()))
