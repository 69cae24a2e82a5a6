"""Tile addresses of the Web Mercator grid: which exist, and what ground they cover."""

from dataclasses import dataclass

import morecantile

from geo.errors import BadInput

MAX_ZOOM = 18
EXTENT = 4096
BUFFER = 64
_GRID = morecantile.tms.get("WebMercatorQuad")


@dataclass(frozen=True)
class Tile:
    """One address z/x/y that exists: 0 ≤ z ≤ 18, 0 ≤ x, y < 2^z."""

    z: int
    x: int
    y: int

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        box = _GRID.bounds(morecantile.Tile(self.x, self.y, self.z))
        return (box.left, box.bottom, box.right, box.top)


def tile(z: int, x: int, y: int) -> Tile:
    """The tile, or BadInput naming the number that is out of range."""
    if not 0 <= z <= MAX_ZOOM:
        raise BadInput(f"z={z}: use a zoom from 0 to {MAX_ZOOM}", field="z")
    for name, value in (("x", x), ("y", y)):
        if not 0 <= value < 1 << z:
            raise BadInput(f"{name}={value}: at z={z} use 0 to {(1 << z) - 1}", field=name)
    return Tile(z, x, y)


def tile_at(lon: float, lat: float, z: int) -> Tile:
    """The tile holding a point given in degrees."""
    found = _GRID.tile(lon, lat, z)
    return Tile(found.z, found.x, found.y)
