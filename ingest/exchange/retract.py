"""Taking back what a paper published: its values and rows leave the map and stay in the tables, with when.

What they had corrected, and what another paper repeated, stands again as a new row if the paper it came with is still
good: a letter taken back must not empty the map of what nobody took back.
"""

from datetime import datetime

import psycopg
from psycopg import sql

from ingest.tables.links import unlink_vessels
from layers.books.registry import load_filed
from layers.books.slips import books_changed
from layers.bunches import refresh_bunches
from layers.disclosure.publish import withdraw_counts
from layers.indicators.store import restore_observations, retract_observations
from layers.sources.papers import change_state
from layers.spec import Filed, Layer
from layers.sums import refresh_sums
from layers.topics.store import retract_topics
from layers.versions import bump, notify
from layers.vessels.identity import settle_boats

_SUPERSEDE = """
UPDATE {} SET superseded_at = %(now)s
WHERE superseded_at IS NULL AND delivery_id IN (SELECT id FROM delivery WHERE paper_id = %(paper)s)
RETURNING id
"""
# A row that stood down for no other (withdrawn) stays down: only one that was corrected comes back, or one that another
# delivery repeated. Of several the last word counts; where a row does not say when it was true, it was when heard.
_RESTORE = """
WITH said AS (
    SELECT t.row_id, t.delivery_id, t.heard_at, t.t FROM {table} AS t
    WHERE t.id = ANY(%(gone)s) AND t.superseded_at IS NOT NULL
      AND EXISTS (SELECT FROM {table} AS s WHERE s.id = t.id AND s.source_id = t.source_id
                  AND s.stored_at = t.superseded_at AND s.row_id > t.row_id)
    UNION ALL
    SELECT t.row_id, r.delivery_id, r.heard_at, CASE WHEN t.t = t.heard_at THEN r.heard_at ELSE t.t END
    FROM {table} AS t JOIN row_repeat AS r ON r.kind = %(kind)s AND r.row_id = t.row_id AND r.superseded_at IS NULL
    WHERE t.id = ANY(%(gone)s) AND t.superseded_at IS NOT NULL
)
INSERT INTO {table} ({columns}, delivery_id, heard_at, t, stored_at)
SELECT DISTINCT ON (t.source_id, t.code) {of_t}, said.delivery_id, said.heard_at, said.t, %(now)s
FROM said JOIN {table} AS t ON t.row_id = said.row_id
JOIN delivery AS d ON d.id = said.delivery_id LEFT JOIN paper AS p ON p.id = d.paper_id
WHERE (p.id IS NULL OR p.state = 'valid')
  AND NOT EXISTS (SELECT FROM {table} AS s WHERE s.source_id = t.source_id AND s.code = t.code
                  AND s.superseded_at IS NULL)
ORDER BY t.source_id, t.code, said.delivery_id DESC, t.row_id DESC
RETURNING id
"""
_ORIGIN = """
INSERT INTO row_origin (delivery_id, code, row_no)
SELECT r.delivery_id, b.code, r.row_no FROM {table} AS b
JOIN {table} AS t ON t.id = b.id AND t.source_id = b.source_id AND t.code = b.code
JOIN row_repeat AS r ON r.kind = %(kind)s AND r.row_id = t.row_id AND r.delivery_id = b.delivery_id
WHERE b.id = ANY(%(gone)s) AND b.stored_at = %(now)s AND b.superseded_at IS NULL
ON CONFLICT DO NOTHING
"""
# Devices that the same words put on the same boat now lead to the delivery that the row leads to.
_LEAD = """
UPDATE transmitter_on_vessel AS x SET delivery_id = b.delivery_id
FROM vessel AS b JOIN vessel AS t ON t.id = b.id AND t.source_id = b.source_id AND t.content_hash = b.content_hash
WHERE b.id = ANY(%(gone)s) AND b.stored_at = %(now)s AND b.superseded_at IS NULL AND t.superseded_at = %(now)s
  AND x.vessel_id = b.id AND x.source_id = b.source_id AND x.delivery_id = t.delivery_id AND x.valid_to IS NULL
"""
_NEW = ("row_id", "delivery_id", "heard_at", "t", "stored_at", "superseded_at")


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
    restore_observations(connection, paper_id, now)
    gone += withdraw_counts(connection, paper_id, now) + retract_topics(connection, paper_id, now)
    return gone + sum(_retract_rows(connection, layer, paper_id, now) for layer in load_filed().values())


def _retract_rows(connection: psycopg.Connection, layer: Filed, paper_id: int, now: datetime) -> int:
    """Supersede a layer's rows of a paper, and let everybody know."""
    if layer.file is None:
        return 0
    statement = sql.SQL(_SUPERSEDE).format(sql.Identifier(layer.model.__tablename__))
    gone = [row[0] for row in connection.execute(statement, {"now": now, "paper": paper_id})]
    if not gone:
        return 0
    if layer.file.links:
        settle_boats(connection, gone)  # one row of a boat leads: the former ones let go before any comes back
    back = _restore_rows(connection, layer, gone, now)
    version = bump(connection, layer.name)
    if isinstance(layer, Layer):
        refresh_sums(connection, layer)
        refresh_bunches(connection, layer)
    if layer.file.links:
        settle_boats(connection, gone)
        unlink_vessels(connection, [boat for boat in gone if boat not in back | _elsewhere(connection, gone)], now)
    books_changed(connection, layer.name, now)
    notify(connection, {"layer": layer.name, "version": version})
    return len(gone)


def _elsewhere(connection: psycopg.Connection, boats: list[int]) -> set[int]:
    """Those of the boats that another register still holds."""
    found = connection.execute("SELECT id FROM vessel WHERE id = ANY(%s) AND leads", (boats,))
    return {boat for (boat,) in found}


def _restore_rows(connection: psycopg.Connection, layer: Filed, gone: list[int], now: datetime) -> set[int]:
    """Let what these rows had corrected, or others repeated, stand again; which came back."""
    table = layer.model.__table__
    names = [sql.Identifier(c.name) for c in table.columns if c.name not in _NEW and c.computed is None]
    statement = sql.SQL(_RESTORE).format(
        table=sql.Identifier(table.name),
        columns=sql.SQL(", ").join(names),
        of_t=sql.SQL(", ").join(sql.SQL("t.") + name for name in names),
    )
    named = {"gone": gone, "now": now, "kind": layer.name}
    back = {row[0] for row in connection.execute(statement, named)}
    connection.execute(sql.SQL(_ORIGIN).format(table=sql.Identifier(table.name)), named)
    if layer.file is not None and layer.file.links:
        connection.execute(_LEAD, named)
    return back
