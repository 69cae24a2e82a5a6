"""Points of the ellipsoid as points in space: straight distances to many places at once, never longer than the way."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

_A = 6_378_137.0
_E2 = 0.006_694_379_990_14


def to_ecef(lon: Floats, lat: Floats) -> Floats:
    """(n, 3) metres, earth-centred, of WGS 84 degrees at height 0."""
    lam, phi = np.radians(lon), np.radians(lat)
    normal = _A / np.sqrt(1 - _E2 * np.sin(phi) ** 2)
    flat = normal * np.cos(phi)
    return np.column_stack([flat * np.cos(lam), flat * np.sin(lam), normal * (1 - _E2) * np.sin(phi)])


def chord_m(points: Floats, place: Floats) -> Floats:
    """Straight metres from (n, 3) points to one place (3,)."""
    metres: Floats = np.sqrt(((points - place) ** 2).sum(axis=1))
    return metres
