"""The demonstration's books come as letters over the axis, and the tables are those that the files themselves give."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from fixtures.make import books
from ingest.tables.load import load_table
from layers.registry import load_layers
from layers.units.load import DATA
from web.demo import TABLES, load_books

NOT_THE_ROW = {"row_id", "id", "delivery_id", "source_id"}
"""What counts rows and deliveries, not what a row says."""


def _rows(connection: psycopg.Connection, layer: str, code: str) -> list[Any]:
    table = load_layers()[layer].model.__tablename__
    with connection.cursor() as cursor:
        statement = "SELECT * FROM {} WHERE source_id = (SELECT id FROM source WHERE code = %s) ORDER BY code, row_id"
        cursor.execute(sql.SQL(statement).format(sql.Identifier(table)), (code,))
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        return [{n: v for n, v in zip(names, row, strict=True) if n not in NOT_THE_ROW} for row in cursor]


def test_letters_give_the_rows_that_files_give(connection: psycopg.Connection, now: Any, tmp_path: Path) -> None:
    contents, layers = books(DATA / "unit-outlines.geojson", now), load_layers()
    with connection.transaction(force_rollback=True):
        for layer, sender, name in TABLES:
            path = tmp_path / name
            path.write_bytes(contents[name])
            load_table(connection, layers[layer], path, sender, lambda: now)
        by_file = {layer: _rows(connection, layer, sender.code) for layer, sender, _ in TABLES}
    said: list[str] = []
    load_books(connection, now, said.append)
    assert {layer: _rows(connection, layer, sender.code) for layer, sender, _ in TABLES} == by_file
    assert [line.split(":")[0] for line in said[:-1]] == [name for _, _, name in TABLES]
    assert connection.execute("SELECT count(*) FROM reject").fetchone() == (0,)
    states = connection.execute("SELECT state, count(*) FROM paper GROUP BY state ORDER BY state").fetchall()
    assert [state for state, _ in states] == ["replaced", "revoked", "valid"]
    raw = b"".join(data for (data,) in connection.execute("SELECT data FROM raw_piece"))
    assert b"av-counts" in raw
    assert not any(named in raw for named in (b"MAY-MP", b"192.0.2", "bệnh mô phỏng".encode(), b"<GIAMDINHHS"))


def test_a_second_start_brings_only_what_changed(connection: psycopg.Connection, now: Any) -> None:
    load_books(connection, now, lambda _: None)
    said: list[str] = []
    load_books(connection, now, said.append)
    assert said == ["0 thông điệp mới qua trục liên thông (mô phỏng) · new messages over the axis"]
    load_books(connection, now + timedelta(hours=5), said.append)
    assert [line.split(":")[0] for line in said[1:-1]] == ["citizens.geojson"]
