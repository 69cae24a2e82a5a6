"""Write: the rows of one file into a layer's table, in one transaction, with what was refused and how it was read."""

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
from ingest.deliveries import Sender, close_delivery, open_delivery
from ingest.outcome import Fault, Reject
from ingest.rejects import store_rejects
from ingest.summary import Summary
from ingest.tables import frames
from ingest.tables.again import keep_devices, leave_overtaken
from ingest.tables.check import COMMUNE, Checked, RowCheck
from ingest.tables.columns import bare, header_names, match_columns
from ingest.tables.kept import keep_read
from ingest.tables.links import link_transmitters
from ingest.tables.parts import found_table
from ingest.tables.placing import choose_placing
from ingest.tables.read import open_table
from ingest.tables.reading import Reading
from ingest.tables.stage import Delivered, Stage
from ingest.tables.suspect import Sample, judge_places
from ingest.tables.table import NOTHING_SAID, Again, RawRow, ReadOptions, Report
from ingest.tables.withdraw import withdraw_source
from layers.books.slips import books_changed
from layers.bunches import refresh_bunches
from layers.database import transaction
from layers.sources.pulse import NO_AGES, Ages, ages_of
from layers.sources.register import ensure_source
from layers.spec import Book, Filed, Layer
from layers.sums import refresh_sums
from layers.units.outlines import hold_borders
from layers.versions import bump, notify

BATCH = 10_000
SAMPLED = 10_000
"""Rows looked at before the first is understood."""
SAID = ("crs", "encoding", "sheet", "layer_name")
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
    again: Again | None = None
    ages: Ages = NO_AGES

    @property
    def only_some(self) -> bool:
        """Whether only some rows of a file are wanted, that were refused before."""
        return self.again is not None and self.again.only is not None

    def wants(self, number: int | None) -> bool:
        """Whether a row is to be stored, or refused, at all."""
        return self.again is None or self.again.wants(number)

    def refuse(self, found: Sequence[Reject]) -> int:
        """Count, store and (the first of them) keep what was refused; how many. What stands refused is not stored."""
        rejects = [reject for reject in found if self.wants(reject.line_no)]
        if not self.only_some:
            by, heard_at = self.delivered, self.delivered.heard_at
            store_rejects(self.connection, by.source_id, by.delivery_id, rejects, by.now, heard_at)
        for reject in rejects:
            self.summary.reject(reject.reason)
        self.rejects.extend(rejects if self.only_some else rejects[: MOST_KEPT - len(self.rejects)])
        return len(rejects)


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
        with transaction(connection):
            hold_borders(connection)
            run = _begin((connection, layer, path), sender, clock, options)
            _move(run, _store(run, reading, now, options.report), sender.instead_of)
            run.summary.seconds = time.monotonic() - began
            kept = keep_read(connection, reading, path, file, run.delivered.now)
            close_delivery(connection, run.delivered.delivery_id, run.summary, run.delivered.now, kept, ages=run.ages)
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


def _begin(given: tuple[psycopg.Connection, Filed, Path], sender: Sender, clock: Clock, options: ReadOptions) -> _Run:
    connection, layer, path = given
    source_id = ensure_source(connection, sender.code, sender.origin, sender.title)
    opened = options.opened._replace(form=form_name(layer), said=said_of(options, sender))
    if options.again is not None:
        opened = opened._replace(replay_of=options.again.replay_of)
    delivery_id, now = open_delivery(connection, source_id, path.name, clock, opened), clock()
    delivered = Delivered(source_id, delivery_id, now, options.heard_at or now)
    return _Run(connection, layer, delivered, frames.cells_frame(connection), again=options.again)


def form_name(layer: Filed) -> str:
    """What the form of a layer's or a book's files is called."""
    return f"{'book' if isinstance(layer, Book) else 'layer'}:{layer.name}"


def said_of(options: ReadOptions, sender: Sender) -> dict[str, str] | None:
    """What a person said about a file, for whoever reads it again; None when nothing."""
    named = {name: getattr(options, name) for name in SAID} | {"instead_of": sender.instead_of}
    return {name: value for name, value in named.items() if value is not None} or None


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
        run.summary.lines += sum(run.wants(row.number if isinstance(row, RawRow) else row.line_no) for row in rows)
        run.summary.messages += sum(run.wants(row.number) for row in checked)
        run.ages = run.ages.plus(ages_of([(now - row.t).total_seconds() for row in checked if row.t is not None]))
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
    run.summary.messages -= run.refuse(list(stage.take_repeats(run.layer.file.code)))
    if run.again is not None:
        stage.keep_only(run.again.only)
        leave_overtaken(run.connection, run.layer, run.delivered.source_id, run.delivered.heard_at)
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
        rows = rows if run.again is None else keep_devices(run.connection, rows)
        link_transmitters(run.connection, run.delivered, rows)
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
