"""Whether two databases hold the same facts: by natural keys and values, as sorted streams, in bounded memory."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, LiteralString, NamedTuple

import psycopg
from psycopg import sql

from ingest.outcome import Flag
from layers.books.registry import load_filed
from layers.database import transaction
from layers.spec import Filed

MOST_NAMED = 10
KEYS: Mapping[str, int] = {"position": 4, "report": 4, "observation": 7, "link": 3}
"""How many columns name a fact; two where nothing is said."""
_PAGE = 5_000
_names = count()

# What is counted from our own books came in no file: it is counted anew.
# How a time came about is not part of a fact, and a jump depends on what was heard before.
_SET_BY_US = int(Flag.UNTIMED | Flag.ARRIVAL | Flag.TAG_CHECKSUM | Flag.JUMP)
_OF_SOURCE: LiteralString = "(%(source)s::text IS NULL OR s.code = %(source)s)"
_STATEMENTS: Mapping[str, LiteralString] = {
    "paper": f"""
SELECT s.code COLLATE "C", p.uid COLLATE "C", p.number, p.notation, p.issued_on, p.agency_code, p.subject, p.state
FROM paper AS p JOIN source AS s ON s.id = p.source_id WHERE {_OF_SOURCE} ORDER BY 1, 2
""",  # noqa: S608 - our own words
    "observation": f"""
SELECT s.code COLLATE "C", o.indicator COLLATE "C", o.subject_kind COLLATE "C", o.subject COLLATE "C", o.period_from,
       o.period_to, o.status COLLATE "C", trim_scale(o.value), o.unit, o.superseded_at IS NULL, o.retracted_at IS NULL
FROM observation AS o JOIN source AS s ON s.id = o.source_id WHERE {_OF_SOURCE} AND NOT EXISTS (
    SELECT FROM delivery AS d WHERE d.id = o.delivery_id AND d.adapter LIKE 'counted/%%')
ORDER BY 1, 2, 3, 4, 5, 6, 7, 10, 11, 8
""",  # noqa: S608
    "link": f"""
SELECT s.code COLLATE "C", d.key COLLATE "C", v.code COLLATE "C", x.valid_to IS NULL
FROM transmitter_on_vessel AS x JOIN transmitter AS d ON d.id = x.transmitter_id JOIN source AS s ON s.id = x.source_id
JOIN (SELECT DISTINCT id, code FROM vessel) AS v ON v.id = x.vessel_id WHERE {_OF_SOURCE} ORDER BY 1, 2, 3, 4
""",  # noqa: S608
    "position": f"""
SELECT s.code COLLATE "C", d.key COLLATE "C", p.t, p.payload_hash, p.heard_at, p.lon_e7, p.lat_e7, p.sog_dkn,
       p.cog_ddeg, p.heading_deg, p.nav_status, p.msg_type, p.utc_second, p.flags & ~{_SET_BY_US}
FROM position AS p JOIN transmitter AS d ON d.id = p.transmitter_id JOIN source AS s ON s.id = p.source_id
WHERE {_OF_SOURCE} ORDER BY 1, 2, 3, 4
""",  # noqa: S608
    "report": f"""
SELECT s.code COLLATE "C", d.key COLLATE "C", p.t, p.payload_hash, p.heard_at, p.msg_type, p.body::text
FROM ais_report AS p JOIN transmitter AS d ON d.id = p.transmitter_id JOIN source AS s ON s.id = p.source_id
WHERE {_OF_SOURCE} ORDER BY 1, 2, 3, 4
""",  # noqa: S608
}
# A row that does not say when it was true holds from when it was heard.
_ROWS = """
SELECT s.code COLLATE "C", t.code COLLATE "C", t.content_hash, t.superseded_at IS NULL, nullif(t.t, t.heard_at),
       {values}
FROM {table} AS t JOIN source AS s ON s.id = t.source_id WHERE (%(source)s::text IS NULL OR s.code = %(source)s)
ORDER BY 1, 2, t.row_id
"""

Row = tuple[Any, ...]


class Difference(NamedTuple):
    """A fact that one of the two does not have, or has otherwise; None: it is not there."""

    kind: str
    stored: Row | None
    rebuilt: Row | None


class Compared(NamedTuple):
    """How many facts of each kind are equal, and the first differences."""

    equal: dict[str, int]
    differences: list[Difference]


def compare(stored: psycopg.Connection, rebuilt: psycopg.Connection, source: str | None = None) -> Compared:
    """All facts of two databases (or those of one source)."""
    equal: dict[str, int] = {}
    found: list[Difference] = []
    for kind, statement in _all().items():
        with transaction(stored), transaction(rebuilt):
            equal[kind] = 0
            streams = (_stream(stored, statement, source), _stream(rebuilt, statement, source))
            for ours, theirs in _pairs(streams, KEYS.get(kind, 2)):
                if ours == theirs:
                    equal[kind] += 1
                elif len(found) < MOST_NAMED:
                    found.append(Difference(kind, ours, theirs))
                else:
                    return Compared(equal, found)
    return Compared(equal, found)


def _all() -> dict[str, sql.Composed]:
    layers = {name: _of_layer(layer) for name, layer in load_filed().items()}
    return {kind: sql.Composed([sql.SQL(statement)]) for kind, statement in _STATEMENTS.items()} | layers


def _of_layer(layer: Filed) -> sql.Composed:
    names = [field.column.key for field in layer.fields if field.from_file and field.column is not None]
    values: list[sql.Composable] = [sql.SQL("t.{}::text").format(sql.Identifier(str(name))) for name in names]
    if layer.file is not None and layer.file.place == "geometry":
        values.append(sql.SQL("md5(ST_AsBinary(t.geom))"))
    return sql.SQL(_ROWS).format(table=sql.Identifier(layer.model.__tablename__), values=sql.SQL(", ").join(values))


def _stream(connection: psycopg.Connection, statement: sql.Composed, source: str | None) -> Iterator[Row]:
    """The rows of a statement, some thousand at a time."""
    with connection.cursor(name=f"compare_{next(_names)}") as cursor:
        cursor.itersize = _PAGE
        cursor.execute(statement, {"source": source})
        yield from cursor


def _pairs(streams: tuple[Iterator[Row], Iterator[Row]], key: int) -> Iterator[tuple[Row | None, Row | None]]:
    """Two streams in one order, side by side; None where one has no row of that key (so many first columns)."""
    ours, theirs = streams
    mine, other = next(ours, None), next(theirs, None)
    while mine is not None or other is not None:
        if mine is not None and other is not None and mine[:key] != other[:key]:
            first = mine[:key] < other[:key]
            yield (mine, None) if first else (None, other)
            mine, other = (next(ours, None), other) if first else (mine, next(theirs, None))
        else:
            yield mine, other
            mine, other = next(ours, None), next(theirs, None)
