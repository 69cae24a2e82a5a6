import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import BadInput
from geo.tilegrid import tile, tile_at


@given(st.integers(0, 18), st.floats(-179.9, 179.9), st.floats(-84, 84))
def test_a_point_lies_in_the_bounds_of_its_tile(z: int, lon: float, lat: float) -> None:
    west, south, east, north = tile_at(lon, lat, z).bounds()
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


@pytest.mark.parametrize(("z", "x", "y", "field"), [(99, 0, 0, "z"), (-1, 0, 0, "z"), (3, 8, 0, "x"), (3, 0, -1, "y")])
def test_an_address_that_is_none_names_its_number(z: int, x: int, y: int, field: str) -> None:
    with pytest.raises(BadInput) as caught:
        tile(z, x, y)
    assert caught.value.field == field
