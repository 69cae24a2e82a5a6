import pytest
import shapely

from geo.coverage import agreement, area_km2, cut_like, gaps, overlaps, without_overlaps

WEST, EAST = shapely.box(108, 15, 108.1, 15.1), shapely.box(108.1, 15, 108.2, 15.1)


def test_an_area_is_measured_on_the_ellipsoid_whichever_way_its_ring_turns() -> None:
    assert area_km2(WEST) == pytest.approx(118.9, rel=0.01)
    assert area_km2(shapely.reverse(WEST)) == pytest.approx(area_km2(WEST))
    ring = WEST.difference(shapely.box(108.02, 15.02, 108.04, 15.04))
    assert area_km2(ring) == pytest.approx(area_km2(WEST) * 0.96, rel=0.001)
    assert area_km2(shapely.multipolygons([WEST, EAST])) == pytest.approx(area_km2(WEST) + area_km2(EAST))


def test_neighbours_share_no_ground_and_leave_none() -> None:
    assert overlaps([WEST, EAST]) == []
    assert gaps([WEST, EAST]) == []
    assert overlaps([WEST]) == []


def test_an_overlap_is_found_where_it_is_and_left_to_the_first() -> None:
    wider = shapely.box(108.09, 15, 108.2, 15.1)
    (fault,) = overlaps([WEST, wider])
    assert fault.who == (0, 1)
    assert fault.lon == pytest.approx(108.095, abs=0.005)
    assert fault.area_km2 == pytest.approx(area_km2(WEST) / 10, rel=0.01)
    assert overlaps(without_overlaps([WEST, wider])) == []
    assert without_overlaps([WEST, wider])[0] == WEST


def test_a_gap_is_found_where_it_is() -> None:
    (fault,) = gaps([WEST.difference(shapely.box(108.02, 15.02, 108.04, 15.04)), EAST])
    assert fault.who == ()
    assert (fault.lon, fault.lat) == (pytest.approx(108.03, abs=0.01), pytest.approx(15.03, abs=0.01))


def test_agreement_is_the_share_of_common_ground() -> None:
    assert agreement(WEST, WEST) == 1
    assert agreement(WEST, EAST) == 0
    assert agreement(WEST, shapely.box(108, 15, 108.2, 15.1)) == pytest.approx(0.5)


def test_a_cut_follows_the_old_line_and_adds_no_corner_to_the_border() -> None:
    whole = shapely.segmentize(shapely.box(107.99, 14.99, 108.21, 15.11), 0.01)
    west, east = cut_like(whole, WEST, EAST)
    assert agreement(shapely.union(west, east), whole) == pytest.approx(1)
    assert west.area == pytest.approx(east.area, rel=0.02)
    assert shapely.intersection(west, WEST).area == pytest.approx(WEST.area, rel=0.02)
    corners = {tuple(c) for c in shapely.get_coordinates(whole)}
    on_border = [c for c in shapely.get_coordinates([west, east]) if shapely.Point(c).distance(whole.boundary) < 1e-12]
    assert {tuple(c) for c in on_border} <= corners
