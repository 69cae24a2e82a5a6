"""Which tiles a benchmark asks for, and what is in them."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mapbox_vector_tile
from serving import Served

from geo.tilegrid import EXTENT, Tile, tile_at

TILES = 2_000
Box = tuple[float, float, float, float]
Feature = dict[str, Any]


def addresses(zooms: Sequence[int], box: Box, middle: tuple[float, float]) -> list[Tile]:
    """Tiles over a box, an equal share per zoom, half of them about the middle."""
    dice = random.Random(5)
    west, south, east, north = box
    found = []
    for number in range(TILES):
        near = dice.gauss(middle[0], (east - west) / 12), dice.gauss(middle[1], (north - south) / 12)
        lon, lat = (dice.uniform(west, east), dice.uniform(south, north)) if number % 2 else near
        found.append(tile_at(lon, lat, zooms[number // 2 % len(zooms)]))
    return found


def sample(tiles: Sequence[Tile], size: int) -> list[Tile]:
    """Some of the tiles, of every zoom, each once."""
    return list(dict.fromkeys(tiles[:: max(1, len(tiles) // size)]))[:size]


def path_of(layer: str, tile: Tile) -> str:
    """Where ours is asked for a tile."""
    return f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt"


def write_paths(path: Path, paths: Sequence[str]) -> Path:
    """The paths as wrk reads them."""
    path.write_text("\n".join(paths))
    return path


def ask(server: Served, path: str) -> bytes:
    """One tile."""
    status, body, _ = server.get(path)
    assert status in (200, 204), f"{path}: {status}"
    return body


def features(body: bytes) -> dict[str, list[Feature]]:
    """Every feature, by vector layer."""
    return {name: part["features"] for name, part in mapbox_vector_tile.decode(body).items()} if body else {}


def is_inside(feature: Feature) -> bool:
    """Whether a point lies in the tile itself, and neither in its margin nor on its border."""
    left, top = feature["geometry"]["coordinates"]
    return 0 < left < EXTENT and 0 < top < EXTENT
