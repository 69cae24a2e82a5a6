"""Cold tiles of the boats over HTTP against the floor: the very same statement, prepared, under pgbench."""

import random
from pathlib import Path

import mapbox_vector_tile
import psycopg
from askers import CLIENTS, ask_by_http, ask_by_pgbench, has_wrk, pgbench_script
from fleet import BOATS, PROVINCE, launch
from goals import Goal, Spent, say, take_turns
from ground import Ground
from serving import Served, served, sign_in

from geo.tilegrid import Tile, tile_at
from layers.access.roles import Role
from layers.access.scope import scope
from layers.database import connect
from layers.registry import load_layers
from tiles.statement import TileSQL, tile_statement

GOAL = 0.35
ROUNDS = 4
SECONDS = 3
ZOOMS = range(10, 15)
TILES = 2_000
SAMPLE = 60
BOX = (107.5, 14.0, 110.3, 16.3)


def addresses() -> list[Tile]:
    """Tiles over the province and its waters, an equal share per zoom, half of them where the boats are densest."""
    dice = random.Random(5)
    found = []
    for number in range(TILES):
        west, south, east, north = BOX
        near = dice.gauss(PROVINCE[0], (east - west) / 12), dice.gauss(PROVINCE[1], (north - south) / 12)
        lon, lat = (dice.uniform(west, east), dice.uniform(south, north)) if number % 2 else near
        found.append(tile_at(lon, lat, ZOOMS[number // 2 % len(ZOOMS)]))
    return found


def path_of(tile: Tile) -> str:
    """Where a tile is asked for."""
    return f"/tiles/vessel/{tile.z}/{tile.x}/{tile.y}.mvt"


def compare_tiles(
    server: Served, connection: psycopg.Connection, statement: TileSQL, tiles: list[Tile]
) -> dict[str, int]:
    """How many of a sample are the same bytes, and their mean size; all hold the same boats.

    The statement does not order its rows, so a plan chosen anew may give the same boats in another order.
    """
    same = total = 0
    for tile in tiles[:: len(tiles) // SAMPLE][:SAMPLE]:
        asked = statement.constants | {"z": tile.z, "x": tile.x, "y": tile.y}
        row = connection.execute(statement.sql, asked, prepare=True, binary=True).fetchone()
        assert row is not None
        status, body, _ = server.get(path_of(tile))
        assert status == (200 if body else 204), f"{tile}: {status}"
        assert boats_in(body) == boats_in(row[0]), f"{tile}: over HTTP other boats than from the statement"
        same += body == row[0]
        total += len(body)
    assert total, "the sample holds no boat"
    return {"sample": SAMPLE, "same_bytes": same, "mean_bytes": total // SAMPLE}


def boats_in(body: bytes) -> list[str]:
    """Every feature of a tile, in an order of its own."""
    layers = mapbox_vector_tile.decode(body) if body else {}
    return sorted(repr((name, feature)) for name, layer in layers.items() for feature in layer["features"])


def run(ground: Ground) -> Goal:
    """The tiles per second over HTTP over those of pgbench, nothing cached."""
    vessel = load_layers()["vessel"]
    statement = tile_statement(vessel, scope(Role.OFFICER, vessel))
    tiles = addresses()
    script, paths = ground.folder / "tiles.sql", ground.folder / "paths.txt"
    script.write_text(pgbench_script(statement.sql, statement.constants, tiles))
    paths.write_text("\n".join(map(path_of, tiles)))
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        launch(connection)
        with served(ground.cluster.url(name), ground.folder, tile_cache_mb=0) as server:
            sign_in(server, connection, Role.OFFICER)
            sample = compare_tiles(server, connection, statement, tiles)
            say(f"cold tiles: {sample}")
            ratio = contest(ground, name, server, (script, paths))
    detail = {"boats": BOATS, "zooms": "10-14", "clients": CLIENTS, "rounds": ROUNDS, **sample}
    detail["client"] = "wrk" if has_wrk() else "own asyncio client (wrk is not installed)"
    return Goal("cold tiles over HTTP / pgbench", ratio, GOAL, detail=detail)


def contest(ground: Ground, name: str, server: Served, files: tuple[Path, Path]) -> float:
    """The median ratio of the two rates."""

    def floor() -> Spent:
        return Spent(1 / ask_by_pgbench(ground, name, files[0], SECONDS))

    def http() -> Spent:
        return Spent(1 / ask_by_http(server, files[1], SECONDS))

    floor(), http()
    pgbench, ours = take_turns([floor, http], ROUNDS)
    return pgbench.wall / ours.wall
