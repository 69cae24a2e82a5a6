"""What a track comes to: its hours add up, its miles are those of the ellipsoid, its silences are its own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.measure import METRES_PER_NM, distance_m
from geo.segments import Points
from layers.vessels.history import Heard
from layers.vessels.pieces import Limits
from layers.vessels.voyage import Voyage, Window, sum_up

HOUR = 3_600_000
LIMITS = Limits(vms_s=9000, ais_s=3600)
DAY = Window(100 * HOUR, 124 * HOUR)


def heard(hours: list[float], lon: list[float] | None = None) -> Heard:
    count = len(hours)
    t_ms = np.array([round(h * HOUR) for h in hours], dtype=np.int64) + 100 * HOUR
    place = np.array(lon if lon is not None else [109.0] * count, dtype=float)
    points = Points(np.full(count, 2), t_ms, place, np.full(count, 15.0))
    none = np.zeros(count, dtype=np.int16)
    return Heard(points, none + 80, none, none, none + 1, np.ones(count, dtype=bool))


def sums(hours: list[float], lon: list[float] | None = None, port: list[bool] | None = None) -> Voyage:
    return sum_up(heard(hours, lon), np.array(port or [False] * len(hours), dtype=bool), LIMITS, DAY)


@given(st.lists(st.floats(-30, 30), max_size=40, unique=True).map(sorted), st.data())
def test_sea_port_and_silence_add_up_to_the_window(hours, data) -> None:
    port = data.draw(st.lists(st.booleans(), min_size=len(hours), max_size=len(hours)))
    lead_in, lead_out = [h for h in hours if h < 0][-1:], [h for h in hours if h >= 24][:1]
    kept = lead_in + [h for h in hours if 0 <= h < 24] + lead_out
    found = sums(kept, port=port[: len(kept)])
    assert found.at_sea_s + found.in_port_s + found.silent_s == pytest.approx(24 * 3600, abs=0.01)
    assert min(found.at_sea_s, found.in_port_s, found.silent_s) >= 0


def test_a_day_at_sea_with_a_silence() -> None:
    found = sums([-1, 1, 3, 5, 10, 12, 14, 16, 18, 20, 22, 23.5], port=[False] * 2 + [False] * 8 + [True] * 2)
    assert (found.at_sea_s, found.in_port_s, found.silent_s) == (17 * 3600, 2 * 3600, 5 * 3600)
    assert [(gap.t_from_ms - DAY.since_ms, gap.t_to_ms - DAY.since_ms) for gap in found.gaps] == [(5 * HOUR, 10 * HOUR)]
    assert found.points == 11


def test_miles_are_counted_where_it_was_heard() -> None:
    found = sums([0, 2, 10, 12], [109.0, 109.1, 112.0, 112.1])
    assert found.distance_nm == pytest.approx(2 * distance_m(109, 15, 109.1, 15) / METRES_PER_NM)
    (gap, last) = found.gaps
    assert gap.distance_nm == pytest.approx(distance_m(109.1, 15, 112.0, 15) / METRES_PER_NM)
    assert last.is_open


def test_a_stretch_out_of_the_window_counts_by_its_share() -> None:
    whole = sums([0, 2], [109.0, 109.2]).distance_nm or 0
    assert sums([-1, 1], [109.0, 109.2]).distance_nm == pytest.approx(whole / 2)


def test_a_silence_that_lasts_is_open() -> None:
    found = sums([1, 2])
    assert [(gap.is_open, gap.t_to_ms) for gap in found.gaps] == [(True, DAY.until_ms)]
    assert found.silent_s == 23 * 3600
    assert not sums([22]).gaps


def test_a_jump_is_no_distance() -> None:
    found = sums([0, 0.1, 0.2], [109.0, 112.0, 112.001]).distance_nm
    assert found is not None
    assert 0 < found < 1


def test_a_way_nobody_knows_is_not_zero() -> None:
    assert sums([1, 8, 16]).distance_nm is None
    assert sums([1, 2]).distance_nm == 0


def test_a_boat_nobody_heard_is_silent_and_has_no_speed() -> None:
    found = sums([])
    assert (found.points, found.silent_s, found.max_sog_kn, found.gaps) == (0, 24 * 3600, None, ())
