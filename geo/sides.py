"""The two sides of a line across the sea, and how far and how long it is to the line.

Work is done on Mercator degrees, where a constant course is a straight line and small shapes keep their angles; the
distances are those of the ellipsoid. Coordinates in and out are EPSG:4326 degrees.
"""

from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import LineString, Polygon
from shapely.ops import split

from geo.errors import BadInput
from geo.measure import METRES_PER_NM, distance_m

Floats = NDArray[np.float64]

_TENTH = 0.1
LEAST_METRES_PER_DEG = 85_000.0
"""Of a degree of longitude at 40°: no place we look at has fewer."""


def far_side(line: LineString, home: tuple[float, float], reach_deg: float = 20.0) -> Any:
    """The waters beyond a line, seen from a place on this side of it (longitude, latitude).

    The line's ends go on straight as its first and last tenth point, and the waters reach `reach_deg` from it. The line
    itself is not beyond it: ask with `beyond`. BadInput when the line does not part its surroundings in two, or home is
    on it.
    """
    ends = np.asarray(line.coords)[:, :2]
    back = [np.asarray(line.interpolate(share, normalized=True).coords[0])[:2] for share in (_TENTH, 1 - _TENTH)]
    out = [_go_on(back[0], ends[0], reach_deg), *ends, _go_on(back[1], ends[-1], reach_deg)]
    long = LineString(out)
    west, south, east, north = shapely.union(line, shapely.Point(home)).bounds
    box = shapely.box(west - reach_deg, south - reach_deg, east + reach_deg, north + reach_deg)
    parts = list(split(box, long).geoms)
    beyond = [part for part in parts if not shapely.intersects(part, shapely.Point(home))]
    if line.is_ring or not long.is_simple or len(beyond) != len(parts) - 1 or not beyond:
        raise BadInput("line: it must part the sea in two, with home on one side", field="line")
    found = shapely.union_all(beyond)
    shapely.prepare(found)
    return found


def _go_on(before: Floats, end: Floats, reach_deg: float) -> Floats:
    """From an end straight on, away from the point before it."""
    step = end - before
    found: Floats = end + step / np.hypot(*step) * 2 * reach_deg
    return found


def beyond(side: Any, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Which points are beyond the line; a point on the line is not, nor is a missing one."""
    found: NDArray[np.bool_] = shapely.contains_xy(side, np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    return found


class Line:
    """A line, ready to be asked how far and how long it is to it."""

    def __init__(self, line: LineString | Polygon) -> None:
        self._line = shapely.transform(line, lambda xy: np.column_stack(_mercator(xy[:, 0], xy[:, 1])))
        shapely.prepare(self._line)

    def distance_m(self, lon: Floats, lat: Floats, within_m: float) -> Floats:
        """Metres to the nearest point of the line; infinite where it is farther than `within_m`."""
        x, y = _mercator(lon, lat)
        found = np.full(len(x), np.inf)
        points = shapely.points(x, y)
        reach = within_m / LEAST_METRES_PER_DEG
        near = np.flatnonzero(shapely.dwithin(self._line, points, reach)) if len(x) else np.zeros(0, np.intp)
        if len(near):
            foot = shapely.get_coordinates(shapely.shortest_line(points[near], self._line))[1::2]
            metres = distance_m(lon[near], lat[near], foot[:, 0], _latitude(foot[:, 1]))
            found[near] = np.where(metres <= within_m, metres, np.inf)
        return found

    def time_s(self, lon: Floats, lat: Floats, sog_kn: Floats, cog_deg: Floats, within_s: float) -> Floats:
        """Seconds to the line on the present course at the present speed; infinite where it is not met in time."""
        x, y = _mercator(lon, lat)
        found = np.full(len(x), np.inf)
        reach = sog_kn * (within_s / 3600) / 60 / np.cos(np.radians(lat))
        going = np.flatnonzero(np.nan_to_num(reach) * np.isfinite(cog_deg) > 0)
        if not len(going):
            return found
        turn = np.radians(cog_deg[going])
        ends = x[going] + reach[going] * np.sin(turn), y[going] + reach[going] * np.cos(turn)
        starts = shapely.points(x[going], y[going])
        rays = shapely.linestrings(np.stack([np.column_stack([x[going], y[going]]), np.column_stack(ends)], axis=1))
        met = np.flatnonzero(shapely.intersects(self._line, rays))
        hits = shapely.intersection(rays[met], self._line)
        found[going[met]] = shapely.distance(starts[met], hits) / reach[going[met]] * within_s
        return found


def _mercator(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Degrees to Mercator degrees on the sphere."""
    north = np.degrees(np.log(np.tan(np.pi / 4 + np.radians(np.asarray(lat, dtype=float)) / 2)))
    return np.asarray(lon, dtype=float), north


def _latitude(north: Floats) -> Floats:
    return np.degrees(2 * np.arctan(np.exp(np.radians(north))) - np.pi / 2)


def nm_of(metres: Floats) -> Floats:
    """Metres to nautical miles."""
    return metres / METRES_PER_NM
