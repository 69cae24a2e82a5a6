"""Where a storm blows how hard, and when: quadrant-shaped wind fields along a forecast track, on the ellipsoid.

A radius holds in its quadrant of the compass, NE (0° to 90°), SE, SW, NW, as bulletins give it. Between two forecast
points the centre runs along the geodesic at a steady speed and each radius changes linearly. Coordinates are EPSG:4326
degrees, radii metres, times Unix seconds. A radius of 0 or NaN: that wind does not blow in that quadrant.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from geo.ecef import chord_m, to_ecef
from geo.measure import distance_m

Floats: TypeAlias = NDArray[np.float64]

STEP_S = 900.0
"""How finely arrivals are looked for: a storm of 20 knots moves 5 nautical miles meanwhile, and is then refined."""
DRAW_S = 7200.0
ARC_DEG = 5.0
EDGE_DEG = 1e-6
REFINED_S = 15.0
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Field:
    """The forecast of one wind level: n moments (ascending), the centre, and radii (n, 4) for NE, SE, SW, NW."""

    t_s: Floats
    lon: Floats
    lat: Floats
    radii_m: Floats

    def at(self, t_s: ArrayLike) -> "Field":
        """The same storm at other moments, which must lie within the forecast."""
        t = np.atleast_1d(np.asarray(t_s, dtype=float))
        radii = np.nan_to_num(self.radii_m)
        mixed = np.column_stack([np.interp(t, self.t_s, radii[:, quadrant]) for quadrant in range(4)])
        return Field(t, *_along(self, t), mixed)

    def every(self, step_s: float, since_s: float = -np.inf) -> "Field":
        """The storm at every forecast moment from `since_s` on, and in between at most `step_s` apart."""
        first, last = max(float(self.t_s[0]), since_s), float(self.t_s[-1])
        if first > last:
            return self.at(np.empty(0))
        even = np.arange(first, last, step_s)
        own = self.t_s[(self.t_s >= first) & (self.t_s <= last)]
        return self.at(np.unique(np.concatenate([even, own, [last]])))


def _along(field: Field, t: Floats) -> tuple[Floats, Floats]:
    """The centre at moments within the forecast."""
    if len(field.t_s) == 1:
        return np.full(len(t), field.lon[0]), np.full(len(t), field.lat[0])
    leg = np.clip(np.searchsorted(field.t_s, t, "right") - 1, 0, len(field.t_s) - 2)
    azimuth, _, whole = _GEOD.inv(field.lon[leg], field.lat[leg], field.lon[leg + 1], field.lat[leg + 1])
    share = (t - field.t_s[leg]) / (field.t_s[leg + 1] - field.t_s[leg])
    lon, lat, _ = _GEOD.fwd(field.lon[leg], field.lat[leg], azimuth, np.asarray(whole) * share)
    return np.asarray(lon), np.asarray(lat)


def radius_m(radii_m: Floats, bearing: Floats) -> Floats:
    """The radius that holds in each direction: radii (n, 4) and bearings (n,) in degrees from north; 0 for NaN.

    On the edge of two quadrants the wider one holds.
    """
    radii, row = np.nan_to_num(radii_m), np.arange(len(bearing))
    sides = (((bearing + edge) // 90).astype(np.intp) % 4 for edge in (-EDGE_DEG, EDGE_DEG))
    found: Floats = np.maximum(*(radii[row, quadrant] for quadrant in sides))
    return found


def is_inside(field: Field, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Whether each point is within the wind field of its own row of `field`: all of one length, nothing missing."""
    bearing, _, away = _GEOD.inv(field.lon, field.lat, lon, lat)
    reach = radius_m(field.radii_m, np.mod(bearing, 360.0))
    return np.asarray((reach > 0) & (np.asarray(away) <= reach))


def arrival_s(field: Field, lon: ArrayLike, lat: ArrayLike, since_s: float, step_s: float = STEP_S) -> Floats:
    """When the wind first reaches each point, not before `since_s`; NaN where the forecast never does.

    A point in the field at `since_s` is reached at `since_s`. Exact to some seconds; a brush by the edge that is
    shorter than `step_s` may go unseen.
    """
    x, y = (np.atleast_1d(np.asarray(a, dtype=float)) for a in (lon, lat))
    steps, found = field.every(step_s, since_s), np.full(len(x), np.nan)
    open_ = np.flatnonzero(~np.isnan(x) & ~np.isnan(y))
    if not len(steps.t_s) or not len(open_):
        return found
    first = _first_step(steps, x, y, open_)
    hit = np.flatnonzero(first >= 0)
    before = steps.t_s[np.maximum(first[hit] - 1, 0)]
    found[hit] = _refine(field, x[hit], y[hit], before, steps.t_s[first[hit]])
    return found


def _first_step(steps: Field, lon: Floats, lat: Floats, among: NDArray[np.intp]) -> NDArray[np.intp]:
    """The first of the steps at which each point is inside, -1 for none; a point leaves the race when it is reached."""
    first = np.full(len(lon), -1, dtype=np.intp)
    spots, centres = to_ecef(lon, lat), to_ecef(steps.lon, steps.lat)
    widest = steps.radii_m.max(axis=1)
    for n in range(len(steps.t_s)):
        near = among[chord_m(spots[among], centres[n]) <= widest[n]]  # the chord is never longer than the way
        if len(near):
            hit = near[is_inside(_repeat(steps, n, len(near)), lon[near], lat[near])]
            first[hit] = n
            among = among[first[among] < 0]
    return first


def _refine(field: Field, lon: Floats, lat: Floats, outside_s: Floats, inside_s: Floats) -> Floats:
    """Between a moment when points were outside and one when they were inside: when they were reached."""
    low, high = outside_s, inside_s
    while (high - low).max(initial=0.0) > REFINED_S:
        middle = (low + high) / 2
        inside = is_inside(field.at(middle), lon, lat)
        low, high = np.where(inside, low, middle), np.where(inside, middle, high)
    return high


def _repeat(steps: Field, n: int, times: int) -> Field:
    return Field(*(np.repeat(a[n : n + 1], times, axis=0) for a in (steps.t_s, steps.lon, steps.lat, steps.radii_m)))


def nearest_approach(field: Field, lon: ArrayLike, lat: ArrayLike, since_s: float) -> tuple[Floats, Floats]:
    """How near the centre comes to each point from `since_s` on: metres and Unix seconds; NaN once it is over."""
    x, y = (np.atleast_1d(np.asarray(a, dtype=float)) for a in (lon, lat))
    steps = field.every(STEP_S, since_s)
    if not len(steps.t_s) or not len(x):
        return np.full(len(x), np.nan), np.full(len(x), np.nan)
    spots, centres = to_ecef(np.nan_to_num(x), np.nan_to_num(y)), to_ecef(steps.lon, steps.lat)
    nearest = (-2 * spots @ centres.T + (centres**2).sum(axis=1)).argmin(axis=1)  # |p-c|² but for |p|², per point
    metres = distance_m(steps.lon[nearest], steps.lat[nearest], x, y)
    return metres, np.where(np.isnan(metres), np.nan, steps.t_s[nearest])


def sectors(lon: float, lat: float, radii_m: Floats) -> list[shapely.Polygon | None]:
    """The four quarters of one wind field, NE, SE, SW, NW, each of its own radius; None where nothing blows."""
    found: list[shapely.Polygon | None] = []
    for quadrant, reach in enumerate(np.nan_to_num(radii_m)):
        azimuth = 90.0 * quadrant + np.linspace(0, 90, round(90 / ARC_DEG) + 1)
        from_lon, from_lat, way = (np.full(len(azimuth), each) for each in (lon, lat, reach))
        x, y, _ = _GEOD.fwd(from_lon, from_lat, azimuth, way)
        ring = np.vstack([[lon, lat], np.column_stack([x, y])])
        found.append(shapely.Polygon(ring) if reach > 0 else None)
    return found


def outline(lon: float, lat: float, radii_m: Floats) -> shapely.Geometry | None:
    """The ground of one wind field; None where nothing blows."""
    quarters = [each for each in sectors(lon, lat, radii_m) if each is not None]
    return shapely.union_all(quarters) if quarters else None


def swath(field: Field, step_s: float = DRAW_S) -> shapely.Geometry:
    """Everything the wind field passes over along the track.

    A quarter of a disc is convex: between two moments it passes over the hull of where it was and where it is then.
    """
    steps = field.every(step_s)
    rows = zip(steps.lon, steps.lat, steps.radii_m, strict=True)
    quarters = list(zip(*(sectors(*row) for row in rows), strict=True))
    passed = [each for quarter in quarters for each in quarter if each is not None]
    for quarter in quarters:
        pairs = [pair for pair in pairwise(quarter) if None not in pair]
        passed += [shapely.union_all(pair).convex_hull for pair in pairs]
    return shapely.union_all(passed)
