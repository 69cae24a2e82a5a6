"""One number in two places: two consistent ways by turns, and nothing else."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.interleaved import Spot, find_two_ways, part_ways

T0 = 1_764_000_000_000


def _way(lon: float, lat: float, count: int = 12, every_s: int = 30, at_s: int = 0, kn: float = 8.0) -> list[Spot]:
    """A boat going north at a steady speed, one fix every so often."""
    step = kn * every_s / 3600 / 60
    return [Spot(T0 + (at_s + n * every_s) * 1000, lon, lat + n * step) for n in range(count)]


def test_two_boats_with_one_number_are_seen() -> None:
    one, other = _way(109.0, 15.0), _way(109.8, 14.5, at_s=11)
    found = find_two_ways(sorted(one + other))
    assert found is not None
    assert (found.one_fixes, found.other_fixes, found.turns) == (12, 12, 23)
    assert (found.one, found.other) == (one[-1], other[-1])
    assert found.apart_nm == pytest.approx(55.3, abs=1)


def test_bad_fixes_are_not_a_second_boat() -> None:
    way, dice = _way(109.0, 15.0, 60), random.Random(3)
    for at in dice.sample(range(60), 9):
        way[at] = way[at]._replace(lon=dice.uniform(-170, 170), lat=dice.uniform(-80, 80))
    assert find_two_ways(way) is None
    assert len(part_ways(way)[0]) >= 50


def test_a_place_after_a_silence_is_the_same_boat() -> None:
    there = _way(109.0, 15.0)
    far = _way(112.0, 12.0, at_s=12 * 3600)
    assert find_two_ways(there + far) is None
    assert len(part_ways(there + far)) == 1


def test_found_elsewhere_for_good_is_no_second_boat() -> None:
    """One jump, however far, and no way back: a corrected device, not two."""
    assert find_two_ways(_way(109.0, 15.0) + _way(112.0, 12.0, at_s=365)) is None


@given(st.integers(0, 2**32), st.floats(2, 60), st.integers(10, 180), st.integers(10, 180))
def test_one_boat_is_never_two(seed: int, kn: float, every_s: int, at_s: int) -> None:
    """However it turns, whatever it leaves out."""
    dice = random.Random(seed)
    lon, lat, t, spots = 109.0, 15.0, T0, []
    for _ in range(60):
        seconds = every_s * dice.choice((1, 1, 1, 7))
        t += seconds * 1000
        lon += dice.uniform(-1, 1) * kn * seconds / 3600 / 60
        lat += dice.uniform(-1, 1) * kn * seconds / 3600 / 60
        spots.append(Spot(t, lon, lat))
    assert find_two_ways(spots) is None


@given(st.integers(0, 2**32), st.floats(20, 5000), st.integers(5, 60), st.integers(5, 60))
def test_two_boats_far_apart_are_always_two(seed: int, apart_nm: float, every_s: int, other_s: int) -> None:
    one = _way(109.0, 0.0, 30, every_s, kn=15)
    other = _way(109.0 + apart_nm / 60, 0.0, 30, other_s, at_s=random.Random(seed).randrange(1, 5), kn=15)
    end = min(one[-1].t_ms, other[-1].t_ms)
    both = sorted(spot for spot in one + other if spot.t_ms <= end)
    found = find_two_ways(both)
    assert (found is not None) == (end - T0 > 150_000) or 100_000 <= end - T0 <= 200_000
