"""A sheet of a workbook as a table: the sheet and the lines that name our columns, wherever a department put them."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import orjson

from geo.errors import BadInput
from geo.text import fold
from ingest.outcome import Fault, Reject
from ingest.tables.book import Book, Sheet
from ingest.tables.csv_file import cells_of
from ingest.tables.encodings import Letters, guess_letters, name_encoding
from ingest.tables.heading import DEPTH, Heading, find_heading, last_part
from ingest.tables.table import TITLE_ROWS, RawRow, ReadOptions, Table


def open_workbook(path: Path, options: ReadOptions) -> Table:
    """One sheet of a workbook; rows have the numbers Excel shows. BadInput when it cannot be opened."""
    book = Book(path)
    name, heading = _choose(book, path, options)
    header = heading.names
    if not any(header):
        raise BadInput(f"sheet {name!r}: the file is empty; one line must name the columns", field="sheet")
    sheet = book.sheet(name)

    def rows() -> Iterator[RawRow | Reject]:
        return _rows(sheet, heading)

    given = Letters(name_encoding(options.encoding)) if options.encoding else None
    letters = given or guess_letters(cells_of([h for h in header if h], rows()), bytewise=False)
    return Table(book.format, tuple(h for h in header if h), rows, part=name, letters=letters)


def _choose(book: Book, path: Path, options: ReadOptions) -> tuple[str, Heading]:
    """The sheet and its heading: the sheet asked for, else the one that has our columns."""
    names = book.names()
    listed = ", ".join(names)
    if options.sheet is not None and options.sheet not in names:
        raise BadInput(f"sheet {options.sheet!r}: not in {path.name}, which has {listed}", field="sheet")
    found = {n: _heading(book.sheet(n), options.names) for n in ([options.sheet] if options.sheet else names)}
    filled = [n for n, heading in found.items() if any(heading.names)]
    most = max((heading.hits for heading in found.values()), default=0)
    likely = [n for n in filled if found[n].hits == most] or names[:1]
    if len(likely) > 1:
        raise BadInput(f"{path.name} has {len(likely)} sheets alike; give --sheet, one of {listed}", field="sheet")
    return likely[0], found[likely[0]]


def _heading(sheet: Sheet, wanted: frozenset[str]) -> Heading:
    """The lines that name most of our columns (else the first that says anything)."""

    def judge(names: Sequence[str]) -> int:
        return len(({fold(n) for n in names} | {fold(last_part(n)) for n in names}) & wanted)

    return find_heading(list(islice(sheet.rows(), TITLE_ROWS + DEPTH)), sheet.merged, judge)


def _rows(sheet: Sheet, heading: Heading) -> Iterator[RawRow | Reject]:
    header, faulty = heading.names, {row for row, _ in sheet.faults}
    for number, cells in sheet.rows():
        if number < heading.body or (number not in faulty and not any(c is not None for c in cells)):
            continue
        values = {title: cell for title, cell in zip(header, cells, strict=False) if title}
        raw = orjson.dumps(list(values.values()))
        fault = fault_of(sheet, number, header) if number in faulty else None
        if fault is None:
            yield RawRow(number, values, raw)
        else:
            yield Reject("bad_row", f"row {number}: {fault.en}", raw, number, faults=(fault,))


def fault_of(sheet: Sheet, number: int, header: Sequence[str]) -> Fault | None:
    """What is wrong with a cell of the row whatever its column: an error value, a formula never calculated."""
    for at, title in enumerate(header, 1):
        if title and (number, at) in sheet.faults:
            return cell_fault(title, column_letters(at) + str(number), sheet.faults[number, at])
    return None


def cell_fault(title: str, where: str, error: str) -> Fault:
    """An error in a cell, or (empty) a formula that was never calculated, in words."""
    if error:
        en = f"cell {where} holds {error}; mend the formula"
        return Fault(title, en, f"ô {where} chứa {error}; sửa công thức")
    en = f"cell {where} holds a formula without its value; open the file in Excel and save it"
    return Fault(title, en, f"ô {where} có công thức chưa tính; mở tệp bằng Excel rồi lưu lại")


def column_letters(number: int) -> str:
    """The letters of a column from 1: 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
