"""Write: the rows of one file into a layer's table, in one transaction, with what was refused and how it was read."""

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import psycopg

from geo.clock import Clock
from geo.errors import BadInput
from ingest.deliveries import Sender, open_delivery
from ingest.outcome import Fault, Reject
from ingest.rejects import store_rejects
from ingest.summary import Summary
from ingest.tables import frames
from ingest.tables.check import COMMUNE, Checked, RowCheck
from ingest.tables.columns import bare, header_names, match_columns
from ingest.tables.links import link_transmitters
from ingest.tables.parts import files_of, found_table
from ingest.tables.placing import choose_placing
from ingest.tables.read import open_table
from ingest.tables.reading import Reading
from ingest.tables.stage import Delivered, Stage
from ingest.tables.suspect import Sample, judge_places
from ingest.tables.table import NOTHING_SAID, RawRow, ReadOptions, Report
from ingest.tables.withdraw import withdraw_source
from layers.books.slips import books_changed
from layers.bunches import refresh_bunches
from layers.database import transaction
from layers.sources.register import ensure_source
from layers.spec import Filed, Layer
from layers.sums import refresh_sums
from layers.units.outlines import hold_borders
from layers.versions import bump, notify

BATCH = 10_000
SAMPLED = 10_000
"""Rows looked at before the first is understood."""
MOST_KEPT = 50_000
"""Refused rows told one by one; all are stored and counted."""


class Loaded(NamedTuple):
    """What a file came to, what of it was refused (the first MOST_KEPT), how it was read, and as which delivery."""

    summary: Summary
    rejects: list[Reject]
    reading: Reading
    delivery_id: int


@dataclass
class _Run:
    """One load under way."""

    connection: psycopg.Connection
    layer: Filed
    delivered: Delivered
    cells: frames.Cells
    summary: Summary = field(default_factory=Summary)
    rejects: list[Reject] = field(default_factory=list)
    linked: dict[str, Checked] = field(default_factory=dict)

    def refuse(self, rejects: Sequence[Reject]) -> None:
        """Store, count and (the first of them) keep what was refused."""
        store_rejects(
            self.connection, self.delivered.source_id, self.delivered.delivery_id, rejects, self.delivered.now
        )
        for reject in rejects:
            self.summary.reject(reject.reason)
        self.rejects.extend(rejects[: MOST_KEPT - len(self.rejects)])


def load_table(
    connection: psycopg.Connection,
    layer: Filed,
    path: Path,
    sender: Sender,
    clock: Clock,
    options: ReadOptions = NOTHING_SAID,
) -> Loaded:
    """Every row of a file: stored, known already, or refused with its reason. Idempotent.

    A row whose code is known but whose content differs is a correction: a new row; the former one is superseded.
    Errors: BadInput for a file refused as a whole (FrameNeeded, EncodingNeeded when a person must say), and then
    nothing is stored.
    """
    if layer.file is None:
        raise BadInput(f"layer={layer.name!r}: it does not take files", field="layer")
    if sender.instead_of == sender.code:
        raise BadInput(f"instead-of={sender.code!r}: a source corrects its own rows by their code", field="instead-of")
    began, now = time.monotonic(), clock()
    with found_table(path) as file:
        reading = read_file(layer, file, options)
        digest = _digest(file)
        with transaction(connection):
            hold_borders(connection)
            run = _begin(connection, layer, path, sender, clock)
            _move(run, _store(run, reading, now, options.report), sender.instead_of)
            run.summary.seconds = time.monotonic() - began
            _close_delivery(run, digest)
    return Loaded(run.summary, sorted(run.rejects, key=lambda r: r.line_no or 0), reading, run.delivered.delivery_id)


def read_file(layer: Filed, path: Path, options: ReadOptions = NOTHING_SAID) -> Reading:
    """How a file is to be read; no row is checked yet. BadInput when it cannot be."""
    assert layer.file is not None
    table = open_table(path, replace(options, names=header_names(layer)))
    sample = list(islice(table.rows(), SAMPLED))
    columns = match_columns(layer, table, sample)
    placed = layer.file.place == "geometry"
    placing = choose_placing(table, columns, sample, options.crs) if placed else None
    return Reading(table, columns, placing)


def understood(reading: Reading) -> Iterator[list[RawRow | Reject]]:
    """The file's rows a batch at a time, under the layer's names and in EPSG:4326."""
    rows = reading.table.rows()
    while batch := list(islice(rows, BATCH)):
        known = [reading.columns.understand(row) for row in batch if isinstance(row, RawRow)]
        placed = iter(known if reading.placing is None else reading.placing.place(known))
        yield [next(placed) if isinstance(row, RawRow) else _refused(reading, row) for row in batch]


def _refused(reading: Reading, reject: Reject) -> Reject:
    """A line that is no row; of a file of which not all may be kept, without its bytes."""
    if not reading.columns.withhold:
        return reject
    return reject._replace(raw=f"line {reject.line_no}: not kept".encode())


def check_rows(
    layer: Filed, rows: Sequence[RawRow | Reject], now: datetime, factors: Mapping[str, float] | None = None
) -> tuple[list[Checked], list[Reject]]:
    """The rows in order, and those refused."""
    check = RowCheck(layer, now, factors).check
    outcomes = [check(row) if isinstance(row, RawRow) else row for row in rows]
    refused = [o for o in outcomes if isinstance(o, Reject)]
    return [o for o in outcomes if isinstance(o, Checked)], refused


def _begin(connection: psycopg.Connection, layer: Filed, path: Path, sender: Sender, clock: Clock) -> _Run:
    source_id = ensure_source(connection, sender.code, sender.origin, sender.title)
    delivered = Delivered(source_id, open_delivery(connection, source_id, path.name, clock), clock())
    return _Run(connection, layer, delivered, frames.cells_frame(connection))


def _store(run: _Run, reading: Reading, now: datetime, report: Report | None) -> Stage:
    """Check, place and store every row; what makes the whole file wrong is raised before anything is moved."""
    stage, sample = Stage(run.connection, run.layer, run.delivered), Sample()
    communes, today = _commune_names(run.connection), set(run.cells["commune_code"])
    for rows in understood(reading):
        checked, refused = check_rows(run.layer, rows, now, reading.columns.factors)
        checked, strangers = refuse_strangers(run.layer, checked, today)
        if reading.placing is not None:
            sample.add([row for row in rows if isinstance(row, RawRow)], communes)
        stage.add(checked, _cells(run, checked))
        run.refuse([*refused, *strangers])
        run.summary.lines += len(rows)
        run.summary.messages += len(checked)
        if run.layer.file is not None and run.layer.file.links:
            run.linked |= {row.code: row for row in reversed(checked) if row.code not in run.linked}
        if report is not None:
            report(run.summary.lines, reading.table.count)
    if reading.placing is not None:
        reading.notes += judge_places(sample, reading.placing, run.cells)
    return stage


def _move(run: _Run, stage: Stage, instead_of: str | None) -> None:
    """Take what is new out of the stage into the layer, and let everybody know."""
    assert run.layer.file is not None
    repeats = list(stage.take_repeats(run.layer.file.code))
    run.refuse(repeats)
    run.summary.messages -= len(repeats)
    run.summary.stored = stage.move()
    run.summary.duplicates = run.summary.messages - run.summary.stored
    withdrawn = _withdraw(run, instead_of)
    if not run.summary.stored and not withdrawn:
        return
    version = bump(run.connection, run.layer.name)  # its lock lets one writer at a time make the sums anew
    if isinstance(run.layer, Layer):
        refresh_sums(run.connection, run.layer)
        refresh_bunches(run.connection, run.layer)
    if run.layer.file.links:
        rows = [(entity, run.linked[code]) for code, entity in stage.moved().items()]
        link_transmitters(run.connection, run.delivered.source_id, rows, run.delivered.now)
    books_changed(run.connection, run.layer.name, run.delivered.now)
    notify(run.connection, {"layer": run.layer.name, "version": version})


def _withdraw(run: _Run, instead_of: str | None) -> int:
    """How many rows of another source stood down for this file's; none for a file of which nothing could be kept."""
    if instead_of is None:
        return 0
    if not run.summary.messages:
        raise BadInput(
            f"instead-of={instead_of!r}: no row of the file could be kept; mend it first", field="instead-of"
        )
    return withdraw_source(run.connection, run.layer, instead_of, run.delivered.now)


def refuse_strangers(
    layer: Filed, rows: Sequence[Checked], communes: Collection[str]
) -> tuple[list[Checked], list[Reject]]:
    """The rows whose commune exists (or is not known), and those that name one that does not.

    A row placed by a code of before July 2025 would otherwise stand nowhere, and every sum would lack it.
    """
    assert layer.file is not None
    if layer.file.place != "commune_code":
        return list(rows), []
    good = [r for r in rows if r.commune_code is None or r.commune_code in communes]
    return good, [_stranger(r) for r in rows if r.commune_code is not None and r.commune_code not in communes]


def _stranger(row: Checked) -> Reject:
    fix = "use a commune's code as of 1 July 2025 (/api/units?level=commune), or leave it empty"
    said = f"field {COMMUNE}: {row.commune_code!r} is no commune of today; {fix}"
    vi = f"‘{row.commune_code}’ không phải mã xã từ 1/7/2025; ghi mã mới, hoặc để trống"
    return Reject(
        "unknown_commune", f"row {row.number}, {said}", row.raw, row.number, faults=(Fault(COMMUNE, said, vi),)
    )


def _cells(run: _Run, rows: Sequence[Checked]) -> list[int | None]:
    file = run.layer.file
    if not rows or file is None or file.place != "geometry":
        return frames.cells_of_communes(run.cells, [r.commune_code for r in rows])
    return frames.cells_of_shapes(run.cells, [r.geometry for r in rows], file.near_m)


def _commune_names(connection: psycopg.Connection) -> dict[str, str]:
    """The code of each commune of today by its folded names."""
    rows = connection.execute("SELECT code, name, full_name FROM unit WHERE level = 'commune' AND valid_to IS NULL")
    return {bare(name): code for code, *names in rows.fetchall() for name in names}


def _digest(path: Path) -> bytes:
    """The SHA-256 of a table and its parts."""
    found = hashlib.sha256()
    for part in files_of(path):
        with part.open("rb") as file:
            while piece := file.read(1 << 20):
                found.update(piece)
    return found.digest()


def _close_delivery(run: _Run, digest: bytes) -> None:
    run.connection.execute(
        "UPDATE delivery SET finished_at = %s, summary = %s, sha256 = %s WHERE id = %s",
        (run.delivered.now, run.summary.as_json(), digest, run.delivered.delivery_id),
    )
