"""The sea as a lattice, ways by water, and regions cut from it: by water only, exactly nested, never on land."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from geo.measure import distance_m, east_north_m
from geo.sailing import sail
from geo.sublevel import BEYOND, region
from geo.water import MARGIN_DEG, Patch, Water

WALL = box(109.5, 14.0, 109.52, 15.2)
"""A thin wall from the south that ends at 15.2°N: what lies behind is reached around its end."""
ISLE = Point(109.2, 15.1).buffer(0.03)
LAND = shapely.union_all([WALL, ISLE])
SEA = Water(LAND, 64)


def around(water: Water, lon: float, lat: float, nodes: int) -> Patch:
    step = water.step_deg
    return water.patch(int(lat // step) - nodes, int(lon // step) - nodes, 2 * nodes + 2, 2 * nodes + 2)


def metres(patch: Patch, lon: float, lat: float) -> np.ndarray:
    found = sail(patch, lon, lat).metres
    return np.where(np.isfinite(found), np.rint(np.nan_to_num(found, posinf=0)), BEYOND).astype(np.int64)


@given(st.floats(6, 22), st.floats(105, 118), st.floats(-3, 3), st.floats(-3, 3))
def test_the_local_plane_keeps_lengths(lat: float, lon: float, north: float, east: float) -> None:
    x, y = east_north_m(lon, lat, lon + east, lat + north)
    true = float(distance_m(lon, lat, lon + east, lat + north))
    assert float(np.hypot(x, y)) == pytest.approx(true, rel=3e-3, abs=1)


def test_a_boat_goes_around_the_wall_and_not_through_it() -> None:
    patch = around(SEA, 109.45, 14.9, 60)
    found = sail(patch, 109.45, 14.9).metres
    behind = (round(14.9 * 64) - patch.row, round(109.6 * 64) - patch.column)
    lon, lat = patch.lons[behind[1]], patch.lats[behind[0]]
    straight = float(distance_m(109.45, 14.9, lon, lat))
    corners = LineString([(109.45, 14.9), (109.5, 15.2), (109.52, 15.2), (lon, lat)])
    xy = shapely.get_coordinates(corners)
    least = float(distance_m(xy[:-1, 0], xy[:-1, 1], xy[1:, 0], xy[1:, 1]).sum())
    assert straight < 20_000 < least
    assert least <= found[behind] <= least * 1.03 + 2 * 1740


def test_open_sea_is_measured_straight() -> None:
    patch = around(SEA, 111.0, 12.0, 30)
    assert patch.open.all()
    found = sail(patch, 111.0, 12.0).metres
    true = distance_m(111.0, 12.0, *np.meshgrid(patch.lons, patch.lats))
    assert found == pytest.approx(true, rel=3e-3)


def test_no_way_is_shorter_than_straight_or_crosses_land() -> None:
    patch = around(SEA, 109.35, 15.0, 50)
    found = sail(patch, 109.35, 15.0).metres
    true = distance_m(109.35, 15.0, *np.meshgrid(patch.lons, patch.lats))
    assert (found >= true * 0.997 - 1).all()
    assert not np.isfinite(
        found[SEA.is_land(*(a.ravel() for a in np.meshgrid(patch.lons, patch.lats))).reshape(found.shape)]
    ).any()


def test_a_lake_is_not_reached() -> None:
    ring = Point(110, 15).buffer(0.5).difference(Point(110, 15).buffer(0.3))
    patch = around(Water(ring, 64), 110.7, 15.0, 80)
    found = sail(patch, 110.7, 15.0).metres
    assert np.isinf(found[15 * 64 - patch.row, 110 * 64 - patch.column])


@settings(max_examples=40, deadline=None)
@given(st.floats(109.05, 109.75), st.floats(14.75, 15.35), st.lists(st.integers(3000, 60_000), min_size=2, max_size=4))
def test_regions_nest_exactly_and_keep_off_land(lon: float, lat: float, levels: list[int]) -> None:
    patch = around(SEA, lon, lat, 50)
    values = metres(patch, lon, lat)
    shapes = [region(patch, values, level) for level in sorted(levels)]
    for smaller, larger in pairwise(shapes):
        assert larger.covers(smaller)
    for shape in shapes:
        assert shape.is_valid
        assert not shape.intersects(LAND)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(20, 900))
def test_any_numbers_at_all_nest(seed: int, level: int) -> None:
    patch = around(SEA, 109.3, 15.0, 20)
    dice = np.random.default_rng(seed)
    values = np.where(patch.wet, dice.integers(0, 1000, patch.wet.shape), BEYOND)
    values[[0, -1], :], values[:, [0, -1]] = BEYOND, BEYOND
    one, other, lower = region(patch, values, level), region(patch, values, level + 60), np.maximum(values - 30, 0)
    fuller = region(patch, np.where(values == BEYOND, BEYOND, lower), level)
    assert one.is_empty or (other.covers(one) and fuller.covers(one))
    assert one.is_valid
    assert not one.intersects(LAND)


def test_a_region_is_what_lies_between_the_numbers() -> None:
    """Against the same rule told point by point: two triangles a square, numbers straight between their corners."""
    patch = around(Water(box(0, 0, 1, 1), 64), 112.0, 12.0, 12)
    dice = np.random.default_rng(4)
    values = dice.integers(0, 1000, patch.wet.shape)
    values[[0, -1], :], values[:, [0, -1]] = BEYOND, BEYOND
    shape = region(patch, values, 500)
    row, column = dice.uniform(2, patch.wet.shape[0] - 3, (2, 4000))
    r, c = row.astype(int), column.astype(int)
    u, v = column - c, row - r
    a, d = values[r, c], values[r + 1, c + 1]
    b = np.where(u >= v, values[r, c + 1], values[r + 1, c])
    here = a * (1 - np.maximum(u, v)) + b * np.abs(u - v) + d * np.minimum(u, v)
    inside = shapely.intersects_xy(shape, (patch.column + column) / 64, (patch.row + row) / 64)
    clear = np.abs(here - 500) > 1000 / 32
    assert (inside == (here <= 500))[clear].all()
    assert 0.3 < inside.mean() < 0.7


def test_a_patch_says_the_same_of_a_place_however_large_it_is() -> None:
    lon, lat = 109.4, 14.95
    small, large = (metres(around(SEA, lon, lat, n), lon, lat) for n in (25, 50))
    inner = large[25:-25, 25:-25]
    within = small <= 20 * 1500
    assert (small[within] == inner[within]).all()


def test_the_margin_is_wider_than_any_rounding() -> None:
    parts = [p.polygon for tile in (SEA.patch(900, 6980, 100, 100),) for c in tile.coasts for p in c.parts]
    assert parts
    assert min(p.distance(LAND) for p in parts) > MARGIN_DEG * 0.9
