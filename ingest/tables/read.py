"""Read: a file of any kind we take, opened as a table. No field is understood here."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ingest.outcome import Reject
from ingest.tables.csv_file import open_csv
from ingest.tables.geojson_file import open_geojson
from ingest.tables.parts import found_table
from ingest.tables.placing import shaped_placing
from ingest.tables.table import NOTHING_SAID, RawRow, ReadOptions, Table
from ingest.tables.workbook import open_workbook

BATCH = 10_000


def _open_vector(path: Path, options: ReadOptions) -> Table:
    from ingest.tables.vector import open_vector  # late: its library brings pandas and GDAL with it

    return open_vector(path, options)


OPENERS: Mapping[str, Callable[[Path, ReadOptions], Table]] = {
    ".csv": open_csv,
    ".geojson": open_geojson,
    ".json": open_geojson,
    ".xlsx": open_workbook,
    ".xlsm": open_workbook,
    ".xls": open_workbook,
    ".xlsb": open_workbook,
    ".ods": open_workbook,
    ".gpkg": _open_vector,
    ".shp": _open_vector,
    ".tab": _open_vector,
    ".mif": _open_vector,
}


def open_table(path: Path, options: ReadOptions = NOTHING_SAID) -> Table:
    """The table of a file that `parts.found_table` found; BadInput when it is no file we can read."""
    return OPENERS[path.suffix.lower()](path, options)


def read_rows(path: Path, options: ReadOptions = NOTHING_SAID) -> Iterator[RawRow | Reject]:
    """The rows of a file, folder or archive under its own names: text as Unicode, geometry in EPSG:4326.

    Errors: BadInput for a file that cannot be read, FrameNeeded for one that does not say where it lies.
    """
    with found_table(path) as file:
        table = open_table(file, options)
        placing = shaped_placing(table, options.crs) if table.shaped else None
        rows = table.rows()
        while batch := list(islice(rows, BATCH)):
            known = [_spelled(table, row) for row in batch if isinstance(row, RawRow)]
            placed = iter(known if placing is None else placing.place(known))
            yield from (next(placed) if isinstance(row, RawRow) else row for row in batch)


def _spelled(table: Table, row: RawRow) -> RawRow:
    """A row with its names and its text as Unicode."""
    read = table.letters.read
    return replace(row, values={read("", n): read(n, v) if isinstance(v, str) else v for n, v in row.values.items()})
