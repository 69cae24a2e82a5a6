"""Who is within 500 m of whom at one stroke of the clock: our pairs against PostGIS joining the table with itself."""

import numpy as np
import psycopg
from goals import Goal, Spent, say, spent_by, take_turns
from ground import Ground

from geo.together import Spots, find_pairs
from layers.database import connect

GOAL = 100
BOATS, STROKES, ROUNDS = 6_000, 12, 2
RADIUS_M = 500.0
PORTS, NEAR_SHARE = 12, 0.3

_TABLE = "CREATE TABLE spot (slot int, boat int, place geography(Point, 4326), PRIMARY KEY (slot, boat))"
_JOIN = """
SELECT a.slot, a.boat, b.boat FROM spot AS a
JOIN spot AS b ON b.slot = a.slot AND b.boat > a.boat AND ST_DWithin(a.place, b.place, %s)
"""


def draw_spots() -> Spots:
    """A fleet at every stroke of two hours: some crowd on the grounds, the rest are all over Biển Đông."""
    dice = np.random.default_rng(5)
    ground = dice.uniform((108.5, 12), (115, 17), (PORTS, 2))
    start = dice.uniform((107, 7), (117, 20), (BOATS, 2))
    crowd = dice.random(BOATS) < NEAR_SHARE
    start[crowd] = ground[dice.integers(0, PORTS, BOATS)][crowd] + dice.normal(0, 0.15, (int(crowd.sum()), 2))
    way = dice.normal(0, 0.01, (BOATS, 2))
    places = np.concatenate([start + way * stroke for stroke in range(STROKES)])
    turn = np.repeat(np.arange(STROKES), BOATS)
    return Spots(turn, np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1]))


def fill(connection: psycopg.Connection, spots: Spots) -> None:
    """The table as PostGIS would have it, with its index and its statistics."""
    connection.execute(_TABLE)
    with connection.cursor().copy("COPY spot (slot, boat, place) FROM STDIN") as copy:
        for n, (turn, lon, lat) in enumerate(zip(*(column.tolist() for column in spots), strict=True)):
            copy.write_row((turn, n % BOATS, f"SRID=4326;POINT({lon} {lat})"))
    connection.execute("CREATE INDEX ON spot USING gist (place)")
    connection.execute("VACUUM ANALYZE spot")


def by_us(spots: Spots) -> set[tuple[int, int, int]]:
    """Every pair at every stroke, each once."""
    found = find_pairs(spots, spots, RADIUS_M)
    once = found.one < found.other
    one, other = found.one[once], found.other[once]
    return set(zip(spots.turn[one].tolist(), (one % BOATS).tolist(), (other % BOATS).tolist(), strict=True))


def by_postgis(connection: psycopg.Connection) -> set[tuple[int, int, int]]:
    """The same, out of the database."""
    return set(connection.execute(_JOIN, (RADIUS_M,)).fetchall())


def run(on: Ground) -> Goal:
    """The self-join's time over ours, equal pairs for both."""
    spots = draw_spots()
    with on.fresh() as name, connect(on.cluster.url(name)) as connection:
        fill(connection, spots)
        ours, theirs = by_us(spots), by_postgis(connection)
        assert ours == theirs
        say(f"encounters: {len(ours)} pairs, equal to PostGIS")

        def ask_postgis() -> Spent:
            return spent_by(lambda: by_postgis(connection))

        join, pairs = take_turns([ask_postgis, lambda: spent_by(lambda: by_us(spots))], ROUNDS)
    detail: dict[str, object] = {"boats": BOATS, "strokes": STROKES, "pairs": len(ours), "rounds": ROUNDS}
    return Goal("encounters / PostGIS self-join", join.wall / pairs.wall, GOAL, detail=detail)
