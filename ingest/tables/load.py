"""Write: the rows of one file into a layer's table, in one transaction, with what was refused."""

import hashlib
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from geo.clock import Clock
from geo.errors import BadInput
from ingest.deliveries import Sender, open_delivery
from ingest.outcome import Reject
from ingest.rejects import hash_raw, store_rejects
from ingest.summary import Summary
from ingest.tables import frames
from ingest.tables.check import COMMUNE, Checked, check_row, content_hash_source, needed_columns
from ingest.tables.links import link_transmitters
from ingest.tables.read import RawRow, read_rows
from layers.bunches import refresh_bunches
from layers.database import transaction
from layers.sources.register import ensure_source
from layers.spec import Layer
from layers.sums import refresh_sums
from layers.units.outlines import hold_borders
from layers.versions import bump, notify

Report = Callable[[int, int], None]
"""Called with (rows done, rows in all)."""


class Loaded(NamedTuple):
    """What a file came to, and what of it was refused."""

    summary: Summary
    rejects: list[Reject]


@dataclass(frozen=True)
class _Batch:
    layer: Layer
    source_id: int
    delivery_id: int
    now: datetime
    cells: frames.Cells


def load_table(connection: psycopg.Connection, layer: Layer, path: Path, sender: Sender, clock: Clock) -> Loaded:
    """Every row of a CSV or GeoJSON file: stored, known already, or refused with its reason. Idempotent.

    A row whose code is known but whose content differs is a correction: a new row; the former one is superseded.
    """
    if layer.file is None:
        raise BadInput(f"layer={layer.name!r}: it does not take files", field="layer")
    began, now = time.monotonic(), clock()
    checked, rejects, lines = check_file(layer, path, now)
    with transaction(connection):
        hold_borders(connection)
        cells = frames.cells_frame(connection)
        checked, strangers = refuse_strangers(layer, checked, set(cells["commune_code"]))
        rejects += strangers
        source_id = ensure_source(connection, sender.code, sender.origin, sender.title)
        batch = _Batch(layer, source_id, open_delivery(connection, source_id, path.name, clock), now, cells)
        stored = write_rows(connection, batch, checked)
        store_rejects(connection, source_id, batch.delivery_id, rejects, now)
        summary = Summary(lines=lines, messages=len(checked), stored=stored, duplicates=len(checked) - stored)
        for reject in rejects:
            summary.reject(reject.reason)
        summary.seconds = time.monotonic() - began
        _close_delivery(connection, batch, summary, path)
    return Loaded(summary, rejects)


def check_file(layer: Layer, path: Path, now: datetime) -> tuple[list[Checked], list[Reject], int]:
    """The rows understood (the first of each code), those refused, and how many there were."""
    assert layer.file is not None
    good: dict[str, Checked] = {}
    rejects: list[Reject] = []
    lines = 0
    for row in read_rows(path, needed_columns(layer)):
        lines += 1
        outcome = check_row(layer, row, now) if isinstance(row, RawRow) else row
        if isinstance(outcome, Reject):
            rejects.append(outcome)
        elif outcome.code in good:
            first = good[outcome.code].number
            detail = (
                f"row {outcome.number}, field {layer.file.code}: {outcome.code!r} stands in row {first} too; keep one"
            )
            rejects.append(Reject("repeated_code", detail, outcome.raw, outcome.number))
        else:
            good[outcome.code] = outcome
    return list(good.values()), rejects, lines


def refuse_strangers(
    layer: Layer, rows: Sequence[Checked], communes: Collection[str]
) -> tuple[list[Checked], list[Reject]]:
    """The rows whose commune exists (or is not known), and those that name one that does not.

    A row placed by a code of before July 2025 would otherwise stand nowhere, and every sum would lack it.
    """
    assert layer.file is not None
    if layer.file.place != "commune_code":
        return list(rows), []
    good = [r for r in rows if r.commune_code is None or r.commune_code in communes]
    strange = [r for r in rows if r.commune_code is not None and r.commune_code not in communes]
    return good, [Reject("unknown_commune", _stranger(r), r.raw, r.number) for r in strange]


def _stranger(row: Checked) -> str:
    fix = "use a commune's code as of 1 July 2025 (/api/units?level=commune), or leave it empty"
    return f"row {row.number}, field {COMMUNE}: {row.commune_code!r} is no commune of today; {fix}"


def write_rows(connection: psycopg.Connection, batch: _Batch, rows: Sequence[Checked]) -> int:
    """Store what is new or corrected; how many rows that were."""
    if not rows:
        return 0
    known = _known(connection, batch)
    fresh = [r for r in rows if known.get(r.code, (0, None))[1] != _hash(r)]
    if not fresh:
        return 0
    cells = _cells(batch, fresh)
    table = sql.Identifier(batch.layer.model.__tablename__)
    close = sql.SQL(
        "UPDATE {} SET superseded_at = %s WHERE source_id = %s AND code = ANY(%s) AND superseded_at IS NULL"
    )
    codes = [r.code for r in fresh]
    connection.execute(close.format(table), (batch.now, batch.source_id, codes))
    ids = {r.code: known[r.code][0] if r.code in known else _next_id(connection) for r in fresh}
    with connection.cursor() as cursor:
        values = [_row(batch, r, ids[r.code], cell) for r, cell in zip(fresh, cells, strict=True)]
        cursor.executemany(_insert(batch.layer, values[0]), values)
    version = bump(connection, batch.layer.name)  # its lock lets one writer at a time make the sums anew
    refresh_sums(connection, batch.layer)
    refresh_bunches(connection, batch.layer)
    if batch.layer.file is not None and batch.layer.file.links:
        link_transmitters(connection, batch.source_id, [(ids[r.code], r) for r in fresh], batch.now)
    notify(connection, {"layer": batch.layer.name, "version": version})
    return len(fresh)


def _known(connection: psycopg.Connection, batch: _Batch) -> dict[str, tuple[int, int]]:
    statement = sql.SQL("SELECT code, id, content_hash FROM {} WHERE source_id = %s AND superseded_at IS NULL")
    table = sql.Identifier(batch.layer.model.__tablename__)
    rows = connection.execute(statement.format(table), (batch.source_id,)).fetchall()
    return {code: (entity, content) for code, entity, content in rows}


def _cells(batch: _Batch, rows: Sequence[Checked]) -> list[int | None]:
    file = batch.layer.file
    if file is not None and file.place == "geometry":
        return frames.cells_of_shapes(batch.cells, [r.geometry for r in rows], file.near_m)
    return frames.cells_of_communes(batch.cells, [r.commune_code for r in rows])


def _row(batch: _Batch, row: Checked, entity: int, cell: int | None) -> dict[str, Any]:
    values: dict[str, Any] = dict(row.values)
    values |= {"id": entity, "content_hash": _hash(row), "source_id": batch.source_id, "cell_id": cell}
    values |= {"delivery_id": batch.delivery_id, "t": row.t or batch.now, "heard_at": batch.now, "stored_at": batch.now}
    if batch.layer.file is not None and batch.layer.file.place == "geometry":
        values["geom"] = frames.stored_shape(row.geometry)
    return values


def _insert(layer: Layer, row: dict[str, Any]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    places = sql.SQL(", ").join(map(sql.Placeholder, row))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(layer.model.__tablename__), names, places)


def _next_id(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT nextval('fact_id')").fetchone()
    assert row is not None
    return int(row[0])


def _hash(row: Checked) -> int:
    return hash_raw(content_hash_source(row))


def _close_delivery(connection: psycopg.Connection, batch: _Batch, summary: Summary, path: Path) -> None:
    connection.execute(
        "UPDATE delivery SET finished_at = %s, summary = %s, sha256 = %s WHERE id = %s",
        (batch.now, summary.as_json(), hashlib.sha256(path.read_bytes()).digest(), batch.delivery_id),
    )
