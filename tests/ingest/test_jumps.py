"""Impossible positions are flagged: the bad one, not the good one after it; and nobody is locked out."""

import pytest

from ingest.jumps import JumpWatch
from ingest.outcome import Fix, Flag

T0 = 1_764_000_000_000


def _fix(seconds: float, lon: float, lat: float, flags: int = 0) -> Fix:
    place = (round(lon * 1e7), round(lat * 1e7))
    return Fix("mmsi:999000001", T0 + round(seconds * 1000), 1, T0, *place, 80, 0, 0, 0, 1, 0, flags, b"")


def _flagged(*fixes: Fix) -> list[int]:
    watch = JumpWatch()
    return [n for n, fix in enumerate(fixes) if watch.look(fix).flags & Flag.JUMP]


def test_one_bad_fix_is_flagged_and_the_way_back_is_not() -> None:
    assert _flagged(_fix(0, 109, 15), _fix(10, 0, 0), _fix(20, 109, 15.0005), _fix(30, 109, 15.001)) == [1]


def test_the_other_boat_is_flagged_as_long_as_both_speak() -> None:
    fixes = [_fix(10 * n, 109 if n % 2 == 0 else 110, 15 + n / 10_000) for n in range(20)]
    assert _flagged(*fixes) == list(range(1, 20, 2))


def test_a_place_told_three_times_in_a_row_is_believed() -> None:
    assert _flagged(_fix(0, 109, 15), *(_fix(10 + 10 * n, 110, 15) for n in range(6))) == [1, 2]


def test_a_long_silence_locks_nobody_out() -> None:
    assert _flagged(_fix(0, 109, 15), _fix(86_400, 120, 5), _fix(86_410, 120, 5)) == []


@pytest.mark.parametrize("late_s", [-3600, -60])
def test_what_comes_late_or_out_of_order_is_no_jump(late_s: int) -> None:
    kn = 20 / 3600 / 60
    way = [_fix(n, 109, 15 + n * kn) for n in range(0, 7200, 60)]
    late = [_fix(3600 + late_s + n, 109, 15 + (3600 + late_s + n) * kn) for n in range(0, 60, 10)]
    assert _flagged(*way[:61], *late, *way[61:]) == []


def test_what_nobody_timed_is_not_judged() -> None:
    assert _flagged(_fix(0, 109, 15), _fix(1, 0, 0, int(Flag.UNTIMED)), _fix(2, 109, 15)) == []
