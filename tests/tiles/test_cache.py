"""The memory for tiles is bounded; a tile that does not fit is given all the same."""

import asyncio

from geo.tilegrid import Tile, tile_at
from layers.access.roles import Role
from layers.access.scope import scope
from layers.registry import load_layers
from tiles.read import TileReader, tile_pool

UNIT = load_layers()["unit"]


def read_twice(url: str, megabytes: int, address: Tile) -> tuple[bytes, bytes]:
    async def both() -> tuple[bytes, bytes]:
        async with tile_pool(url, 1) as pool:
            reader = TileReader(pool, megabytes)
            seen = scope(Role.GUEST, UNIT)
            return (await reader.read(UNIT, seen, 1, address))[1], (await reader.read(UNIT, seen, 1, address))[1]

    return asyncio.run(both())


def test_no_cache_at_all_still_gives_tiles(database_url: str) -> None:
    address = tile_at(108.6, 15.0, 9)
    first, second = read_twice(database_url, 0, address)
    assert first
    assert first == second == read_twice(database_url, 64, address)[0]
