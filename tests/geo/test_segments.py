"""Tracks come apart at silences and impossible jumps, and thinning never moves a boat farther than it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.segments import Points, each_so_often, nm_before, order, pair_limits, seconds_before, split, thin

HOUR_MS = 3_600_000


def points(rows: list[tuple[int, int, float, float]]) -> Points:
    """Points in order, from (boat, t_ms, lon, lat)."""
    boat, t_ms = (np.array([r[i] for r in rows], dtype=np.int64) for i in (0, 1))
    lon, lat = (np.array([r[i] for r in rows], dtype=float) for i in (2, 3))
    at = order(boat, t_ms)
    return Points(boat[at], t_ms[at], lon[at], lat[at])


row = st.tuples(
    st.integers(0, 4), st.integers(0, 48 * HOUR_MS), st.floats(108, 112, width=32), st.floats(13, 17, width=32)
)
some_points = st.lists(row, min_size=1, max_size=60).map(points)


def test_a_silence_is_a_gap_and_not_a_line() -> None:
    heard = points([(1, 0, 109.0, 15.0), (1, HOUR_MS, 109.1, 15.0), (1, 5 * HOUR_MS, 109.3, 15.0), (2, 0, 110, 14)])
    found = split(heard, np.full(4, 9000.0))
    assert found.gap.tolist() == [False, False, True, False]
    assert found.first.tolist() == [True, False, False, True]
    assert not found.jump.any()
    assert seconds_before(heard)[2] == 4 * 3600


def test_silence_of_exactly_the_limit_is_no_gap() -> None:
    heard = points([(1, 0, 109, 15), (1, 9_000_000, 109, 15), (1, 18_000_001, 109, 15)])
    assert split(heard, np.full(3, 9000.0)).gap.tolist() == [False, False, True]


def test_what_nothing_afloat_can_do_is_a_jump() -> None:
    heard = points([(1, 0, 109, 15), (1, 60_000, 112, 15), (1, 120_000, 112.001, 15)])
    found = split(heard, np.full(3, 9000.0))
    assert found.jump.tolist() == [False, True, False]
    assert nm_before(heard)[1] == pytest.approx(3 * 60 * np.cos(np.radians(15)), rel=1e-3)


def test_across_the_date_line_is_near() -> None:
    heard = points([(1, 0, 179.99, 0), (1, 60_000, -179.99, 0)])
    assert nm_before(heard)[1] == pytest.approx(1.2)


def test_a_stretch_may_be_as_silent_as_its_slower_device() -> None:
    vms = np.array([True, False, False, True])
    assert pair_limits(vms, 9000, 3600).tolist() == [9000, 9000, 3600, 9000]


@given(some_points)
def test_order_is_by_boat_then_time(heard: Points) -> None:
    assert list(zip(heard.boat, heard.t_ms, strict=True)) == sorted(zip(heard.boat, heard.t_ms, strict=True))
    big = order(heard.boat + (1 << 40), heard.t_ms)
    assert big.tolist() == list(range(len(heard)))


@given(some_points, st.floats(60, 20_000))
def test_every_point_begins_exactly_what_it_begins(heard: Points, limit_s: float) -> None:
    found = split(heard, np.full(len(heard), limit_s))
    assert not (found.gap & found.jump).any()
    assert not (found.first & (found.gap | found.jump)).any()
    assert found.first.sum() == len(set(heard.boat.tolist()))
    joined = ~found.begins
    assert (seconds_before(heard)[joined] <= limit_s).all()


@settings(max_examples=200)
@given(some_points, st.floats(1, 50_000))
def test_thinning_never_strays_and_keeps_the_pinned(heard: Points, tolerance_m: float) -> None:
    pinned = split(heard, np.full(len(heard), 7200.0)).begins
    keep = thin(heard, pinned, tolerance_m)
    assert keep[pinned].all()
    for boat in set(heard.boat.tolist()):
        mine = np.flatnonzero(heard.boat == boat)
        assert keep[mine[0]]
        assert keep[mine[-1]]
        stays = mine[keep[mine]]
        for axis, scale in ((heard.lon, np.cos(np.radians(heard.lat[mine]))), (heard.lat, 1.0)):
            drawn = np.interp(heard.t_ms[mine], heard.t_ms[stays], axis[stays])
            unique = np.isin(heard.t_ms[mine], heard.t_ms[stays], invert=True)
            off_m = np.abs(drawn - axis[mine]) * scale * 111_120
            assert (off_m[unique] <= tolerance_m * (1 + 1e-6) + 1e-6).all()


def test_a_straight_run_thins_to_its_ends_and_pins() -> None:
    heard = points([(1, n * 10_000, 109 + n * 1e-4, 15.0) for n in range(181)])
    assert thin(heard, np.zeros(181, dtype=bool), 15).sum() == 2
    kept = thin(heard, each_so_often(heard, 300), 15)
    assert np.diff(heard.t_ms[kept]).max() <= 600_000
    assert kept.sum() == 7


def test_nothing_stays_nothing() -> None:
    none = points([])
    assert len(split(none, np.zeros(0)).first) == 0
    assert len(thin(none, np.zeros(0, dtype=bool), 15)) == 0
