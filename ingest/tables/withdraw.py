"""One source's rows standing down for another's: ours for the owner's. They stay in the table, superseded."""

from datetime import datetime

import psycopg
from psycopg import sql

from geo.errors import BadInput
from layers.spec import Filed

# What only repeated such a row stands down with it.
_REPEATS = """
UPDATE row_repeat AS r SET superseded_at = %s FROM {} AS t
WHERE r.kind = %s AND r.superseded_at IS NULL AND t.row_id = r.row_id
  AND t.source_id = (SELECT id FROM source WHERE code = %s)
"""


def withdraw_source(connection: psycopg.Connection, layer: Filed, code: str, now: datetime) -> int:
    """Supersede every row of the layer that source `code` has in force; how many, 0 when they stood down before.

    BadInput for a source that never gave any, and for things with devices on board, whose links would be left over.
    """
    if layer.file is not None and layer.file.links:
        raise BadInput(f"layer={layer.name!r}: its rows are corrected one by one, by their code", field="instead-of")
    statement = sql.SQL(
        "UPDATE {} SET superseded_at = %s WHERE superseded_at IS NULL"
        " AND source_id = (SELECT id FROM source WHERE code = %s)"
    )
    gone = connection.execute(statement.format(_table(layer)), (now, code)).rowcount
    connection.execute(sql.SQL(_REPEATS).format(_table(layer)), (now, layer.name, code))
    if not gone and not is_withdrawn(connection, layer, code):
        known = ", ".join(_sources(connection, layer)) or "none"
        raise BadInput(
            f"instead-of={code!r}: has no rows of {layer.name} in force; sources that have: {known}", field="instead-of"
        )
    return gone


def is_withdrawn(connection: psycopg.Connection, layer: Filed, code: str) -> bool:
    """Whether the source once gave rows of the layer and has none in force any more."""
    statement = sql.SQL(
        "SELECT count(*) > 0 AND count(*) FILTER (WHERE superseded_at IS NULL) = 0 FROM {}"
        " WHERE source_id = (SELECT id FROM source WHERE code = %s)"
    )
    row = connection.execute(statement.format(_table(layer)), (code,)).fetchone()
    return row is not None and bool(row[0])


def _sources(connection: psycopg.Connection, layer: Filed) -> list[str]:
    statement = sql.SQL(
        "SELECT DISTINCT s.code FROM {} AS t JOIN source AS s ON s.id = t.source_id"
        " WHERE t.superseded_at IS NULL ORDER BY s.code"
    )
    return [code for (code,) in connection.execute(statement.format(_table(layer))).fetchall()]


def _table(layer: Filed) -> sql.Identifier:
    return sql.Identifier(layer.model.__tablename__)
