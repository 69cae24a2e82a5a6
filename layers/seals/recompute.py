"""The digests of what is stored, made anew from the rows: hashed by the database, gathered part by part.

Bounded: one part is 32 bytes for each row of one table (of positions: one partition), stored in one hour, a sixteenth
of them. Reading is by time of storing, which an index of a few pages finds.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from geo.clock import LOCAL
from layers.seals.rows import BY_TABLE, PLACES, SHARDS, Place

DIGEST, MARK = 32, 4
MOST_ROWS = 2_000_000
"""At once: about a hundred megabytes."""
HOUR = timedelta(hours=1)

_PARTITIONS = """
SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'position'::regclass ORDER BY 1
"""
_HOURS = """
SELECT {hour} AS hour, count(*) FROM {table} WHERE stored_at >= %(since)s AND stored_at < %(until)s
GROUP BY 1 ORDER BY 1
"""
# Key and digest of each row, as they lie there: sorting them here costs a fifth of sorting them in the database.
_PACKED = """
SELECT {hour} AS hour, {spread} & {mask} AS shard, string_agg({packed} || {digest}, ''::bytea), min(stored_at),
       max(stored_at)
FROM {table} WHERE stored_at >= %(since)s AND stored_at < %(until)s AND {spread} & {mask} = ANY(%(shards)s)
GROUP BY 1, 2
"""
_ROWS = """
SELECT {key_text}, {digest}, stored_at FROM {table}
WHERE stored_at >= %(since)s AND stored_at < %(until)s AND {spread} & {mask} = %(shard)s ORDER BY {key}
"""


@dataclass(frozen=True)
class Key:
    """Which part: day and hour of storing in Việt Nam, table or partition, shard."""

    day: date
    place: str
    hour: int
    shard: int


@dataclass(frozen=True)
class Part:
    """What one part is made of; `marks` are the first four bytes of each row's digest, in the order of the keys."""

    key: Key
    rows: int
    first_at: datetime
    last_at: datetime
    digest: bytes
    marks: bytes


def list_tables(connection: psycopg.Connection) -> list[str]:
    """Every table that is sealed: each partition of positions by itself, then the others."""
    partitions = [str(name) for (name,) in connection.execute(_PARTITIONS)]
    return partitions + [place.table for place in PLACES if place.table != "position"]


def place_of(table: str) -> Place:
    """What is sealed of a table or a partition of positions."""
    return BY_TABLE.get(table) or BY_TABLE["position"]


def read_parts(connection: psycopg.Connection, table: str, since: datetime, until: datetime) -> Iterator[Part]:
    """The parts of one table of what was stored in [since, until), in order of time."""
    hours = connection.execute(_said(_HOURS, table), {"since": since, "until": until}).fetchall()
    for asked in _portions(hours):
        found = connection.execute(_said(_PACKED, table), asked, binary=True).fetchall()
        for hour, shard, packed, first, last in sorted(found):
            yield _part(table, (hour.astimezone(LOCAL), int(shard)), packed, (first, last))


def _portions(hours: list[tuple[datetime, int]]) -> Iterator[dict[str, Any]]:
    """Stretches of hours that are read at once: as many as `MOST_ROWS` allows; an hour of more shard by shard."""
    every, held = list(range(SHARDS)), 0
    waiting: list[datetime] = []
    for hour, rows in [*hours, (None, 0)]:
        if waiting and (hour is None or held + rows > MOST_ROWS):
            yield {"since": waiting[0], "until": waiting[-1] + HOUR, "shards": every}
            waiting, held = [], 0
        if hour is not None and rows > MOST_ROWS:
            yield from ({"since": hour, "until": hour + HOUR, "shards": [shard]} for shard in every)
        elif hour is not None:
            waiting, held = [*waiting, hour], held + rows


def _part(table: str, where: tuple[datetime, int], packed: bytes, span: tuple[datetime, datetime]) -> Part:
    """A part of rows as (key, digest) in any order."""
    place, (here, shard) = place_of(table), where
    rows = np.frombuffer(packed, [*place.packed_type, ("digest", f"V{DIGEST}")])
    names = [name for name, _ in place.packed_type]
    order = np.lexsort([rows[name] for name in reversed(names)])
    digests = rows["digest"][order].tobytes()
    key = Key(here.date(), table, here.hour, shard)
    return Part(key, len(rows), *span, hashlib.sha256(digests).digest(), marks_of(digests))


def read_rows(connection: psycopg.Connection, key: Key, span: tuple[datetime, datetime]) -> list[tuple[str, bytes]]:
    """The rows of one part as (key as text, SHA-256), in order; `span` is its hour."""
    asked = {"since": span[0], "until": span[1], "shard": key.shard}
    rows = connection.execute(_said(_ROWS, key.place), asked, binary=True)
    return [(str(name), bytes(found)) for name, found, _ in rows]


def marks_of(digests: bytes) -> bytes:
    """The first four bytes of each digest."""
    return bytes(np.frombuffer(digests, np.uint8).reshape(-1, DIGEST)[:, :MARK].tobytes())


def _said(words: str, table: str) -> Any:
    place = place_of(table)
    return sql.SQL(words).format(
        table=sql.Identifier(table),
        spread=sql.Identifier(place.spread),
        hour=sql.SQL("date_bin('1 hour', stored_at, '2000-01-01 00:00:00+07')"),
        mask=sql.Literal(SHARDS - 1),
        digest=sql.SQL(place.row_digest),
        key=sql.SQL(place.key),
        packed=sql.SQL(place.packed),
        key_text=sql.SQL(place.key_text),
    )
