"""Wind fields: what is inside, when it is reached, and what must hold of any storm."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.measure import METRES_PER_NM, distance_m
from geo.winds import Field, arrival_s, is_inside, nearest_approach, outline, swath

GEOD = Geod(ellps="WGS84")
HOUR = 3600.0
NM = METRES_PER_NM
degrees = st.floats(-8, 8)
radii = st.lists(st.floats(20, 200), min_size=4, max_size=4)


def storm(shift_s: float = 0.0, factor: float = 1.0, quads: list[float] | None = None) -> Field:
    """West by north-west over Biển Đông in two days, its winds growing."""
    t = np.array([0, 12, 24, 48]) * HOUR + shift_s
    lon, lat = np.array([117.0, 115.0, 113.0, 109.0]), np.array([13.0, 13.6, 14.2, 15.2])
    base = np.array(quads or [120.0, 90, 60, 100]) * NM * factor
    return Field(t, lon, lat, np.outer([0.8, 1.0, 1.2, 1.0], base))


def even(radius_nm: float) -> Field:
    """A still, round storm of one day at 112 E, 15 N."""
    return Field(np.array([0.0, 24 * HOUR]), np.full(2, 112.0), np.full(2, 15.0), np.full((2, 4), radius_nm * NM))


def test_a_disc_is_a_disc_on_the_ellipsoid() -> None:
    ring = np.array(outline(112.0, 15.0, np.full(4, 100 * NM)).exterior.coords)
    assert distance_m(112.0, 15.0, ring[:, 0], ring[:, 1]) == pytest.approx(np.full(len(ring), 100 * NM), abs=1e-3)
    area, _ = GEOD.geometry_area_perimeter(outline(112.0, 15.0, np.full(4, 100 * NM)))
    assert abs(area) == pytest.approx(np.pi * (100 * NM) ** 2, rel=2e-3)


def test_each_quadrant_has_its_own_radius() -> None:
    field = Field(np.zeros(4), np.full(4, 112.0), np.full(4, 15.0), np.tile([120.0, 90, 60, 30], (4, 1)) * NM)
    for away, expected in ((29, 4), (59, 3), (89, 2), (119, 1), (121, 0)):
        lon, lat, _ = GEOD.fwd(np.full(4, 112.0), np.full(4, 15.0), [45, 135, 225, 315], np.full(4, away * NM))
        assert is_inside(field, np.asarray(lon), np.asarray(lat)).sum() == expected


def test_the_wind_arrives_when_the_way_says_so() -> None:
    """A round storm runs due north along a meridian: the arrival is a division."""
    lat = np.array([10.0, 15.0])
    way = distance_m(112, 10, 112, 15)
    field = Field(np.array([0, 30 * HOUR]), np.full(2, 112.0), lat, np.full((2, 4), 60 * NM))
    told = arrival_s(field, [112.0], [14.0], 0.0)[0]
    assert told == pytest.approx((distance_m(112, 10, 112, 14) - 60 * NM) / way * 30 * HOUR, abs=20)


def test_inside_at_once_never_and_missing() -> None:
    field = even(60)
    told = arrival_s(field, [112.1, 118.0, np.nan], [15.1, 8.0, 15.0], 5 * HOUR)
    assert told[0] == 5 * HOUR
    assert np.isnan(told[1:]).all()
    assert np.isnan(arrival_s(field, [112.0], [15.0], 25 * HOUR)).all()  # the forecast is over
    assert len(arrival_s(field, [], [], 0.0)) == 0


def test_a_quadrant_that_is_not_told_does_not_blow() -> None:
    calm = Field(np.zeros(1), np.array([112.0]), np.array([15.0]), np.array([[np.nan, 0, np.nan, 0]]))
    assert np.isnan(arrival_s(calm, [112.0], [15.0], 0.0)).all()
    assert swath(calm).is_empty


@given(lon=st.floats(108, 118), lat=st.floats(10, 18), factor=st.floats(1.0, 2.0))
def test_a_wider_wind_is_never_later(lon: float, lat: float, factor: float) -> None:
    narrow = arrival_s(storm(), [lon], [lat], 0.0)[0]
    wide = arrival_s(storm(factor=factor), [lon], [lat], 0.0)[0]
    assert np.isnan(narrow) or wide <= narrow + 20


@given(lon=st.floats(108, 118), lat=st.floats(10, 18), shift=st.floats(0, 1e6))
def test_the_same_storm_later_arrives_that_much_later(lon: float, lat: float, shift: float) -> None:
    now = arrival_s(storm(), [lon], [lat], 0.0)[0]
    then = arrival_s(storm(shift_s=shift), [lon], [lat], shift)[0]
    assert then - shift == pytest.approx(now, abs=20, nan_ok=True)


@given(dx=degrees, dy=st.floats(-5, 5))
def test_a_storm_mirrored_at_its_meridian_arrives_at_the_mirror_image(dx: float, dy: float) -> None:
    """East and west exchanged, NE with NW and SE with SW."""
    t, quads = np.array([0.0, 24 * HOUR]), np.array([[120.0, 90, 60, 30]] * 2) * NM
    east = Field(t, np.array([116.0, 112.0]), np.array([13.0, 14.0]), quads)
    west = Field(t, np.array([108.0, 112.0]), np.array([13.0, 14.0]), quads[:, [3, 2, 1, 0]])
    one = arrival_s(east, [112 + dx], [13.5 + dy], 0.0)[0]
    other = arrival_s(west, [112 - dx], [13.5 + dy], 0.0)[0]
    assert one == pytest.approx(other, abs=20, nan_ok=True)


@given(lon=st.floats(108, 118), lat=st.floats(10, 18), quads=radii)
def test_who_is_reached_lies_in_the_swath(lon: float, lat: float, quads: list[float]) -> None:
    field = storm(quads=quads)
    if not np.isnan(arrival_s(field, [lon], [lat], 0.0)[0]):
        assert shapely.distance(swath(field), shapely.Point(lon, lat)) < 0.02


def test_the_swath_is_no_wider_than_the_winds() -> None:
    """Points of its edge are reached, or nearly: the swath adds nothing of its own."""
    field = storm()
    edge = shapely.segmentize(swath(field).buffer(-0.03), 0.3)
    lon, lat = np.array(edge.exterior.coords).T
    assert not np.isnan(arrival_s(field, lon, lat, 0.0)).any()


def test_later_moments_are_asked_from_later() -> None:
    lon, lat = np.meshgrid(np.linspace(108, 118, 40), np.linspace(10, 18, 40))
    first = arrival_s(storm(), lon.ravel(), lat.ravel(), 0.0)
    later = arrival_s(storm(), lon.ravel(), lat.ravel(), 10 * HOUR)
    both = ~np.isnan(first) & ~np.isnan(later)
    assert (later[both] >= first[both] - 20).all()
    assert (later[both] >= 10 * HOUR).all()
    assert 100 < both.sum() < 1600


def test_nearest_approach_is_on_the_track() -> None:
    metres, when = nearest_approach(storm(), [113.0, np.nan], [14.2, 3.0], 0.0)
    assert metres[0] == pytest.approx(0, abs=1)
    assert when[0] == pytest.approx(24 * HOUR, abs=1)
    assert np.isnan(metres[1])
