"""A day of five thousand boats as a replay: how many bytes a position takes, everything included.

Every chunk is decoded again and held against the history: each position is there, or on the line between two that are.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

import numpy as np
import psycopg
from day_at_sea import BOATS, DENSE_S, SPARSE_S, put_to_sea, yesterday
from goals import Goal, say, spent_by
from ground import Ground, now

from geo.segments import METRES_PER_DEG
from layers.database import connect
from layers.vessels.history import HEARD, asked, unpack
from layers.vessels.pieces import TOLERANCE_M
from layers.watch.rules import Rule
from web.replay.chunks import LEAD, Hours, pack
from web.replay.chunks import Ground as Marks
from web.replay.frames import decode

GOAL = 20.0
QUANTUM_M = 1.0


def marks(connection: psycopg.Connection) -> Marks:
    """The rules of the database; no ports."""
    rows = connection.execute(
        "SELECT conduct, step, threshold_s, valid_from, valid_to FROM rule WHERE conduct = 'track'"
        " AND superseded_at IS NULL"
    )
    names = ("conduct", "step", "threshold_s", "valid_from", "valid_to")
    rules = [Rule(**dict(zip(names, row, strict=True))) for row in rows]
    (source,) = connection.execute("SELECT id FROM source WHERE code = 'sea'").fetchone() or (0,)
    return Marks(rules, np.zeros((0, 3)), {source: 1})  # type: ignore[arg-type]


def read_hours(connection: psycopg.Connection, hours: Hours) -> bytes | None:
    """What the database says of some hours."""
    row = connection.execute(HEARD, asked(hours.since, hours.until, lead=LEAD), binary=True).fetchone()
    return row[0] if row else None


def check(raw: bytes | None, chunk: bytes, hours: Hours) -> int:
    """The positions of these hours, after each is found where the chunk has its boat at that moment."""
    heard = unpack(raw, hours.since, hours.until).points
    _, columns = decode(chunk)
    assert set(columns.boat) == set(heard.boat)
    inside = (heard.t_ms >= hours.since.timestamp() * 1000) & (heard.t_ms < hours.until.timestamp() * 1000)
    key, at = heard.boat * 10.0**7, columns.boat * 10.0**7
    base = hours.since.timestamp()
    for said, told in ((heard.lon, columns.lon), (heard.lat, columns.lat)):
        drawn = np.interp(key + heard.t_ms / 1000 - base, at + columns.t_s - base, told)
        off_m = np.abs(drawn - said)[inside] * METRES_PER_DEG
        assert off_m.max() <= TOLERANCE_M + QUANTUM_M, f"{off_m.max():.1f} m off"
    return int(inside.sum())


Result = TypeVar("Result")


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What a piece of work gives, and the seconds it took."""
    found: list[Result] = []
    spent = spent_by(lambda: found.append(work()))
    return found[0], spent.wall


def weigh(ground: Ground, every_s: int, span: int) -> dict[str, float]:
    """Bytes and points of a day in chunks of `span` hours, and what packing takes beside reading."""
    size = sent = held = 0
    reading = packing = 0.0
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        stored = put_to_sea(connection, every_s)
        say(f"replay: {stored} positions of {BOATS} boats, one every {every_s} s")
        about = marks(connection)
        for first in range(0, 24, span):
            hours = Hours(yesterday() + timedelta(hours=first), span)
            raw, read_s = timed(partial(read_hours, connection, hours))
            chunk, pack_s = timed(partial(pack, raw, hours, about, now()))
            reading, packing = reading + read_s, packing + pack_s
            held += check(raw, chunk, hours)
            size, sent = size + len(chunk), sent + len(decode(chunk)[1].boat)
    assert held == stored
    chunks = 24 / span
    say(f"  {span} h: read {reading / chunks:.2f} s, pack {packing / chunks:.2f} s, {size / stored:.2f} bytes")
    return {"bytes_a_position": size / stored, "sent_share": sent / stored, "pack_over_read": packing / reading}


def run(ground: Ground) -> Goal:
    """Bytes of all chunks of the day over the positions stored of it."""
    dense, sparse = weigh(ground, DENSE_S, 1), weigh(ground, SPARSE_S, 6)
    detail = {"boats": BOATS, **{name: round(value, 3) for name, value in dense.items()}}
    detail |= {f"two_hourly_{name}": round(value, 3) for name, value in sparse.items()}
    return Goal("replay bytes a position, 5,000 boats x 24 h", dense["bytes_a_position"], GOAL, "bytes", True, detail)
