"""The whole round of the watch over a database: read, detect, store words, open cases; against 5,000 positions/s."""

from datetime import UTC, datetime, timedelta

import psycopg
from detectors import A_SECOND, BOATS, T0, draw_batches
from goals import Goal, Spent, say, spent_by
from ground import Ground

from geo.clock import from_unix_ms
from ingest.partitions import day_of, make_partitions
from layers.database import connect, make_engine
from layers.watch.detect.fixes import Fixes
from layers.watch.live.rounds import LiveWatch

GOAL = 1.0
BATCHES, WARM = 24, 2
"""Batches of five minutes of 5,000 boats; the first ones are not counted: everybody is new then."""

_FLEET = """
INSERT INTO transmitter (key, kind)
SELECT CASE WHEN n %% 4 = 0 THEN 'mmsi:' || 999000000 + n ELSE 'vms:P' || n %% 5 || ':' || n END,
       CASE WHEN n %% 4 = 0 THEN 'ais' ELSE 'vms' END FROM generate_series(1, %(boats)s) AS n;
"""
_VESSELS = """
INSERT INTO vessel (id, code, content_hash, source_id, delivery_id, t, heard_at, name, length_m, gear, home_port)
SELECT n, 'QNg-MP ' || n, n, 1, 1, %(t)s, %(t)s, 'Tàu ' || n, 12 + n %% 15, 'câu', 'Cảng ' || n %% 40
FROM generate_series(1, %(boats)s) AS n
"""
_LINKS = """
INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, source_id)
SELECT n, n, '2020-01-01', 1 FROM generate_series(1, %(boats)s) AS n
"""
_COPY = """
COPY position (transmitter_id, t, payload_hash, source_id, delivery_id, heard_at, flags, lon_e7, lat_e7, sog_dkn,
               cog_ddeg, raw) FROM STDIN
"""
_SLIP = """
INSERT INTO watch_slip (transmitters, t_from, t_to, count)
SELECT array_agg(DISTINCT transmitter_id), min(t), max(t), count(*) FROM position WHERE stored_at = now()
"""


def store(connection: psycopg.Connection, fixes: Fixes) -> None:
    """A batch as the writer leaves it: positions and the slip, in one transaction."""
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy(_COPY) as copy:
            for n, fix in enumerate(fixes):
                t = from_unix_ms(int(fix["t_ms"]))
                place = round(float(fix["lon"]) * 1e7), round(float(fix["lat"]) * 1e7)
                moved = round(float(fix["sog_kn"]) * 10), round(float(fix["cog_deg"]) * 10)
                copy.write_row((int(fix["boat"]) + 1, t, n, 1, 1, t, 0, *place, *moved, b""))
        cursor.execute(_SLIP)


def run(on: Ground) -> Goal:
    """Positions that the round takes in a second of processor time of its own process, over 5,000."""
    batches = list(draw_batches(BOATS, BATCHES))
    with on.fresh() as name, connect(on.cluster.url(name)) as connection:
        make_partitions(connection, {day_of(T0), day_of(T0 + BATCHES * 300_000)})
        for statement in (_FLEET, _VESSELS, _LINKS):
            connection.execute(statement.encode(), {"boats": BOATS, "t": datetime(2026, 1, 1, tzinfo=UTC)})
        connection.execute("TRUNCATE watch_redo")
        engine = make_engine(on.cluster.url(name))
        now = from_unix_ms(T0)
        watch = LiveWatch(engine, lambda: now)
        watch.start()
        spent, taken, words = Spent(0.0), 0, 0
        for number, fixes in enumerate(batches):
            store(connection, fixes)
            now = from_unix_ms(T0) + timedelta(seconds=300 * (number + 1))
            done = []
            own = spent_by(lambda done=done: done.append(watch.round()))  # type: ignore[misc]
            if number >= WARM:
                spent = Spent(spent.wall + own.wall, spent.own + own.own)
                taken, words = taken + done[0].positions, words + len(done[0].changes)
        engine.dispose()
    value = taken / spent.own / A_SECOND
    say(f"watch: {taken} positions, {words} words, {value:.2f} times {A_SECOND}/s")
    detail: dict[str, object] = {"positions": taken, "words": words, "by_wall": round(taken / spent.wall / A_SECOND, 2)}
    return Goal("whole round of the watch / 5,000 positions a second, one core", value, GOAL, detail=detail)
