"""Where a silent boat may be: grows with time, keeps to the water, goes around headlands, leaves islands out."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from layers.watch.region.grow import Around, LastFix, look_around
from layers.watch.region.land import FINE, LIGHT, read_land, water
from layers.watch.region.model import BEHAVIOURS, INNER, OUTER, read_model

MODEL = read_model()
HOUR = 3600
LY_SON = (109.12, 15.38)
OPEN_SEA = LastFix(111.5, 14.0, 7.5, 60.0)
OFF_SON_TRA = LastFix(108.36, 16.05, 1.5, 0.0)
"""South-east of the headland of Sơn Trà; Vịnh Đà Nẵng lies behind it."""

fixes = st.builds(
    LastFix,
    st.floats(108.9, 111.5),
    st.floats(12.5, 16.5),
    st.sampled_from([None, 0.2, 2.5, 7.0]),
    st.one_of(st.none(), st.floats(0, 359.9)),
).filter(lambda fix: not water(LIGHT).is_land(np.array([fix.lon]), np.array([fix.lat]))[0])


def look(fix: LastFix, hours: float, steps: int = FINE) -> Around:
    return look_around(water(steps), MODEL, fix, hours * HOUR)


@settings(max_examples=15, deadline=None)
@given(fixes, st.lists(st.floats(0, 10), min_size=3, max_size=3, unique=True))
def test_a_region_only_grows_and_holds_the_last_fix(fix: LastFix, hours: list[float]) -> None:
    around = look(fix, 12)
    place = Point(fix.lon, fix.lat)
    for share in (INNER, OUTER):
        shapes = [around.shape(share, h * HOUR) for h in sorted(hours)]
        assert all(later.covers(sooner) for sooner, later in pairwise(shapes))
        assert all(shape.covers(place) for shape in shapes)
    for h in hours:
        assert around.shape(OUTER, h * HOUR).covers(around.shape(INNER, h * HOUR))


@settings(max_examples=8, deadline=None)
@given(fixes, st.floats(1, 12), st.integers(0, 2**31))
def test_no_point_of_a_region_is_on_land(fix: LastFix, hours: float, seed: int) -> None:
    shape = look(fix, hours).shape(OUTER, hours * HOUR)
    west, south, east, north = shape.bounds
    dice = np.random.default_rng(seed)
    x, y = dice.uniform(west, east, 4000), dice.uniform(south, north, 4000)
    inside = shapely.intersects_xy(shape, x, y)
    assert inside.any()
    assert not shapely.intersects_xy(read_land(), x[inside], y[inside]).any()
    assert not shape.intersects(read_land())


def test_how_long_was_looked_ahead_changes_nothing() -> None:
    """The same region whether the water was measured for six hours or for a day: time alone makes it grow."""
    for fix in (OPEN_SEA, OFF_SON_TRA, LastFix(109.2, 15.3, 6.0, 280.0)):
        short, long = look(fix, 6), look(fix, 24)
        for hours in (1, 3, 6):
            assert short.shape(OUTER, hours * HOUR).equals(long.shape(OUTER, hours * HOUR))


def test_islands_are_left_out() -> None:
    shape = look(LastFix(109.3, 15.3, 2.5, 300.0), 8).shape(OUTER, 8 * HOUR)
    assert not shape.intersects(Point(LY_SON))
    ringed = shapely.get_parts(shape)
    holes = [Polygon(hole) for part in ringed for hole in part.interiors]
    assert any(hole.covers(Point(LY_SON)) for hole in holes)
    assert shape.intersects(Point(LY_SON).buffer(0.08))


def test_the_bay_behind_a_headland_is_reached_later_than_open_water_as_near() -> None:
    bay, away = Point(108.19, 16.16), Point(108.52, 15.97)
    around = look(LastFix(OFF_SON_TRA.lon, OFF_SON_TRA.lat, 2.5), 24)
    reached = [next(h for h in range(25) if around.shape(OUTER, h * HOUR).covers(p)) for p in (bay, away)]
    assert reached[0] > reached[1]


def test_ahead_it_reaches_farther_than_astern() -> None:
    west, _, east, _ = look(LastFix(111.5, 14.0, 7.5, 90.0), 4).shape(OUTER, 4 * HOUR).bounds
    assert east - 111.5 > 1.5 * (111.5 - west)
    west, _, east, _ = look(LastFix(111.5, 14.0, None, None), 4).shape(OUTER, 4 * HOUR).bounds
    assert east - 111.5 == pytest.approx(111.5 - west, abs=1 / FINE)


def test_a_boat_under_way_may_be_farther_than_one_adrift() -> None:
    adrift, slow, steaming, fast = (look(LastFix(111.5, 14.0, v, 90.0), 4) for v in (0.1, 2.5, 7.5, 9.5))
    ahead = [around.shape(OUTER, 4 * HOUR).bounds[2] for around in (adrift, slow, steaming, fast)]
    assert ahead == sorted(ahead)
    assert ahead[3] > ahead[2] > ahead[1] > ahead[0]


def test_the_roughly_drawn_region_is_much_the_same() -> None:
    fine, light = (look(OPEN_SEA, 12, steps).shape(OUTER, 12 * HOUR) for steps in (FINE, LIGHT))
    assert fine.intersection(light).area / fine.union(light).area > 0.9


def test_when_a_line_is_reached() -> None:
    line = LineString([(112.5, 10), (112.5, 18)])
    around = look(OPEN_SEA, 24)
    seconds = around.reached_s(line)
    assert seconds is not None
    assert not around.shape(OUTER, seconds - HOUR).intersects(line.buffer(-0.0))
    assert around.shape(OUTER, seconds + HOUR).intersects(line)
    assert around.reached_s(LineString([(117, 10), (117, 18)])) is None


def test_the_numbers_are_fit_to_be_used() -> None:
    assert set(MODEL.behaviours) == set(BEHAVIOURS)
    assert MODEL.origin == "simulated"
    assert not MODEL.calibrated, "a share of likelihood may be shown only after real tracks"
    for own in MODEL.behaviours.values():
        inner, outer = (np.array(own.reach_nm[share]) for share in (INNER, OUTER))
        assert len(inner) == len(outer) == len(MODEL.hours)
        assert (np.diff(inner) >= 0).all()
        assert (np.diff(outer) >= 0).all()
        assert (inner <= outer).all()
        assert 0 <= own.shape.astern < 1


@given(st.sampled_from(sorted(BEHAVIOURS)), st.floats(0, 20), st.floats(0, 300), st.floats(0, 300))
def test_the_reach_never_shrinks(behaviour: str, speed: float, one: float, other: float) -> None:
    sooner, later = sorted((one * HOUR, other * HOUR))
    for share in (INNER, OUTER):
        assert MODEL.reach_m(behaviour, share, sooner, speed) <= MODEL.reach_m(behaviour, share, later, speed)
    assert MODEL.reach_m(behaviour, INNER, later, speed) <= MODEL.reach_m(behaviour, OUTER, later, speed)


def test_after_too_long_nothing_is_said() -> None:
    assert not MODEL.is_too_long(24 * HOUR, 7.0)
    assert MODEL.is_too_long(MODEL.limit_s + 1, 0.0)
