"""Who came into a zone and who left: one passage for every two reports on different sides, none for anything else."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.clock import unix_ms
from geo.segments import Points
from layers.desk.passages import find_passages
from layers.vessels.history import Heard

START = datetime(2026, 11, 20, tzinfo=UTC)
ZONE = shapely.box(109.0, 14.0, 110.0, 15.0)


def heard(*boats: list[bool]) -> Heard:
    """Boats that report every ten minutes from ten minutes before START: inside or outside of ZONE."""
    boat = np.repeat(np.arange(len(boats)) * 2, [len(sides) for sides in boats]).astype(np.int64)
    steps = np.concatenate([np.arange(len(sides)) for sides in boats] or [np.zeros(0)]).astype(np.int64)
    lon = np.array([109.5 if inside else 111.0 for sides in boats for inside in sides])
    n = len(lon)
    points = Points(boat, unix_ms(START) + (steps - 1) * 600_000, lon, np.full(n, 14.5))
    some = np.zeros(n, np.int16)
    return Heard(points, some, some, some, some, np.ones(n, np.bool_))


def minute(step: int) -> datetime:
    return START + timedelta(minutes=10 * step)


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=20), max_size=4))
def test_every_change_of_side_is_one_passage(boats: list[list[bool]]) -> None:
    found = find_passages(heard(*boats), ZONE, START, START + timedelta(days=1))
    expected = [
        (f"v{number}", "in" if after else "out", minute(step), minute(step - 1))
        for number, sides in enumerate(boats)
        for step, (before, after) in enumerate(pairwise(sides))
        if before != after
    ]
    assert sorted((p.vessel, p.way, p.t, p.before_t) for p in found) == sorted(expected)
    assert [p.t for p in found] == sorted(p.t for p in found)


def test_only_what_was_reported_in_the_window_counts() -> None:
    sides = [False, True, False, True]
    late = find_passages(heard(sides), ZONE, START + timedelta(minutes=10), START + timedelta(minutes=20))
    assert [(p.way, p.t) for p in late] == [("out", START + timedelta(minutes=10))]


def test_a_report_on_the_border_is_inside() -> None:
    border = heard([False, True])
    border.points.lon[1] = 109.0
    assert [p.way for p in find_passages(border, ZONE, START, START + timedelta(days=1))] == ["in"]
