"""Sealing a day against copying the same rows out, as a backup does: how much of that time a seal takes."""

import time
from datetime import date, timedelta

from goals import Goal, Spent, say, take_turns
from ground import Ground

from geo.clock import start_of_day
from ingest.partitions import make_partitions
from layers.database import connect, transaction
from layers.seals.seal import read_day

ROWS = 500_000
ROUNDS = 5
GOAL = 0.25
DAY = date(2026, 11, 10)

_FILL = """
INSERT INTO position SELECT n % 8000, s.t, 1, n, s.t, s.t, 1097000000 + n % 1000, 154000000, 60, 900, 511, 15, 1, 30, 0,
       1, convert_to('!AIVDM,1,1,,A,15MwkT1P37G?fl0EJbR0OwT0@MS0,0*4E' || n, 'UTF8')
FROM generate_series(1, {rows}) AS n, LATERAL (SELECT timestamptz '{since}' + n * interval '86399 s' / {rows} AS t) AS s
"""


def run(ground: Ground) -> Goal:
    """How fast a day is read and hashed, as a share of the speed of COPY."""
    since = start_of_day(DAY)
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        first = int(since.timestamp()) // 86_400
        with transaction(connection):
            make_partitions(connection, [first, first + 1])
        connection.execute(_FILL.format(rows=ROWS, since=since.isoformat()).encode())
        connection.execute("ANALYZE position")

        def seal() -> Spent:
            began = time.perf_counter()
            with transaction(connection):
                parts = read_day(connection, DAY)
            assert sum(part.rows for part in parts) == ROWS
            return Spent(time.perf_counter() - began)

        def copy() -> Spent:
            began = time.perf_counter()
            until = (since + timedelta(days=1)).isoformat()
            told = f"COPY (SELECT * FROM position WHERE stored_at < '{until}') TO STDOUT".encode()
            with connection.cursor() as cursor, cursor.copy(told) as out:
                assert sum(1 for _ in out) > 0
            return Spent(time.perf_counter() - began)

        ours, theirs = take_turns([seal, copy], ROUNDS)
    say(f"seals: {ROWS / ours.wall:,.0f} rows a second")
    return Goal("seal a day / copy it out", theirs.wall / ours.wall, GOAL, detail={"rows": ROWS, "rounds": ROUNDS})
