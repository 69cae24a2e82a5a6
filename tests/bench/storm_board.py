"""A storm over 6,500 boats: its board beside PostGIS queries per boat, its workbook beside a plain write of its cells."""
# ruff: noqa: E501 - statements as they are

import asyncio
import io
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import openpyxl
import psycopg
import xlsxwriter
from goals import Goal, say, spent_by, take_turns
from ground import Ground, now

from layers.access.roles import Role
from layers.database import connect, make_async_engine, make_engine, write
from layers.storm.draft import PointDraft
from layers.storm.forecasts import Bulletin
from layers.storm.keep import By, Head, add_forecast, open_storm
from web.storm_board import Asked, Found, find_board
from web.storm_cards import board_view
from web.storm_report import write_report

BOATS = 6_500
SAMPLE = 100
ROUNDS = 3
BOARD_GOAL, REPORT_GOAL = 5.0, 3.0


def put_fleet(connection: psycopg.Connection) -> None:
    """6,500 boats, nine in ten at sea, and forty ports."""
    dice, at = np.random.default_rng(5), now()
    connection.execute(
        "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('b', 'b', 'b', 'simulated') ON CONFLICT DO NOTHING"
    )
    lon, lat = dice.uniform(108.8, 117.5, BOATS), dice.uniform(9, 19, BOATS)
    rows = [(n, f"QNg-MP {n:05d}", float(x), float(y)) for n, (x, y) in enumerate(zip(lon, lat, strict=True), 1)]
    fact = "content_hash, source_id, delivery_id, t, heard_at, stored_at"
    said = "0, (SELECT id FROM source WHERE code = 'b'), 0, %s, %s, %s"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO vessel (id, code, name, length_m, gear, home_port, crew, captain_phone, {fact})"
            f" VALUES (%s, %s, 'thử', 16, 'lưới', 'thử', 8, '0000000001', {said})",
            [(n, code, at, at, at) for n, code, _, _ in rows],
        )
        cursor.executemany(
            "INSERT INTO transmitter (key, kind) VALUES (%s, 'vms')", [(f"vms:A:{n}",) for n, *_ in rows]
        )
        cursor.executemany(
            "INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, source_id)"
            " SELECT id, %s, '2020-01-01', 1 FROM transmitter WHERE key = %s",
            [(n, f"vms:A:{n}") for n, *_ in rows],
        )
        cursor.executemany(
            "INSERT INTO live (transmitter_id, vessel_id, t, heard_at, stored_at, source_id, lon_e7, lat_e7, sog_dkn,"
            " cog_ddeg, version, in_port, geom) SELECT id, %s, %s, %s, %s, (SELECT id FROM source WHERE code = 'b'), %s, %s,"
            " 60, 2700, 1, false, ST_SetSRID(ST_MakePoint(%s, %s), 4326) FROM transmitter WHERE key = %s",
            [(n, at, at, at, round(x * 1e7), round(y * 1e7), x, y, f"vms:A:{n}") for n, _, x, y in rows],
        )
        cursor.executemany(
            f"INSERT INTO fishing_port (id, code, name, radius_m, geom, {fact})"
            f" VALUES (%s, %s, %s, 2000, ST_SetSRID(ST_MakePoint(%s, %s), 4326), {said})",
            [(n, f"P{n}", f"Cảng {n}", 108.7 + n / 80, 10 + n / 6, at, at, at) for n in range(40)],
        )
        cursor.executemany(
            "INSERT INTO shelter_state (port_code, capacity, occupied, reported_at, reported_by, source, origin, stored_by)"
            " VALUES (%s, 200, 20, %s, 'thử', 'thử', 'simulated', 'bench')",
            [(f"P{n}", at) for n in range(40)],
        )
    connection.execute("ANALYZE")


def put_storm(url: str) -> int:
    """Four days of forecast in steps of six hours."""
    at, engine = now().replace(minute=0, second=0, microsecond=0), make_engine(url)
    hours = range(0, 97, 6)
    radii = {6: (180.0, 150.0, 120.0, 160.0), 8: (110.0, 90.0, 70.0, 100.0), 10: (60.0, 50.0, 40.0, 55.0)}
    points = [
        PointDraft(datetime.fromtimestamp(at.timestamp() + 3600 * h, UTC), 117 - h / 12, 13 + h / 48, 60.0, radii)
        for h in hours
    ]
    with write(engine) as connection:
        by = By("bench", now())
        storm = open_storm(connection, {"name": "Bão mô phỏng", "number": None, "origin": "simulated"}, by)
        add_forecast(connection, storm, Head("01", at, "thử", "simulated"), points, by)
    engine.dispose()
    return storm


class Asking:
    """The application's state as far as the board needs it."""

    def __init__(self, url: str) -> None:
        self.engine, self.clock = make_async_engine(url), now

    async def board(self, storm: int) -> Found:
        """What the door does."""
        return await find_board(self, Asked(storm, Role.OFFICER))  # type: ignore[arg-type]


NAIVE = """
SELECT s.force, min(s.t) FROM live AS l JOIN bench_disc AS s ON ST_Covers(s.geom, l.geom)
WHERE l.vessel_id = %s GROUP BY s.force
"""
NEAREST = """
SELECT p.code, ST_Distance(p.geom::geography, l.geom::geography) FROM live AS l, fishing_port AS p
WHERE l.vessel_id = %s ORDER BY 2 LIMIT 1
"""


def put_discs(connection: psycopg.Connection, bulletin: Bulletin) -> None:
    """What a naive way asks: the outline of each wind every quarter of an hour, indexed."""
    from geo.winds import outline

    connection.execute("CREATE TABLE bench_disc (force int, t float8, geom geometry(Geometry, 4326))")
    with connection.cursor() as cursor:
        for force in bulletin.forces:
            steps = bulletin.field(force).every(900)
            drawn = [
                (t, outline(x, y, r)) for t, x, y, r in zip(steps.t_s, steps.lon, steps.lat, steps.radii_m, strict=True)
            ]
            cursor.executemany(
                "INSERT INTO bench_disc VALUES (%s, %s, ST_GeomFromWKB(%s, 4326))",
                [(force, float(t), each.wkb) for t, each in drawn if each is not None],
            )
    connection.execute("CREATE INDEX ON bench_disc USING gist (geom)")
    connection.execute("ANALYZE bench_disc")


def ask_naively(connection: psycopg.Connection, ids: range) -> int:
    """For each boat two queries: when the wind is there, and the nearest port."""
    found = 0
    for number in ids:
        found += len(connection.execute(NAIVE, (number,)).fetchall())
        connection.execute(NEAREST, (number,)).fetchone()
    return found


def write_plainly(cells: list[list[list[Any]]]) -> bytes:
    """The same cells without looks."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for rows in cells:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    book.close()
    return out.getvalue()


def run(ground: Ground) -> list[Goal]:
    """How many times the board the naive way takes, and how many times a plain write the report takes."""
    with ground.fresh() as name:
        url = ground.cluster.url(name)
        with connect(url) as connection:
            put_fleet(connection)
            storm = put_storm(url)
            with asyncio.Runner() as runner:
                asking = Asking(url)
                found = runner.run(asking.board(storm))
                assert len(found.fleet) == BOATS
                assert found.bulletin is not None
                put_discs(connection, found.bulletin)
                board = partial(spent_by, lambda: board_view(runner.run(asking.board(storm))))
                naive = partial(spent_by, lambda: ask_naively(connection, range(1, SAMPLE + 1)))
                of_board, of_naive = take_turns([board, naive], ROUNDS)
                report = write_report(found)
                book = openpyxl.load_workbook(io.BytesIO(report))
                cells = [[["" if v is None else v for v in row] for row in s.iter_rows(values_only=True)] for s in book]
                rivals = [
                    partial(spent_by, partial(write_report, found)),
                    partial(spent_by, partial(write_plainly, cells)),
                ]
                of_report, of_plain = take_turns(rivals, ROUNDS)
                runner.run(asking.engine.dispose())
    share = of_naive.wall * BOATS / SAMPLE / of_board.wall
    say(f"storm: naive over {SAMPLE} boats, counted up to {BOATS}; report of {sum(map(len, cells))} rows")
    detail = {"boats": BOATS, "called": len(found.verdicts.order), "naive_boats": SAMPLE}
    more = {
        "rows": sum(map(len, cells)),
        "board_and_report_share_of_10_s": round((of_report.wall + of_board.wall) / 10, 3),
    }
    return [
        Goal("naive queries per boat / the storm's board", share, BOARD_GOAL, detail=detail),
        Goal(
            "storm report / plain write of the same cells",
            of_report.wall / of_plain.wall,
            REPORT_GOAL,
            most=True,
            detail=more,
        ),
    ]
