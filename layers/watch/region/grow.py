"""The region of one boat: its water once measured from the last fix, cut at the reach of any elapsed time."""

from dataclasses import dataclass
from math import ceil, cos, floor, radians
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.measure import METRES_PER_NM
from geo.sailing import Sailed, sail
from geo.sublevel import BEYOND, region
from geo.water import Patch, Water
from layers.watch.region.model import DRIFTING, INNER, OUTER, Model

DEG_NM = 60.0
AROUND = 4
"""Nodes of sea around the farthest reach: what lies beyond is never asked for."""


@dataclass(frozen=True)
class LastFix:
    """Where a boat was last heard (EPSG:4326), how fast and on which course: None when nobody said."""

    lon: float
    lat: float
    speed_kn: float | None = None
    course_deg: float | None = None


@dataclass(frozen=True)
class Around:
    """The sea around a last fix: by node of the patch, the metres of reach (whole numbers) from which it belongs."""

    model: Model
    fix: LastFix
    behaviour: str
    patch: Patch
    metres: NDArray[np.int64]
    until_s: float

    def shape(self, share: int, elapsed_s: float) -> Any:
        """The region (EPSG:4326) that holds `share` of 100 such boats after that time, at most `until_s`."""
        return region(self.patch, self.metres, self.reach_m(share, min(elapsed_s, self.until_s)))

    def reach_m(self, share: int, elapsed_s: float) -> int:
        """The reach after that time, in metres."""
        return self.model.reach_m(self.behaviour, share, elapsed_s, self.fix.speed_kn)

    def reached_s(self, lines: Any) -> float | None:
        """Seconds after the last fix from which the wider region touches some lines; None: not within `until_s`."""
        near = shapely.intersection(lines, shapely.box(*self._box()))
        if shapely.is_empty(near):
            return None
        xy = shapely.get_coordinates(shapely.segmentize(near, self.patch.step_deg / 2))
        column, row = (np.rint(xy[:, n] / self.patch.step_deg).astype(np.intp) for n in (0, 1))
        least = int(self.metres[row - self.patch.row, column - self.patch.column].min())
        when = self.model.when_s(self.behaviour, OUTER, least, self.fix.speed_kn)
        return when if when is not None and when <= self.until_s else None

    def _box(self) -> tuple[float, float, float, float]:
        lons, lats = self.patch.lons, self.patch.lats
        return lons[0], lats[0], lons[-1], lats[-1]


def look_around(water: Water, model: Model, fix: LastFix, until_s: float) -> Around:
    """Measure the water around a last fix as far as its boat can have come until then."""
    behaviour = model.behaviour_of(fix.speed_kn)
    most_m = model.reach_m(behaviour, OUTER, until_s, fix.speed_kn)
    patch = patch_around(water, fix, most_m / METRES_PER_NM / DEG_NM)
    sailed = sail(patch, fix.lon, fix.lat, most_m + 2 * patch.step_deg * DEG_NM * METRES_PER_NM)
    return Around(model, fix, behaviour, patch, _needed(model, behaviour, fix, sailed), until_s)


def needed_m(model: Model, behaviour: str, fix: LastFix, sailed: Sailed) -> NDArray[np.float64]:
    """The reach from which each node belongs: its way by water, longer where it lies off the course.

    What is adrift points nowhere.
    """
    if fix.course_deg is None or behaviour == DRIFTING:
        return sailed.metres
    off = sailed.bearing - radians(fix.course_deg)
    return np.asarray(sailed.metres / model.behaviours[behaviour].shape.share(off, sailed.metres))


def _needed(model: Model, behaviour: str, fix: LastFix, sailed: Sailed) -> NDArray[np.int64]:
    metres = needed_m(model, behaviour, fix, sailed)
    return np.where(np.isfinite(metres), np.rint(np.where(np.isfinite(metres), metres, 0)), BEYOND).astype(np.int64)


def patch_around(water: Water, fix: LastFix, far_deg: float) -> Patch:
    """The sea so many degrees of latitude around a last fix."""
    step = water.step_deg
    rows = ceil(far_deg / step) + AROUND
    columns = ceil(far_deg / step / cos(radians(min(abs(fix.lat) + far_deg, 60.0)))) + AROUND
    return water.patch(floor(fix.lat / step) - rows, floor(fix.lon / step) - columns, 2 * rows + 2, 2 * columns + 2)


def rings(around: Around, elapsed_s: float) -> dict[int, Any]:
    """The two nested regions after that time, by the share of 100 they hold."""
    return {share: around.shape(share, elapsed_s) for share in (INNER, OUTER)}
