"""Points drawn together: nobody lost, nobody counted twice, one alone stays itself, and only what a role may see."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mapbox_vector_tile
import psycopg
import pytest

from geo.tilegrid import EXTENT, Tile, tile_at
from layers.access.roles import OFFICERS, Role
from layers.access.scope import scope
from layers.bunches import SQUARES, is_bunched, refresh_bunches
from layers.registry import load_layers
from layers.spec import Layer
from tiles.read import TileReader, tile_pool
from tiles.tilejson import tilejson

LAYER = load_layers()["fishing_port"]
BOX = (105.5, 6.5, 117.5, 21.5)
_PUT = """
INSERT INTO fishing_port (id, code, content_hash, source_id, delivery_id, t, heard_at, name, radius_m, geom)
VALUES (%s, 'P' || %s, 0, 1, 1, now(), now(), 'Bến ' || %s, 50, ST_SetSRID(ST_MakePoint(%s, %s), 4326))
"""

Point = tuple[float, float]
Feature = dict[str, Any]
Put = Callable[[list[Point]], None]


@pytest.fixture
def put(connection: psycopg.Connection) -> Put:
    def put_all(points: list[Point]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(_PUT, [(n, n, n, *point) for n, point in enumerate(points, 1)])
        refresh_bunches(connection, LAYER)

    return put_all


def read(url: str, tiles: list[Tile], role: Role = Role.GUEST, layer: Layer = LAYER) -> dict[Tile, list[Feature]]:
    """The features of each tile, as a client reads them."""

    async def bodies() -> list[bytes]:
        async with tile_pool(url, 2) as pool:
            reader = TileReader(pool)
            return [(await reader.read(layer, scope(role, layer), 1, tile))[1] for tile in tiles]

    decode = mapbox_vector_tile.decode
    found = [decode(b, default_options={"y_coord_down": True}) if b else {} for b in asyncio.run(bodies())]
    return {t: part[layer.name]["features"] if part else [] for t, part in zip(tiles, found, strict=True)}


def around(points: list[Point], z: int) -> list[Tile]:
    """The tiles that hold a point and all their neighbours."""
    held = {tile_at(*point, z) for point in points}
    steps = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    near = {(t.x + dx, t.y + dy) for t in held for dx, dy in steps}
    return [Tile(z, x, y) for x, y in sorted(near) if 0 <= x < 1 << z and 0 <= y < 1 << z]


def anywhere(seed: int) -> list[Point]:
    """Points alone and in crowds, some exactly on the borders and corners of tiles of the zooms looked at."""
    dice = random.Random(seed)
    west, south, east, north = BOX
    points = [(dice.uniform(west, east), dice.uniform(south, north)) for _ in range(60)]
    points += [(dice.gauss(108.9, 0.1), dice.gauss(15.1, 0.1)) for _ in range(80)]
    for z in (6, 7, 8, 9):
        for lon, lat in points[:5]:
            left, bottom, right, top = tile_at(lon, lat, z).bounds()
            points += [(left, lat), (right, lat), (lon, top), (lon, bottom), (left, top), (right, bottom)]
    return points


@pytest.mark.parametrize("seed", range(3))
def test_every_zoom_counts_every_point_once(database_url: str, put: Put, seed: int) -> None:
    points = anywhere(seed)
    put(points)
    for z in (0, 3, 6, 7, 8, 9):
        tiles = read(database_url, around(points, z))
        features = [feature for inside in tiles.values() for feature in inside]
        assert sum(f["properties"]["count"] for f in features) == len(points), z
        for feature in features:
            left, top = feature["geometry"]["coordinates"]
            assert 0 <= left < EXTENT, "beyond the tile: some maps would not draw it"
            assert 0 <= top < EXTENT
        alone = [f["id"] for f in features if f["properties"]["count"] == 1]
        assert len(set(alone)) == len(alone)


def test_a_tile_holds_one_sign_a_square_at_its_points_mean(database_url: str, put: Put) -> None:
    here = tile_at(109.0, 15.0, 8)
    west, south, east, north = here.bounds()
    at = [(west + (east - west) * share, (south + north) / 2) for share in (0.01, 0.05, 0.9)]
    put(at)
    two, one = sorted(read(database_url, [here])[here], key=lambda f: -f["properties"]["count"])
    assert two["properties"] == {"count": 2}
    assert "id" not in two or two["id"] == 0
    assert two["geometry"]["coordinates"][0] == pytest.approx(EXTENT * 0.03, abs=1)
    assert two["geometry"]["coordinates"][0] < EXTENT / SQUARES
    assert one["geometry"]["coordinates"][0] == pytest.approx(EXTENT * 0.9, abs=1)


def test_one_alone_keeps_its_id_and_fields(database_url: str, put: Put) -> None:
    put([(109.0, 15.0), (109.0, 18.0), (109.0001, 18.0001)])
    (one,) = read(database_url, [tile_at(109.0, 15.0, 8)]).popitem()[1]
    assert one["id"] == 1
    assert one["properties"] == {"count": 1, "code": "P1", "name": "Bến 1", "radius_m": 50}


def test_one_alone_keeps_back_what_a_role_may_not_see(database_url: str, put: Put) -> None:
    secret = tuple(replace(f, read_by=OFFICERS) if f.name == "name" else f for f in LAYER.fields)
    layer = replace(LAYER, fields=secret)
    put([(109.0, 15.0)])
    here = tile_at(109.0, 15.0, 8)
    shown = {
        role: read(database_url, [here], role, layer)[here][0]["properties"] for role in (Role.GUEST, Role.OFFICER)
    }
    assert "name" not in shown[Role.GUEST]
    assert shown[Role.OFFICER]["name"] == "Bến 1"


def test_from_near_every_point_is_itself(database_url: str, put: Put) -> None:
    put([(109.0, 15.0), (109.0001, 15.0001)])
    here = tile_at(109.0, 15.0, LAYER.style.thin_below)
    assert [sorted(f["properties"]) for f in read(database_url, [here])[here]] == [["code", "name", "radius_m"]] * 2


def test_a_fact_that_is_superseded_leaves_its_bunch(
    database_url: str, put: Put, connection: psycopg.Connection
) -> None:
    put([(109.0, 15.0), (109.0001, 15.0001)])
    connection.execute("UPDATE fishing_port SET superseded_at = now() WHERE id = 2")
    refresh_bunches(connection, LAYER)
    (left,) = read(database_url, [tile_at(109.0, 15.0, 7)]).popitem()[1]
    assert (left["id"], left["properties"]["count"]) == (1, 1)


def test_a_layer_may_ask_never_to_be_bunched(database_url: str, put: Put) -> None:
    plain = replace(LAYER, style=replace(LAYER.style, thin_below=0))
    assert is_bunched(LAYER)
    assert not is_bunched(plain)
    assert "count" not in tilejson(plain, scope(Role.GUEST, plain), 1)["vector_layers"][0]["fields"]
    put([(109.0, 15.0), (109.0001, 15.0001)])
    here = tile_at(109.0, 15.0, 7)
    assert [f["id"] for f in read(database_url, [here], layer=plain)[here]] == [1, 2]
