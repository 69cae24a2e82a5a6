"""Where a boat is: beyond the boundary, near it, in the wrong belt, in port; and where it cannot have been."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString

from geo.errors import BadInput
from geo.measure import distance_m
from geo.segments import Reach
from geo.sides import Line, beyond, far_side
from layers.watch.detect.boundary import Boundary, Nearness, detect_crossing, detect_nearing
from layers.watch.detect.jumps import Sharing, detect_jumps, detect_shared_identity
from layers.watch.detect.ports import Ports, detect_port_calls
from layers.watch.detect.slow import Belts, Pace, detect_loitering, detect_wrong_belt

LINE = LineString([(111.0, 12.0), (111.0, 18.0)])
HOME = (109.0, 15.0)
EDGE = 57.95555  # nautical miles east of 110°E, 15°N that reach 111°E
BOUNDARY = Boundary(LINE, HOME)


def test_on_the_line_is_not_beyond_it(draw) -> None:
    rows = draw([0, 10, 20])
    rows["lon"] = [110.999999, 111.0, 111.000001]
    (event,) = detect_crossing(rows, BOUNDARY).events
    assert (event.conduct, event.step, event.start_ms, event.end_ms) == (
        "boundary",
        "beyond",
        int(rows["t_ms"][2]),
        None,
    )


def test_beyond_from_first_to_last_fix_and_how_far(draw) -> None:
    rows = draw([0, 60, 120, 900, 960], [50, 60, EDGE + 30, EDGE + 10, 50])
    (event,) = detect_crossing(rows, BOUNDARY).events
    assert (event.start_ms, event.end_ms) == (int(rows["t_ms"][1]), int(rows["t_ms"][3]))
    assert dict(event.facts)["farthest_nm"] == pytest.approx(30, rel=0.01)
    assert detect_crossing(draw([0, 60], [10, 57]), BOUNDARY).events == []


def test_a_line_that_parts_nothing_is_refused() -> None:
    ring = LineString([(111, 12), (112, 13), (111, 14), (110, 13), (111, 12)])
    with pytest.raises(BadInput):
        far_side(ring, (109.0, 15.0), 0.01)


def test_a_crooked_line_has_its_ends_go_on() -> None:
    side = far_side(LineString([(110, 10), (112, 14), (111, 18)]), HOME)
    assert beyond(side, [113, 109, 112.1, 107.9, 120], [14, 14, 14, 6, 12]).tolist() == [True, False, True, False, True]


@given(st.floats(110.3, 110.99), st.floats(13, 17))
def test_the_way_to_the_line_is_that_of_the_ellipsoid(lon: float, lat: float) -> None:
    found = Line(LINE).distance_m(np.array([lon]), np.array([lat]), 100_000)[0]
    assert found == pytest.approx(float(distance_m(lon, lat, 111.0, lat)), rel=1e-3)
    seconds = Line(LINE).time_s(np.array([lon]), np.array([lat]), np.array([10.0]), np.array([90.0]), 86400)[0]
    assert seconds == pytest.approx(found / 1852 / 10 * 3600, rel=0.01)


@pytest.mark.parametrize(
    ("east", "sog", "cog", "is_near"),
    [
        (EDGE - 4.9, 0.0, 0.0, True),
        (EDGE - 5.1, 0.0, 0.0, False),
        (EDGE - 9.9, 10.0, 90.0, True),
        (EDGE - 10.2, 10.0, 90.0, False),
        (EDGE - 9.9, 10.0, 270.0, False),
        (EDGE - 9.9, np.nan, np.nan, False),
        (EDGE + 1, 0.0, 0.0, False),
    ],
)
def test_near_by_distance_or_by_time_on_the_present_course(draw, east, sog, cog, is_near) -> None:
    rows = draw([0], east, sog_kn=sog, cog_deg=cog)
    events = detect_nearing(rows, BOUNDARY, Nearness(5.0, 3600.0)).events
    assert [e.step for e in events] == (["near"] if is_near else [])
    assert (
        detect_nearing(draw([0], east, sog_kn=sog, cog_deg=cog, in_port=True), BOUNDARY, Nearness(5, 3600)).events == []
    )


def test_nearing_ends_where_crossing_begins(draw) -> None:
    rows = draw([0, 30, 60], [EDGE - 3, EDGE - 1, EDGE + 1])
    (near,) = detect_nearing(rows, BOUNDARY, Nearness(5.0, 0.0)).events
    (over,) = detect_crossing(rows, BOUNDARY).events
    assert near.end_ms is not None
    assert near.end_ms < over.start_ms
    assert dict(near.facts)["distance_nm"] == pytest.approx(3, rel=0.01)
    assert dict(near.facts)["closest_nm"] == pytest.approx(1, rel=0.01)


COAST, OFF = shapely.box(109.5, 14, 110.5, 16), shapely.box(110.5, 14, 112, 16)
FISHING = Pace(0.1, 5.5, 9000.0, 3600.0)
OWN = [{"belt_offshore"}, {"belt_coastal"}]


def belts(foreign=None) -> Belts:
    return Belts([COAST, OFF], ["belt_coastal", "belt_offshore"], foreign)


def worked(draw, east=0.0, law=0, step_nm=2.0, minutes=(0, 30, 60, 90), **more):
    return draw(minutes, np.arange(len(minutes)) * step_nm + east, law=law, **more)


def test_slow_work_in_a_belt_of_others(draw) -> None:
    rows = worked(draw)
    (event,) = detect_wrong_belt(rows, belts(), OWN, FISHING).events
    assert (event.conduct, event.step, event.start_ms, event.end_ms) == (
        "zone",
        "wrong_belt",
        int(rows["t_ms"][0]),
        None,
    )
    assert detect_wrong_belt(worked(draw, law=1), belts(), OWN, FISHING).events == []


@pytest.mark.parametrize(
    "rows",
    [
        {"step_nm": 5.0},  # passing through at 10 knots
        {"minutes": (0, 30)},  # not long enough
        {"minutes": (0, 160, 320)},  # fixes too far apart to say
        {"east": 35.0},  # where it may be
        {"in_port": True},
        {"east": 900.0},  # in no belt at all
    ],
)
def test_what_is_no_work_in_a_wrong_belt(draw, rows) -> None:
    assert detect_wrong_belt(worked(draw, **rows), belts(), OWN, FISHING).events == []


def test_an_hour_exactly_is_enough_and_the_border_is_of_both(draw) -> None:
    assert len(detect_wrong_belt(worked(draw, minutes=(0, 30, 60)), belts(), OWN, FISHING).events) == 1
    on_it = draw([0, 30, 60], 0, [0, 1, 2])
    on_it["lon"] = 110.5
    assert detect_wrong_belt(on_it, belts(), OWN, FISHING).events == []


def test_foreign_waters_are_never_a_wrong_belt(draw) -> None:
    rows = worked(draw, east=EDGE + 2, law=1)
    assert len(detect_wrong_belt(rows, belts(), OWN, FISHING).events) == 1
    assert detect_wrong_belt(rows, belts(BOUNDARY.foreign), OWN, FISHING).events == []
    assert len(detect_crossing(rows, BOUNDARY).events) == 1


def test_loitering_needs_fixes_that_support_it(draw) -> None:
    pace = Pace(0.0, 2.0, 3600.0, 4 * 3600.0)
    assert [e.step for e in detect_loitering(worked(draw, step_nm=1, minutes=range(0, 241, 60)), pace).events] == [
        "loitering"
    ]
    assert detect_loitering(worked(draw, step_nm=1, minutes=range(0, 240, 60)), pace).events == []
    assert detect_loitering(worked(draw, step_nm=0, minutes=range(0, 1200, 120)), pace).events == []
    assert detect_loitering(worked(draw, step_nm=3, minutes=range(0, 600, 60)), pace).events == []
    assert detect_loitering(worked(draw, step_nm=0, minutes=range(0, 600, 60), in_port=True), pace).events == []


PORTS = Ports(np.array([[110.0, 15.0, 1852.0]]), 1.0, 2.0)


def test_visits_and_the_trip_between(draw) -> None:
    east = [0, 0, 1.5, 5, 30, 5, 0.5, 0]
    rows = draw(range(0, 80, 10), east, sog_kn=[0, 0, 6, 8, 8, 8, 0.5, 0])
    events = {(e.step, e.start_ms): e.end_ms for e in detect_port_calls(rows, PORTS).events}
    t = rows["t_ms"].tolist()
    assert events == {("visit", t[0]): t[2], ("trip", t[2]): t[6], ("visit", t[6]): None}


def test_a_boat_heard_first_at_sea_has_no_trip_and_swinging_is_none(draw) -> None:
    at_sea = draw([0, 10, 20, 30], [30, 10, 0, 0], sog_kn=0)
    assert [e.step for e in detect_port_calls(at_sea, PORTS).events] == ["visit"]
    swinging = draw([0, 10, 20, 30], [0, 1.9, 0, 1.5], sog_kn=0.2)
    assert [(e.step, e.end_ms) for e in detect_port_calls(swinging, PORTS).events] == [("visit", None)]
    passing = draw([0, 10, 20], [-3, 0, 3], sog_kn=9)
    assert detect_port_calls(passing, PORTS).events == []


REACH = Reach(speed_kn=60.0, beyond_nm=1.0)


@pytest.mark.parametrize(("nm", "is_jump"), [(9.9, False), (10.2, True), (0.9, False), (300, True)])
def test_a_jump_is_faster_than_anything_afloat(draw, nm, is_jump) -> None:
    rows = draw([0, 10, 20], [0, 0, nm])
    found = detect_jumps(rows, REACH).events
    assert [(e.start_ms, e.end_ms) for e in found] == (
        [(int(rows["t_ms"][1]), int(rows["t_ms"][2]))] if is_jump else []
    )


def test_a_long_silence_allows_a_long_way(draw) -> None:
    assert detect_jumps(draw([0, 24 * 60], [0, 600]), REACH).events == []
    assert len(detect_jumps(draw([0, 0.0], [0, 600]), REACH).events) == 1


SHARED = Sharing(REACH, 2, 6 * 3600.0)


def test_two_boats_on_one_identity_take_turns(draw) -> None:
    turns = draw(range(0, 80, 10), [0, 300, 1, 301, 2, 302, 3, 303])
    (event,) = detect_shared_identity(turns, SHARED).events
    assert (event.step, event.start_ms, event.end_ms) == ("shared_identity", int(turns["t_ms"][0]), None)


def test_one_wrong_position_or_a_new_place_is_no_second_boat(draw) -> None:
    assert detect_shared_identity(draw(range(0, 50, 10), [0, 1, 300, 2, 3]), SHARED).events == []
    assert detect_shared_identity(draw(range(0, 50, 10), [0, 300, 600, 900, 1200]), SHARED).events == []
    apart = draw([0, 10, 1000, 1010, 2000, 2010], [0, 300, 1, 301, 2, 302])
    assert detect_shared_identity(apart, SHARED).events == []


def test_sharing_ends_with_the_last_return(draw) -> None:
    rows = draw([0, 10, 20, 30, 40, 500], [0, 300, 1, 301, 2, 3])
    (former, event) = detect_shared_identity(rows, SHARED).events
    assert former.key == event.key
    assert event.end_ms == int(rows["t_ms"][4])
    assert dict(event.facts) == {"returns": 3}
