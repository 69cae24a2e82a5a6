"""The owner's official outlines of the communes in the place of ours: read, checked against ours, put in force.

All or nothing: one fault and nothing changes; everything happens in one transaction, a rehearsal rolls it back.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from geo.clock import Clock
from geo.errors import BadInput
from ingest.adapters import adapter_named
from ingest.deliveries import Opened, close_delivery, open_delivery
from ingest.outcome import Reject
from ingest.summary import Summary
from ingest.tables.outline_report import Report, compare
from ingest.tables.parts import found_table
from ingest.tables.read import read_rows
from ingest.tables.shapes import shape_of
from ingest.tables.table import NOTHING_SAID, RawRow, ReadOptions
from ingest.tables.values import FieldFault
from layers.database import transaction
from layers.sources.register import ensure_source
from layers.units import outlines
from layers.units.ground import COMMUNE, lay
from layers.units.relocate import relocate
from layers.versions import bump, notify

SOURCE = "units_official"
CODE_NAMES = ("code", "commune_code", "ma", "maxa", "ma_xa", "ma_dvhc", "madvhc")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What the owner says of the file: who drew it, of which day, and how far areas may differ from ours."""

    title: str
    as_of: date
    level: str = COMMUNE
    code_column: str | None = None
    tolerance_pct: float = 10.0
    dry_run: bool = False
    reading: ReadOptions = NOTHING_SAID


def replace_outlines(connection: psycopg.Connection, path: Path, asked: Asked, clock: Clock, say: Say) -> Report:
    """Put a file of official outlines in force. With faults, or when only rehearsed, nothing is changed.

    Reads EPSG:4326 polygons from whatever file `read_rows` reads. BadInput for a level we cannot replace.
    """
    if asked.level != COMMUNE:
        raise BadInput(
            f"level={asked.level!r}: give the communes (--level commune); districts are made of them", field="level"
        )
    say(f"đọc {path.name} · reading")
    with found_table(path) as file:
        polygons, faults = read_outlines(file, asked)
        digest = hashlib.sha256(file.read_bytes()).digest()
    with transaction(connection, keep=not asked.dry_run):
        outlines.move_borders(connection)
        say("đối chiếu với bản đang dùng · comparing")
        report = compare(connection, polygons, asked.tolerance_pct)
        report.faults[:0] = faults
        if report.faults:
            return report
        drawn = outlines.Drawn(asked.level, asked.title, asked.as_of, path.name, digest, polygons)
        outlines.keep(connection, drawn, clock())
        record(connection, drawn, clock)
        report.moved = lay_anew(connection, say)
    return report


def restore_outlines(connection: psycopg.Connection, say: Say) -> dict[str, int] | None:
    """Put our own outlines in force again: the facts that moved by layer, or None when ours already were."""
    with transaction(connection):
        outlines.move_borders(connection)
        return lay_anew(connection, say) if outlines.forget(connection, COMMUNE) else None


def lay_anew(connection: psycopg.Connection, say: Say) -> dict[str, int]:
    """Cells, outlines per zoom, every layer's facts and sums by the outlines in force; tiles are asked for anew."""
    say("dựng lại ô và đường nét theo mức thu phóng · cells and outlines per zoom")
    lay(connection)
    say("đặt lại từng lớp vào ô · facts into their cells")
    moved = relocate(connection)
    notify(connection, {"layer": "unit", "version": bump(connection, "unit")})
    return moved


def read_outlines(path: Path, asked: Asked) -> tuple[dict[str, Any], list[str]]:
    """The outlines of a file by code, and what is wrong with its rows."""
    found: dict[str, Any] = {}
    faults: list[str] = []
    for row in read_rows(path, asked.reading):
        if isinstance(row, Reject):
            faults.append(row.detail)
            continue
        try:
            code, polygon = _code(row, asked.code_column), shape_of(row, "MULTIPOLYGON")
        except FieldFault as fault:
            faults.append(f"row {row.number}, {fault}")
            continue
        if code in found:
            faults.append(f"row {row.number}: code {code!r} stands twice; give one outline for each commune")
        found[code] = polygon
    return found, faults


def _code(row: RawRow, column: str | None) -> str:
    """The row's commune code: in the column named, else in the one that is named as such columns are."""
    by_name = {str(name).lower(): value for name, value in row.values.items()}
    names = (column.lower(),) if column else CODE_NAMES
    given = next((by_name[name] for name in names if by_name.get(name) not in (None, "")), None)
    if given is None:
        raise FieldFault(f"no code: name its column with --code-column; the file has {', '.join(row.values)}")
    text = str(int(given)) if isinstance(given, float) and given.is_integer() else str(given).strip()
    return text.zfill(5) if text.isdigit() else text


def record(connection: psycopg.Connection, drawn: outlines.Drawn, clock: Clock) -> None:
    """Note the delivery, so that it stands among what sources sent."""
    source = ensure_source(connection, SOURCE, "real", "Ranh giới chính thức do chủ quản cấp")
    delivery = open_delivery(connection, source, drawn.file_name, clock, Opened(adapter=adapter_named("outlines")))
    close_delivery(connection, delivery, Summary(lines=1, messages=1, stored=1), clock(), drawn.sha256)
