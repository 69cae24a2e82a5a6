import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.measure import METRES_PER_NM, bearing_deg, distance_m

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
