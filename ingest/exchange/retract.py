"""Taking back what a paper published: its values and rows leave the map and stay in the tables, with when."""

from datetime import datetime

import psycopg
from psycopg import sql

from ingest.tables.links import unlink_vessels
from layers.bunches import refresh_bunches
from layers.indicators.store import retract_observations
from layers.registry import load_layers
from layers.sources.papers import change_state
from layers.spec import Layer
from layers.sums import refresh_sums
from layers.versions import bump, notify

_SUPERSEDE = """
UPDATE {} SET superseded_at = %(now)s
WHERE superseded_at IS NULL AND delivery_id IN (SELECT id FROM delivery WHERE paper_id = %(paper)s)
RETURNING id
"""


def retract_paper(
    connection: psycopg.Connection, paper_id: int, state: str, by: tuple[int, int | None], now: datetime
) -> int:
    """Mark a paper revoked or replaced and take back what it published; how many values and rows that were.

    `by` is (the paper that does so, the paper that stands in its place or None). One already taken back stays as it is.
    """
    row = connection.execute("SELECT state FROM paper WHERE id = %s FOR UPDATE", (paper_id,)).fetchone()
    if row is None or row[0] == "revoked" or (row[0] == "replaced" and state == "replaced"):
        return 0
    change_state(connection, paper_id, state, now, by[1])
    gone = retract_observations(connection, paper_id, by[0], now)
    return gone + sum(_retract_rows(connection, layer, paper_id, now) for layer in load_layers().values())


def _retract_rows(connection: psycopg.Connection, layer: Layer, paper_id: int, now: datetime) -> int:
    """Supersede a layer's rows of a paper, and let everybody know."""
    if layer.file is None:
        return 0
    statement = sql.SQL(_SUPERSEDE).format(sql.Identifier(layer.model.__tablename__))
    gone = [row[0] for row in connection.execute(statement, {"now": now, "paper": paper_id})]
    if not gone:
        return 0
    version = bump(connection, layer.name)
    refresh_sums(connection, layer)
    refresh_bunches(connection, layer)
    if layer.file.links:
        unlink_vessels(connection, gone, now)
    notify(connection, {"layer": layer.name, "version": version})
    return len(gone)
