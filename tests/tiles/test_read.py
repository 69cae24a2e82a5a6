"""The line before the readers: everybody is answered, whatever fails, whoever goes away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from geo.tilegrid import Tile
from layers.access.roles import Role
from layers.access.scope import scope
from layers.registry import load_layers
from tiles import read
from tiles.read import TileReader, tile_pool
from tiles.statement import TileSQL

UNIT = load_layers()["unit"]
SEEN = scope(Role.GUEST, UNIT)
TILES = [Tile(8, 204 + n % 4, 116 + n // 4) for n in range(12)]

Use = Callable[[TileReader], Awaitable[Any]]


def with_reader(url: str, size: int, use: Use) -> Any:
    async def run() -> Any:
        async with tile_pool(url, size) as pool:
            return await asyncio.wait_for(use(TileReader(pool, 1)), 60)

    return asyncio.run(run())


async def ask(reader: TileReader, tile: Tile, version: int = 1) -> bytes:
    return (await reader.read(UNIT, SEEN, version, tile))[1]


@pytest.mark.parametrize("size", [1, 3])
def test_a_crowd_and_late_comers_are_all_answered(reading_url: str, size: int) -> None:
    async def use(reader: TileReader) -> list[list[bytes]]:
        return [await asyncio.gather(*(ask(reader, tile, turn) for tile in TILES)) for turn in range(20)]

    first, *others = with_reader(reading_url, size, use)
    assert any(first)
    assert all(answers == first for answers in others)


def test_one_tile_that_fails_is_nobody_elses_trouble(reading_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    good = read.tile_statement

    def spoilt(*given: Any, **more: Any) -> TileSQL:
        made = good(*given, **more)
        spoilt = "CASE WHEN %(x)s = 205 THEN (1 / (%(x)s::int4 - 205))::text::bytea ELSE"
        return TileSQL(f"SELECT {spoilt} ({made.sql}) END", made.constants)

    monkeypatch.setattr(read, "tile_statement", spoilt)

    async def use(reader: TileReader) -> list[Any]:
        return await asyncio.gather(*(ask(reader, tile) for tile in TILES), return_exceptions=True)

    answers = with_reader(reading_url, 2, use)
    failed = [isinstance(answer, psycopg.errors.DivisionByZero) for answer in answers]
    assert failed == [tile.x == 205 for tile in TILES]


def test_a_connection_that_breaks_is_replaced(database_url: str) -> None:
    async def use(reader: TileReader) -> list[Any]:
        before = await ask(reader, TILES[5])
        with psycopg.connect(read.libpq_url(database_url), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        answers = await asyncio.gather(*(ask(reader, tile, 2) for tile in TILES), return_exceptions=True)
        return [before, await ask(reader, TILES[5], 3), answers]

    before, after, between = with_reader(database_url, 1, use)
    assert after == before
    assert sum(isinstance(answer, psycopg.OperationalError) for answer in between) <= 1


def test_without_a_database_everybody_hears_of_it() -> None:
    async def run() -> list[Any]:
        pool = tile_pool("postgresql://nobody@/nowhere?host=/nowhere", 2)
        pool.timeout = 0.2
        await pool.open()
        try:
            reader = TileReader(pool, 1)
            return await asyncio.gather(*(ask(reader, tile) for tile in TILES), return_exceptions=True)
        finally:
            await pool.close()

    assert all(isinstance(answer, PoolTimeout) for answer in asyncio.run(run()))


def test_who_goes_away_takes_nobody_along(reading_url: str) -> None:
    async def use(reader: TileReader) -> bytes:
        impatient = asyncio.create_task(ask(reader, TILES[5]))
        patient = asyncio.create_task(ask(reader, TILES[5]))
        await asyncio.sleep(0)
        impatient.cancel()
        return await patient

    assert with_reader(reading_url, 1, use)
