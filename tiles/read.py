"""Run tile statements: cached by version and scope, equal requests made once, each bounded in time."""

import asyncio
import contextlib
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from geo.tilegrid import Tile
from layers.access.scope import Scope
from layers.bunches import is_bunched_at
from layers.database import STATEMENT_TIMEOUT_MS, libpq_url
from layers.spec import Layer
from tiles.cache import Key, tile_cache
from tiles.statement import tile_statement


async def _read_only(connection: AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)
    await connection.execute("SET default_transaction_read_only = on")
    await connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")


def tile_pool(url: str, size: int) -> AsyncConnectionPool[AsyncConnection[Any]]:
    """Read-only connections for tiles alone, so that a flood of tiles cannot starve the rest."""
    return AsyncConnectionPool(libpq_url(url), min_size=1, max_size=size, open=False, configure=_read_only)


class TileReader:
    """Gives tiles; `b""` is an empty tile."""

    def __init__(self, pool: AsyncConnectionPool[AsyncConnection[Any]], megabytes: int = 64) -> None:
        self._pool = pool
        self._cache = tile_cache(megabytes)
        self._flying: dict[Key, asyncio.Future[bytes]] = {}

    async def read(self, layer: Layer, scope: Scope, version: int, tile: Tile) -> tuple[Key, bytes]:
        """The tile's key and bytes as this scope sees them."""
        key: Key = (layer.name, version, scope.digest, tile.z, tile.x, tile.y)
        body = self._cache.get(key)
        if body is None:
            body = await self._once(key, layer, scope, tile)
        return key, body

    async def _once(self, key: Key, layer: Layer, scope: Scope, tile: Tile) -> bytes:
        flying = self._flying.get(key)
        if flying is not None:
            return await asyncio.shield(flying)
        task = asyncio.ensure_future(self._fetch(layer, scope, tile))
        self._flying[key] = task
        try:
            body = await asyncio.shield(task)
        finally:
            self._flying.pop(key, None)
        with contextlib.suppress(ValueError):  # more than the whole cache may hold
            self._cache[key] = body
        return body

    async def _fetch(self, layer: Layer, scope: Scope, tile: Tile) -> bytes:
        statement = tile_statement(layer, scope, bunched=is_bunched_at(layer, tile.z))
        parameters = statement.constants | {"z": tile.z, "x": tile.x, "y": tile.y}
        async with self._pool.connection() as connection:
            cursor = await connection.execute(statement.sql, parameters, prepare=True, binary=True)
            row = await cursor.fetchone()
        return bytes(row[0]) if row and row[0] else b""
