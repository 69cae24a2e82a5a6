"""Run tile statements: cached by version and scope, equal requests made once, each bounded in time."""

import asyncio
import contextlib
from collections import deque
from typing import Any, NamedTuple

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from geo.tilegrid import Tile
from layers.access.scope import Scope
from layers.bunches import is_bunched_at
from layers.database import STATEMENT_TIMEOUT_MS, libpq_url
from layers.spec import Layer
from tiles.cache import Key, tile_cache
from tiles.statement import TileSQL, tile_statement

TileConnection = AsyncConnection[Any]


async def _read_only(connection: TileConnection) -> None:
    await connection.set_autocommit(True)
    await connection.execute("SET default_transaction_read_only = on")
    await connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")


def tile_pool(url: str, size: int) -> AsyncConnectionPool[TileConnection]:
    """Read-only connections for tiles alone, so that a flood of tiles cannot starve the rest."""
    return AsyncConnectionPool(libpq_url(url), min_size=1, max_size=size, open=False, configure=_read_only)


class _Asked(NamedTuple):
    key: Key
    statement: TileSQL
    tile: Tile
    answer: asyncio.Future[bytes]


class TileReader:
    """Gives tiles; `b""` is an empty tile.

    Tiles wait in one line for as many readers as the pool has connections; a reader keeps its connection while
    anybody waits, since to hand it back for every tile costs a third of the work here.
    """

    def __init__(self, pool: AsyncConnectionPool[TileConnection], megabytes: int = 64) -> None:
        self._pool = pool
        self._cache = tile_cache(megabytes)
        self._flying: dict[Key, asyncio.Future[bytes]] = {}
        self._line: deque[_Asked] = deque()
        self._readers = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def read(self, layer: Layer, scope: Scope, version: int, tile: Tile) -> tuple[Key, bytes]:
        """The tile's key and bytes as this scope sees them."""
        key: Key = (layer.name, version, scope.digest, tile.z, tile.x, tile.y)
        body = self._cache.get(key)
        if body is None:
            answer = self._flying.get(key)
            if answer is None:
                answer = self._ask(key, tile_statement(layer, scope, bunched=is_bunched_at(layer, tile.z)), tile)
            body = await asyncio.shield(answer)  # who goes away leaves it to the others
        return key, body

    def _ask(self, key: Key, statement: TileSQL, tile: Tile) -> asyncio.Future[bytes]:
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())  # also when nobody waits any more
        self._flying[key] = answer
        self._line.append(_Asked(key, statement, tile, answer))
        if self._readers < self._pool.max_size:
            self._readers += 1
            task = asyncio.create_task(self._read_on())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return answer

    async def _read_on(self) -> None:
        """Answer until nobody waits; between the last look at the line and leaving, nobody can join it."""
        try:
            while self._line:
                await self._answer_all()
        finally:
            self._readers -= 1

    async def _answer_all(self) -> None:
        """Answer over one connection while it holds; without a connection, say so to all who wait."""
        try:
            async with self._pool.connection() as connection:
                while self._line and not connection.broken:
                    await self._answer(connection, self._line.popleft())
        except Exception as error:  # whatever it is, those who wait must hear of it
            while self._line:
                self._refuse(self._line.popleft(), error)

    async def _answer(self, connection: TileConnection, asked: _Asked) -> None:
        try:
            body = await _run(connection, asked)
        except Exception as error:  # it is the answer of those who asked for this tile, and of nobody else
            self._refuse(asked, error)
            return
        with contextlib.suppress(ValueError):  # more than the whole cache may hold
            self._cache[asked.key] = body
        del self._flying[asked.key]
        asked.answer.set_result(body)

    def _refuse(self, asked: _Asked, error: Exception) -> None:
        del self._flying[asked.key]
        asked.answer.set_exception(error)


async def _run(connection: TileConnection, asked: _Asked) -> bytes:
    tile = asked.tile
    parameters = asked.statement.constants | {"z": tile.z, "x": tile.x, "y": tile.y}
    cursor = await connection.execute(asked.statement.sql, parameters, prepare=True, binary=True)
    row = await cursor.fetchone()
    return bytes(row[0]) if row and row[0] else b""
