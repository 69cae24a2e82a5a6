"""The fence against shapely itself: the same zones for every point, on borders and corners too."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.fence import Fence

SQUARE = shapely.box(108, 14, 109, 15)
HOLED = shapely.Polygon(
    shapely.box(107, 13, 110, 16).exterior.coords, [shapely.box(108.2, 14.2, 108.4, 14.4).exterior.coords]
)


def star(seed: int, corners: int) -> shapely.Polygon:
    """A polygon that never crosses itself: corners around a middle, each at its own distance."""
    dice = np.random.default_rng(seed)
    angles = np.sort(dice.uniform(0, 2 * np.pi, corners))
    reach = dice.uniform(0.02, 0.6, corners)
    lon, lat = dice.uniform(107, 110), dice.uniform(13, 16)
    made = shapely.Polygon(np.column_stack([lon + reach * np.cos(angles), lat + reach * np.sin(angles)]))
    return made if made.is_valid else shapely.make_valid(made)


def telling_points(zones: list[shapely.Geometry], seed: int) -> np.ndarray:
    """Anywhere, on every corner, on every edge, and a hair beside the lines of the grid."""
    dice = np.random.default_rng(seed)
    corners = np.concatenate([shapely.get_coordinates(zone) for zone in zones])
    between = np.concatenate([(shapely.get_coordinates(z)[1:] + shapely.get_coordinates(z)[:-1]) / 2 for z in zones])
    west, south, east, north = shapely.total_bounds(zones)
    steps = np.arange(40) * 0.02
    lines = np.column_stack([west + steps, south + steps])
    anywhere = dice.uniform((west - 0.1, south - 0.1), (east + 0.1, north + 0.1), (300, 2))
    beside = np.concatenate([np.nextafter(lines, np.inf), np.nextafter(lines, -np.inf)])
    return np.concatenate([corners, between, lines, beside, anywhere, [[west, south], [east, north]]])


def by_shapely(zones: list[shapely.Geometry], xy: np.ndarray) -> list[tuple[int, ...]]:
    tests = [shapely.intersects_xy(zone, xy[:, 0], xy[:, 1]) for zone in zones]
    return [tuple(int(n) for n in np.flatnonzero(row)) for row in np.array(tests).T]


def by_array(fence: Fence, xy: np.ndarray) -> list[tuple[int, ...]]:
    found: list[list[int]] = [[] for _ in xy]
    for point, zone in zip(*fence.find(xy[:, 0], xy[:, 1]), strict=True):
        found[point].append(int(zone))
    return [tuple(zones) for zones in found]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(3, 40)), min_size=1, max_size=6), st.integers(0, 10**6))
def test_it_equals_shapely_everywhere(drawn: list[tuple[int, int]], seed: int) -> None:
    zones: list[shapely.Geometry] = [star(*each) for each in drawn] + [HOLED]
    xy = telling_points(zones, seed)
    fence = Fence(zones)
    expected = by_shapely(zones, xy)
    assert [fence.zones_at(lon, lat) for lon, lat in xy.tolist()] == expected
    assert by_array(fence, xy) == expected


@pytest.mark.parametrize("cell_deg", [0.0001, 0.3, 100.0])
def test_the_size_of_its_cells_changes_no_answer(cell_deg: float) -> None:
    zones = [SQUARE, HOLED, star(7, 30)]
    xy = telling_points(zones, 3)
    assert by_array(Fence(zones, cell_deg), xy) == by_shapely(zones, xy)


def test_a_border_belongs_to_its_zone_and_zones_may_overlap() -> None:
    fence = Fence([SQUARE, HOLED])
    assert fence.zones_at(108, 14.5) == (0, 1)
    assert fence.zones_at(109, 15) == (0, 1)
    assert fence.zones_at(107, 13) == (1,)
    assert fence.zones_at(108.3, 14.3) == (0,)
    assert fence.zones_at(108.2, 14.3) == (0, 1)


@pytest.mark.parametrize("where", [(np.nan, 14.5), (108.5, np.nan), (106.9, 14.5), (np.inf, 14.5)])
def test_a_point_that_is_missing_or_outside_is_in_none(where: tuple[float, float]) -> None:
    fence = Fence([SQUARE, HOLED])
    assert fence.zones_at(*where) == ()
    assert by_array(fence, np.array([where])) == [()]


@pytest.mark.parametrize("make", [lambda: [], lambda: [None, shapely.Polygon()]])
def test_a_fence_without_ground_holds_nothing(make: Callable[[], list[shapely.Geometry | None]]) -> None:
    fence = Fence(make())
    assert fence.zones_at(108, 15) == ()
    assert by_array(fence, np.array([[108.0, 15.0], [np.nan, 1.0]])) == [(), ()]
    assert Fence([None, SQUARE]).zones_at(108.5, 14.5) == (1,)
