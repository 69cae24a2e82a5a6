"""What may be kept of a file that holds more than we understand: its understood columns, under the sender's titles.

Books of boats come with buyers, identity cards and dates of birth that nobody asked for; those never reach the raw
store. The file kept, read again, gives the same rows.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.tables.reading import Reading
from ingest.tables.table import RawRow


def kept_of(reading: Reading, path: Path, scratch: Path) -> Path:
    """The file itself where every column was understood, or where nothing is to be withheld; else a CSV of the rest."""
    if not reading.columns.withhold:
        return path
    kept = scratch / f"{path.stem}-kept.csv"
    with kept.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        names = list(reading.columns.fields)
        writer.writerow(reading.columns.shown[name] for name in names)
        writer.writerows(_cells(reading, names))
    return kept


def _cells(reading: Reading, names: list[str]) -> Iterator[list[Any]]:
    read = reading.table.letters.read
    for row in reading.table.rows():
        if isinstance(row, RawRow):
            values = ((name, row.values.get(name)) for name in names)
            yield [read(name, value) if isinstance(value, str) else _plain(value) for name, value in values]


def _plain(value: Any) -> Any:
    """A number so that it can only be read as itself: three decimals would pass for thousands."""
    return f"{value:.4f}" if isinstance(value, float) and value == round(value, 3) != round(value, 2) else value
