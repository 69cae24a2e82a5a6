import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.measure import METRES_PER_NM, area_m2, bearing_deg, distance_m

LON = st.floats(105, 118)
LAT = st.floats(6, 22)


@given(LON, LAT, LON, LAT)
def test_there_and_back_is_the_same_way(lon1: float, lat1: float, lon2: float, lat2: float) -> None:
    assert distance_m(lon1, lat1, lon2, lat2) == pytest.approx(distance_m(lon2, lat2, lon1, lat1), abs=1e-6)


def test_a_minute_of_latitude_is_about_a_nautical_mile() -> None:
    assert distance_m(109, 15, 109, 15 + 1 / 60) == pytest.approx(METRES_PER_NM, rel=0.01)


def test_missing_stays_missing() -> None:
    out = distance_m([109, np.nan], [15, 15], [110, 110], [15, 15])
    assert out[0] > 100_000
    assert np.isnan(out[1])
    assert np.isnan(bearing_deg(np.nan, 15, 109, 15))


def test_due_north_is_zero() -> None:
    assert bearing_deg(109, 15, 109, 16) == pytest.approx(0, abs=1e-9)


def test_an_area_is_that_of_an_equal_area_map_whichever_way_its_ring_turns():
    from pyproj import Transformer
    from shapely.geometry import Polygon

    lon, lat = np.array([109.0, 110.5, 110.2, 108.7]), np.array([14.0, 14.3, 15.9, 15.5])
    flat = Transformer.from_crs("EPSG:4326", "+proj=laea +lat_0=15 +lon_0=109.6 +ellps=WGS84", always_xy=True)
    around = np.linspace(0, 1, 2001)[:-1, None]
    corners = np.column_stack([lon, lat])
    steps = np.concatenate([a + (b - a) * around for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)])
    expected = Polygon(np.column_stack(flat.transform(steps[:, 0], steps[:, 1]))).area
    assert area_m2(lon, lat) == pytest.approx(expected, rel=5e-4)  # geodesics are not straight in degrees
    assert area_m2(lon[::-1], lat[::-1]) == area_m2(lon, lat)
    assert np.isnan(area_m2([1, np.nan, 2], [1, 2, 3]))
