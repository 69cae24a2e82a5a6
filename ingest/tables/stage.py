"""The rows of one file on their way into a table: gathered by COPY beside it, then compared and moved in a few steps.

What a file holds never has to fit into memory: batches go to a temporary table, and the database finds what stands
twice, what is known already and what is a correction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from ingest.outcome import Fault, Reject
from ingest.rejects import hash_raw
from ingest.tables import frames
from ingest.tables.check import Checked, content_hash_source
from layers.spec import Filed, Same

_REPEATS = """
SELECT s.line_no, s.code, f.first_no, s.raw FROM stage_fact AS s
JOIN (SELECT code, min(line_no) AS first_no FROM stage_fact GROUP BY code HAVING count(*) > 1) AS f
    ON f.code = s.code AND s.line_no > f.first_no
ORDER BY s.line_no
"""
_KNOWN = """
UPDATE stage_fact AS s SET id = t.id, known = (t.content_hash = s.content_hash) FROM {table} AS t
WHERE t.source_id = %(source)s AND t.superseded_at IS NULL AND t.code = s.code
"""
# A row of a paper that another delivery repeats stays if that paper falls; once for each paper, once without one.
_REPEATED = """
INSERT INTO row_repeat (kind, row_id, paper_id, delivery_id, row_no, heard_at, stored_at)
SELECT %(kind)s, t.row_id, coalesce(n.paper_id, 0), n.id, s.line_no, %(heard)s, %(now)s
FROM stage_fact AS s
JOIN {table} AS t ON t.source_id = %(source)s AND t.superseded_at IS NULL AND t.code = s.code
JOIN delivery AS d ON d.id = t.delivery_id JOIN delivery AS n ON n.id = %(delivery)s
WHERE s.known AND d.paper_id IS NOT NULL AND d.paper_id IS DISTINCT FROM n.paper_id
ON CONFLICT DO NOTHING
"""
# What stood down and comes back is the same thing as before.
_BACK = """
UPDATE stage_fact AS s SET id = t.id FROM (
    SELECT DISTINCT ON (code) code, id FROM {table} WHERE source_id = %(source)s AND superseded_at IS NOT NULL
    ORDER BY code, row_id DESC) AS t
WHERE s.id IS NULL AND t.code = s.code
"""
# What another sender already means by the same name is the same thing; so is what one file names twice.
_SAME = """
UPDATE stage_fact AS s SET id = t.{thing} FROM {names} AS t WHERE s.id IS NULL AND t.{name} = s.same_name
"""
_FRESH = """
UPDATE stage_fact AS s SET id = n.id FROM (
    SELECT same_name, nextval('fact_id')::int4 AS id
    FROM (SELECT DISTINCT same_name FROM stage_fact WHERE id IS NULL) AS k) AS n
WHERE s.id IS NULL AND n.same_name = s.same_name
"""
_CLOSE = """
UPDATE {table} AS t SET superseded_at = %(now)s FROM stage_fact AS s
WHERE t.source_id = %(source)s AND t.superseded_at IS NULL AND t.code = s.code
"""
_MOVE = """
INSERT INTO {table} (id, source_id, delivery_id, heard_at, stored_at, {columns})
SELECT coalesce(s.id, nextval('fact_id')), %(source)s, %(delivery)s, %(heard)s, %(now)s, {columns}
FROM (SELECT * FROM stage_fact ORDER BY line_no) AS s
"""
_ORIGIN = "INSERT INTO row_origin (delivery_id, code, row_no) SELECT %(delivery)s, code, line_no FROM stage_fact"


@dataclass(frozen=True)
class Delivered:
    """Whose rows they are: the source, the delivery, the moment of storing and that of hearing, UTC."""

    source_id: int
    delivery_id: int
    now: datetime
    heard_at: datetime


class Stage:
    """A temporary table for one layer's rows, gone with the transaction."""

    def __init__(self, connection: psycopg.Connection, layer: Filed, delivered: Delivered) -> None:
        self._connection = connection
        self._given = {"source": delivered.source_id, "delivery": delivered.delivery_id, "now": delivered.now}
        self._given |= {"heard": delivered.heard_at, "kind": layer.name}
        self._table = sql.Identifier(layer.model.__tablename__)
        self._now, self._heard_at = delivered.now, delivered.heard_at
        assert layer.file is not None
        fields = [f.column.key for f in layer.fields if f.from_file and f.column is not None]
        fields += [name for name, _ in layer.file.fixed] + (["code"] if layer.file.key else [])
        self._shaped, self._same = layer.file.place == "geometry", layer.file.same
        self._fields = fields
        self._columns = [*fields, "t", "content_hash", "cell_id", *(["geom"] if self._shaped else [])]
        self._make()

    def _make(self) -> None:
        made = "CREATE TEMP TABLE stage_fact ON COMMIT DROP AS SELECT {}, id, false AS known, 0::int8 AS line_no,"
        made += " ''::bytea AS raw FROM {} WITH NO DATA"
        self._connection.execute("DROP TABLE IF EXISTS pg_temp.stage_fact")  # of a file before in one transaction
        self._connection.execute(sql.SQL(made).format(self._names(), self._table))
        if self._same is not None:
            named = str(self._same.by.property.columns[0].computed.sqltext)
            self._connection.execute(
                f"ALTER TABLE stage_fact ADD COLUMN same_name text GENERATED ALWAYS AS ({named}) STORED".encode()
            )

    def _names(self) -> sql.Composed:
        return sql.SQL(", ").join(map(sql.Identifier, self._columns))

    def add(self, rows: Sequence[Checked], cells: Sequence[int | None]) -> None:
        """Put a batch of rows, with the cell of each, beside the table."""
        shapes = frames.stored_shapes([r.geometry for r in rows]) if self._shaped else []
        copy_in = sql.SQL("COPY stage_fact ({}, line_no, raw) FROM STDIN").format(self._names())
        with self._connection.cursor() as cursor, cursor.copy(copy_in) as copy:
            for at, (row, cell) in enumerate(zip(rows, cells, strict=True)):
                values = [row.values[name] for name in self._fields]
                shape = [shapes[at]] if self._shaped else []
                content = hash_raw(content_hash_source(row))
                copy.write_row([*values, row.t or self._heard_at, content, cell, *shape, row.number, row.raw])

    def take_repeats(self, code_field: str) -> Iterator[Reject]:
        """The rows whose code stood in an earlier one, taken out again."""
        for number, code, first, raw in self._connection.execute(_REPEATS).fetchall():
            said = f"field {code_field}: {code!r} stands in row {first} too; keep one"
            fault = Fault(code_field, said, f"‘{code}’ đã có ở dòng {first}; chỉ giữ một dòng")
            yield Reject("repeated_code", f"row {number}, {said}", bytes(raw), number, faults=(fault,))
        twice = "(SELECT code, min(line_no) AS first_no FROM stage_fact GROUP BY code HAVING count(*) > 1)"
        self._connection.execute(
            f"DELETE FROM stage_fact AS s USING {twice} AS f WHERE f.code = s.code AND s.line_no > f.first_no"  # noqa: S608
        )

    def keep_only(self, numbers: frozenset[int] | None) -> None:
        """Leave only the rows of these numbers in the stage; None: all of them."""
        if numbers is not None:
            self._connection.execute("DELETE FROM stage_fact WHERE NOT line_no = ANY(%s)", (list(numbers),))

    def move(self) -> int:
        """Store what is new or corrected; how many rows that was."""
        self._connection.execute("ANALYZE stage_fact")
        self._run(_KNOWN)
        self._run(_REPEATED)
        self._connection.execute("DELETE FROM stage_fact WHERE known")
        self._run(_BACK)
        if self._same is not None:
            self._run_same(self._same)
            self._run(_FRESH)
        self._run(_CLOSE)
        self._run(_ORIGIN)
        return self._run(_MOVE).rowcount

    def moved(self) -> dict[str, int]:
        """Our number of each thing just stored, by its code."""
        statement = "SELECT t.code, t.id FROM {table} AS t JOIN stage_fact AS s ON s.code = t.code"
        statement += " WHERE t.source_id = %(source)s AND t.superseded_at IS NULL ORDER BY s.line_no"
        return dict(self._run(statement).fetchall())

    def _run_same(self, same: Same) -> None:
        parts = {"names": same.name.class_.__tablename__, "name": same.name.key, "thing": same.thing.key}
        statement = sql.SQL(_SAME).format(**{part: sql.Identifier(word) for part, word in parts.items()})
        self._connection.execute(statement)

    def _run(self, statement: str) -> psycopg.Cursor[tuple[str, int]]:
        composed = sql.SQL(statement).format(table=self._table, columns=self._names())
        return self._connection.execute(composed, self._given)
