"""A department's file as pages of cells, whatever it is: sheets of a workbook, or the one of a CSV file."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from geo.errors import BadInput
from ingest.tables.book import SUFFIXES, Book, Cell, Span
from ingest.tables.csv_file import GUESSED_FROM, grid_of
from ingest.tables.encodings import AS_IT_IS, Letters, decode_file, guess_letters, name_encoding
from ingest.tables.parts import found_table

MOST_ROWS = 200_000
"""A form is read whole; nobody fills in more."""


@dataclass(frozen=True)
class Page:
    """One sheet: `rows` as (number from 1, cells), text in Unicode; spans and faults as in `book.Sheet`."""

    name: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    merged: tuple[Span, ...]
    faults: dict[tuple[int, int], str]
    letters: Letters

    @property
    def empty(self) -> bool:
        """Whether nothing stands on it."""
        return not any(cell is not None for _, cells in self.rows for cell in cells)


@dataclass(frozen=True)
class Pages:
    """A file opened: its kind (`XLSX`, `CSV` …) and its pages."""

    format: str
    pages: tuple[Page, ...]


def open_pages(path: Path, sheet: str | None = None, encoding: str | None = None) -> Pages:
    """Every page of a file, or the one asked for. BadInput for a file no form comes in, or with nothing in it."""
    with found_table(path) as file:
        suffix = file.suffix.lower()
        if suffix not in (*SUFFIXES, ".csv"):
            raise BadInput(f"file {path.name!r}: a form comes as XLSX, XLS, XLSB, ODS or CSV")
        found = _of_csv(file, encoding) if suffix == ".csv" else _of_book(file, sheet, encoding)
    if all(page.empty for page in found.pages):
        raise BadInput(f"file {path.name!r}: the file is empty; no sheet of it holds anything")
    return found


def _of_book(path: Path, sheet: str | None, encoding: str | None) -> Pages:
    book = Book(path)
    names = book.names()
    if sheet is not None and sheet not in names:
        raise BadInput(f"sheet {sheet!r}: not in {path.name}, which has {', '.join(names)}", field="sheet")
    pages = []
    for name in [sheet] if sheet else names:
        read = book.sheet(name)
        rows = _whole(path, read.rows())
        letters = _letters(rows, encoding, bytewise=False)
        pages.append(Page(name, _decoded(rows, letters), read.merged, dict(read.faults), letters))
    return Pages(book.format, tuple(pages))


def _of_csv(path: Path, encoding: str | None) -> Pages:
    decoded = decode_file(path.read_bytes(), encoding)
    rows = _whole(path, ((number, list(cells)) for number, cells in enumerate(grid_of(decoded), 1)))
    if decoded.name is not None:
        letters = Letters(decoded.name)
    else:
        letters = AS_IT_IS if decoded.text.isascii() else _letters(rows, encoding, decoded.bytewise)
    return Pages("CSV", (Page(path.name, _decoded(rows, letters), (), {}, letters),))


def _whole(path: Path, rows: Iterator[tuple[int, list[Cell]]]) -> list[tuple[int, list[Cell]]]:
    found = list(islice(rows, MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise BadInput(f"file {path.name!r}: more than {MOST_ROWS:,} rows for a form; is it the right file?")
    return found


def _letters(rows: list[tuple[int, list[Cell]]], encoding: str | None, bytewise: bool) -> Letters:
    """What the text is written in, by column: an old font may hold in one and not in the next."""
    if encoding:
        return Letters(name_encoding(encoding))
    cells: dict[str, list[str]] = {}
    for _, row in rows[:GUESSED_FROM]:
        for column, cell in enumerate(row):
            if isinstance(cell, str) and not cell.isascii():
                cells.setdefault(str(column), []).append(cell)
    return guess_letters(cells, bytewise) if cells else AS_IT_IS


def _decoded(rows: list[tuple[int, list[Cell]]], letters: Letters) -> tuple[tuple[int, tuple[Cell, ...]], ...]:

    def read(column: int, cell: Cell) -> Cell:
        return letters.read(str(column), cell) if isinstance(cell, str) else cell

    return tuple((number, tuple(read(c, v) for c, v in enumerate(cells))) for number, cells in rows)
