"""Tiles against the real database: golden text, neighbours, counts conserved, nothing for those who may not."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import mapbox_vector_tile
import pytest

from geo.errors import NotAllowed
from geo.tilegrid import Tile, tile_at
from layers.access.roles import NOBODY, Role
from layers.access.scope import Scope, scope
from layers.registry import load_layers
from tiles.read import TileReader, tile_pool
from tiles.statement import tile_statement

LAYERS = load_layers()
PutBoat = Callable[[int, float, float], None]
GOLDEN = Path(__file__).parent / "golden"
PROVINCE = (108.6, 15.0)


def tile_text(body: bytes) -> str:
    """Layer, extent, then each feature with its properties and geometry."""
    lines = []
    for name, layer in sorted(mapbox_vector_tile.decode(body).items()):
        lines.append(f"layer {name} extent {layer['extent']}")
        for feature in sorted(layer["features"], key=lambda f: (f.get("id", 0), str(f["properties"]))):
            properties = " ".join(f"{k}={v}" for k, v in sorted(feature["properties"].items()))
            geometry = feature["geometry"]
            lines.append(f"  {feature.get('id', '-')} {properties}")
            lines.append(f"    {geometry['type']} {geometry['coordinates']}")
    return "\n".join(lines) + "\n"


def read(url: str, name: str, role: Role, address: Tile) -> bytes:
    async def once() -> bytes:
        async with tile_pool(url, 2) as pool:
            _, body = await TileReader(pool).read(LAYERS[name], scope(role, LAYERS[name]), 1, address)
            return body

    return asyncio.run(once())


@pytest.mark.parametrize(
    ("name", "address"),
    [("unit", tile_at(*PROVINCE, 6)), ("unit", tile_at(*PROVINCE, 9)), ("background", tile_at(111.9, 16.5, 5))],
    ids=["unit-z6", "unit-z9", "background-z5"],
)
def test_golden_tiles(reading_url: str, name: str, address: Tile) -> None:
    path = GOLDEN / f"{name}-{address.z}-{address.x}-{address.y}.txt"
    text = tile_text(read(reading_url, name, Role.GUEST, address))
    if os.environ.get("BLESS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_point_in_the_neighbours_buffer_is_in_both_tiles(database_url: str, put_boat: PutBoat) -> None:
    here = tile_at(112.0, 14.0, 10)
    east = here.bounds()[2]
    put_boat(1, east - 1e-4, 14.0)
    for address in (here, Tile(here.z, here.x + 1, here.y)):
        decoded = mapbox_vector_tile.decode(read(database_url, "vessel", Role.OFFICER, address))
        assert len(decoded["vessel"]["features"]) == 1


def test_density_conserves_counts_and_names_nobody(database_url: str, put_boat: PutBoat) -> None:
    for number in range(40):
        put_boat(number, 110.0 + number * 0.05, 14.0 + (number % 7) * 0.11)
    squares: dict[tuple[float, float], float] = {}
    for x in range(50, 54):
        for y in range(28, 32):
            body = read(database_url, "vessel", Role.GUEST, Tile(6, x, y))
            for feature in mapbox_vector_tile.decode(body).get("vessel", {}).get("features", []):
                properties = feature["properties"]
                assert set(properties) == {"boats", "west", "south"}
                squares[(properties["west"], properties["south"])] = properties["boats"]
    assert sum(squares.values()) == 40


def test_an_empty_tile_is_no_bytes(reading_url: str) -> None:
    assert read(reading_url, "unit", Role.GUEST, Tile(8, 0, 0)) == b""


def test_who_may_see_nothing_gets_no_statement() -> None:
    with pytest.raises(NotAllowed):
        tile_statement(LAYERS["vessel"], Scope("none", (), None, "x", False))
    assert not NOBODY


def test_equal_requests_are_made_once(reading_url: str) -> None:
    async def many() -> int:
        async with tile_pool(reading_url, 2) as pool:
            reader = TileReader(pool)
            made = 0
            answer = reader._answer

            async def counted(*arguments: object) -> None:
                nonlocal made
                made += 1
                await answer(*arguments)  # type: ignore[arg-type]

            reader._answer = counted  # type: ignore[method-assign]
            layer, seen, address = LAYERS["unit"], scope(Role.GUEST, LAYERS["unit"]), tile_at(*PROVINCE, 8)
            bodies = await asyncio.gather(*(reader.read(layer, seen, 1, address) for _ in range(20)))
            assert len({body for _, body in bodies}) == 1
            await reader.read(layer, seen, 1, address)
            await reader.read(layer, seen, 2, address)
            return made

    assert asyncio.run(many()) == 2
