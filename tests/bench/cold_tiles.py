"""Cold tiles of the boats over HTTP, against the floor (the very same statement, prepared, under pgbench) and tipg."""

from collections.abc import Sequence

import psycopg
from askers import CLIENTS, ask_by_http, ask_by_pgbench, has_wrk, pgbench_script
from fleet import BOATS, PROVINCE, launch
from goals import Goal, Spent, Unmeasured, say, take_turns
from ground import Ground
from rivals import ROUNDS, SECONDS, Contest, meet
from serving import Served, served, sign_in
from tile_addresses import addresses, ask, features, is_inside, path_of, sample, write_paths
from tipg import Relation, tipg

from geo.tilegrid import Tile
from layers.access.roles import Role
from layers.access.scope import scope
from layers.database import connect
from layers.registry import load_layers
from tiles.statement import TileSQL, tile_statement

GOAL = 0.45
"""Of what pgbench reaches: docs/adr/0009-one-driver.md."""
ZOOMS = range(10, 15)
SAMPLE = 60
BOX = (107.5, 14.0, 110.3, 16.3)
VESSEL = load_layers()["vessel"]
RELATION = Relation("vessel_now", [field.name for field in VESSEL.fields])


def compare_tiles(
    server: Served, connection: psycopg.Connection, statement: TileSQL, tiles: Sequence[Tile]
) -> dict[str, int]:
    """How many of a sample are the same bytes, and their mean size; all hold the same boats.

    The statement does not order its rows, so a plan chosen anew may give the same boats in another order.
    """
    same = total = 0
    for tile in sample(tiles, SAMPLE):
        asked = statement.constants | {"z": tile.z, "x": tile.x, "y": tile.y}
        row = connection.execute(statement.sql, asked, prepare=True, binary=True).fetchone()
        assert row is not None
        body = ask(server, path_of("vessel", tile))
        assert boats_in(body) == boats_in(row[0]), f"{tile}: over HTTP other boats than from the statement"
        same += body == row[0]
        total += len(body)
    assert total, "the sample holds no boat"
    return {"sample": SAMPLE, "same_bytes": same, "mean_bytes": total // SAMPLE}


def boats_in(body: bytes) -> list[str]:
    """Every feature of a tile, in an order of its own."""
    return sorted(repr(feature) for feature in features(body).get("vessel", []))


def compare_boats(ours: Served, theirs: Served, tiles: Sequence[Tile]) -> dict[str, object]:
    """Every boat that either puts inside a tile is in both; ours has those of the margin besides."""
    seen = 0
    for tile in sample(tiles, SAMPLE):
        mine = features(ask(ours, path_of("vessel", tile))).get("vessel", [])
        inside = {f["properties"]["reg_no"] for f in mine if is_inside(f)}
        peers = {f["properties"]["reg_no"] for f in features(ask(theirs, RELATION.path(tile))).get("default", [])}
        assert inside <= peers <= {f["properties"]["reg_no"] for f in mine}, f"{tile}: not the same boats"
        seen += len(peers)
    assert seen, "the sample holds no boat"
    return {"sample": SAMPLE, "boats_in_sample": seen}


def run(ground: Ground) -> list[Goal]:
    """The tiles per second over HTTP, nothing cached, over those of pgbench and of tipg."""
    tiles = addresses(ZOOMS, BOX, PROVINCE)
    peer = Contest("cold tiles z10-14 / tipg", 4, "vessel", RELATION, tiles, compare_boats)
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        launch(connection)
        with served(ground.cluster.url(name), ground.folder, tile_cache_mb=0) as server:
            sign_in(server, connection, Role.OFFICER)
            floor = meet_floor(ground, name, server, connection, tiles)
            try:
                with tipg(ground.cluster, name, ground.folder, [RELATION]) as theirs:
                    return [floor, meet(peer, server, theirs, ground)]
            except Unmeasured as why:
                return [floor, peer.unmeasured(why)]


def meet_floor(
    ground: Ground, name: str, server: Served, connection: psycopg.Connection, tiles: Sequence[Tile]
) -> Goal:
    """The tiles per second over HTTP over those of pgbench."""
    statement = tile_statement(VESSEL, scope(Role.OFFICER, VESSEL))
    found = compare_tiles(server, connection, statement, tiles)
    say(f"cold tiles: {found}")
    script = ground.folder / "tiles.sql"
    script.write_text(pgbench_script(statement.sql, statement.constants, tiles))
    paths = write_paths(ground.folder / "paths.txt", [path_of("vessel", tile) for tile in tiles])

    def floor() -> Spent:
        return Spent(1 / ask_by_pgbench(ground, name, script, SECONDS))

    def http() -> Spent:
        return Spent(1 / ask_by_http(server, paths, SECONDS))

    floor(), http()
    pgbench, ours = take_turns([floor, http], ROUNDS)
    detail = {"boats": BOATS, "zooms": "10-14", "clients": CLIENTS, "rounds": ROUNDS, **found}
    detail["client"] = "wrk" if has_wrk() else "own asyncio client (wrk is not installed)"
    return Goal("cold tiles over HTTP / pgbench", pgbench.wall / ours.wall, GOAL, detail=detail)
