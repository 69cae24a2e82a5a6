"""A file read again after what understands it was mended: only rows that were refused, and nothing newer undone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import psycopg
from psycopg import sql

from ingest.tables.check import Checked
from layers.spec import Filed

# A row that its sender said anew since, or took back, is overtaken: the older word must not stand over the newer.
_OVERTAKEN = """
DELETE FROM stage_fact AS s USING {table} AS t
WHERE t.source_id = %(source)s AND t.code = s.code AND t.heard_at > %(heard)s
"""
_ELSEWHERE = """
SELECT d.key FROM transmitter_on_vessel AS x JOIN transmitter AS d ON d.id = x.transmitter_id
WHERE x.valid_to IS NULL AND x.vessel_id <> %s AND d.key = ANY(%s)
"""


def leave_overtaken(connection: psycopg.Connection, layer: Filed, source_id: int, heard_at: datetime) -> int:
    """Take rows out of the stage that a later delivery of the source spoke of; how many."""
    statement = sql.SQL(_OVERTAKEN).format(table=sql.Identifier(layer.model.__tablename__))
    return connection.execute(statement, {"source": source_id, "heard": heard_at}).rowcount


def keep_devices(connection: psycopg.Connection, rows: Sequence[tuple[int, Checked]]) -> list[tuple[int, Checked]]:
    """The rows without the devices that sit on another boat by now: an older word must not take them away."""
    found = []
    for vessel, row in rows:
        named = [key for _, key in row.links]
        gone = {key for (key,) in connection.execute(_ELSEWHERE, (vessel, named))}
        found.append((vessel, replace(row, links=tuple(link for link in row.links if link[1] not in gone))))
    return found
