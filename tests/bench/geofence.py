"""Which zones hold each fix as it comes in: the fence against shapely's own index, asked point by point."""

from collections.abc import Callable

import numpy as np
import shapely
from fleet import SEA
from goals import Goal, Spent, say, spent_by, take_turns

from geo.fence import Fence

GOAL = 20
ROUNDS = 5
ZONES, VERTICES, WAVES = 20, 2_000, 60
POINTS = 20_000

Point = tuple[float, float]
Ask = Callable[[float, float], tuple[int, ...]]


def draw_zones() -> list[shapely.Polygon]:
    """Zones of the sea with a ragged border each; many overlap."""
    dice = np.random.default_rng(7)
    return [shapely.Polygon(ragged(dice)).buffer(0) for _ in range(ZONES)]


def ragged(dice: np.random.Generator) -> np.ndarray:
    """A ring of VERTICES corners: waves of every length, the long ones high."""
    angle = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    wave = sum(dice.normal() * np.cos(n * angle + dice.uniform(0, 6.28)) / n**1.2 for n in range(1, WAVES))
    reach = dice.uniform(0.5, 1.6) * (1 + 0.12 * wave)
    lon, lat = dice.uniform(107.5, 116.5), dice.uniform(11.5, 18.5)
    return np.column_stack([lon + reach * np.cos(angle), lat + reach * np.sin(angle)])


def draw_points() -> list[Point]:
    """Anywhere on the sea."""
    west, south, east, north = SEA
    return as_points(np.random.default_rng(8).uniform((west, south), (east, north), (POINTS, 2)))


def as_points(coordinates: np.ndarray) -> list[Point]:
    """Pairs of plain numbers, as fixes have them."""
    return [(lon, lat) for lon, lat in coordinates.tolist()]


def by_tree(tree: shapely.STRtree) -> Ask:
    """One point's zones by shapely's index, in ascending order."""
    return lambda lon, lat: tuple(sorted(tree.query(shapely.Point(lon, lat), predicate="intersects").tolist()))


def by_arrays(fence: Fence, points: list[Point]) -> float:
    """Seconds a point when all come at once."""
    lon, lat = np.array(points).T
    return spent_by(lambda: fence.find(lon, lat)).wall / len(points)


def ask_all(ask: Ask, points: list[Point]) -> Spent:
    """Point by point."""

    def work() -> None:
        for lon, lat in points:
            ask(lon, lat)

    return spent_by(work)


def compare(fence: Fence, ask: Ask, points: list[Point]) -> int:
    """How often a point is in a zone, after every answer is shown to be the same."""
    found = [ask(lon, lat) for lon, lat in points]
    assert [fence.zones_at(lon, lat) for lon, lat in points] == found
    assert len(fence.find(*np.array(points).T)[0]) == sum(map(len, found))
    return sum(map(len, found))


def run() -> Goal:
    """The points per second of the fence over those of the index, equal zones for each."""
    zones, points = draw_zones(), draw_points()
    fence, ask = Fence(zones), by_tree(shapely.STRtree(zones))
    held = sum(compare(fence, ask, some) for some in (points, as_points(shapely.get_coordinates(zones)[::20])))
    say(f"geofence: {held} times in a zone, corners too, equal to shapely")
    tree, ours = take_turns([lambda: ask_all(ask, points), lambda: ask_all(fence.zones_at, points)], ROUNDS)
    detail: dict[str, object] = {"zones": ZONES, "vertices": VERTICES, "points": len(points), "rounds": ROUNDS}
    detail["build_is_points_of_the_tree"] = round(spent_by(lambda: Fence(zones)).wall / tree.wall * len(points))
    detail["all_at_once"] = round(tree.wall / len(points) / by_arrays(fence, points))
    return Goal("live geofence / STRtree point by point", tree.wall / ours.wall, GOAL, detail=detail)
