"""Boats drawn by hand: minutes and nautical miles from one place, in a clock of their own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from layers.watch.detect.fixes import Fixes, make_fixes

T0 = 1_790_000_000_000 // 600_000 * 600_000
"""A stroke of ten minutes."""
LON, LAT = 110.0, 15.0
_WIDE = float(np.cos(np.radians(LAT)))

Draw = Callable[..., Fixes]


@pytest.fixture(scope="session")
def draw() -> Draw:
    """`draw(minutes, east_nm, north_nm, boat=…, **columns)`: fixes of one boat; scalars stand for every fix."""

    def make(minutes: Any, east: Any = 0.0, north: Any = 0.0, boat: int = 1, **more: Any) -> Fixes:
        at = np.asarray(minutes, dtype=float)
        lon = LON + np.broadcast_to(np.asarray(east, dtype=float), at.shape) / 60 / _WIDE
        lat = LAT + np.broadcast_to(np.asarray(north, dtype=float), at.shape) / 60
        more = {"vms": True} | more
        return make_fixes(np.full(at.shape, boat), T0 + np.round(at * 60_000).astype(np.int64), lon, lat, **more)

    return make
