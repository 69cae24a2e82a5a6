"""XLSX: the sheet and the line that name our columns, wherever a department put its titles; formulas by their value."""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
import orjson
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from geo.errors import BadInput
from geo.text import compose, fold
from ingest.outcome import Fault, Reject
from ingest.tables.csv_file import cells_of
from ingest.tables.encodings import Letters, guess_letters, name_encoding
from ingest.tables.table import RawRow, ReadOptions, Table

MOST_UNPACKED = 1_000_000_000
MOST_COLUMNS = 400
TITLE_ROWS = 30
"""How far down the line of column names may stand."""
_OLE = b"\xd0\xcf\x11\xe0"
_FORMULA = re.compile(rb"<f[ >/]")
_BROKEN = (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, OSError, zlib.error)
Cell = Any
"""A cell of openpyxl, which has no types of its own."""


def open_workbook(path: Path, options: ReadOptions) -> Table:
    """One sheet of a workbook; rows have the numbers Excel shows. BadInput when it cannot be opened."""
    calculated = _check_archive(path)
    name, top, header = _choose(path, options)
    if not any(header):
        raise BadInput(f"sheet {name!r}: the file is empty; one line must name the columns", field="sheet")

    def rows() -> Iterator[RawRow | Reject]:
        return _rows(path, name, header, top, calculated)

    given = Letters(name_encoding(options.encoding)) if options.encoding else None
    letters = given or guess_letters(cells_of([h for h in header if h], rows()), bytewise=False)
    return Table("XLSX", tuple(h for h in header if h), rows, part=name, letters=letters)


def _check_archive(path: Path) -> bool:
    """Whether cells may hold formulas; BadInput for what is no workbook or would fill the memory."""
    with path.open("rb") as file:
        if file.read(4) == _OLE:
            raise BadInput(f"file {path.name!r}: an old .xls, or locked with a password; save it as .xlsx without one")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(m.file_size for m in archive.infolist()) > MOST_UNPACKED:
                raise BadInput(f"file {path.name!r}: unpacks to more than {MOST_UNPACKED // 1_000_000} MB; split it")
            sheets = [m for m in archive.namelist() if m.startswith("xl/worksheets/") and m.endswith(".xml")]
            return any(_FORMULA.search(archive.read(sheet)) for sheet in sheets)
    except _BROKEN as error:
        raise _broken(path, error) from None


def _broken(path: Path, error: Exception) -> BadInput:
    why = str(error) or type(error).__name__
    return BadInput(f"file {path.name!r}: broken, Excel could not open it either ({why[:120]}); save it again as .xlsx")


def _choose(path: Path, options: ReadOptions) -> tuple[str, int, list[str]]:
    """The sheet, the row of its column names and the names: the sheet asked for, else the one that has our columns."""
    names = _sheet_names(path)
    listed = ", ".join(names)
    if options.sheet is not None and options.sheet not in names:
        raise BadInput(f"sheet {options.sheet!r}: not in {path.name}, which has {listed}", field="sheet")
    found = {n: _header(path, n, options.names) for n in ([options.sheet] if options.sheet else names)}
    filled = {n: (top, header) for n, (top, header, _) in found.items() if any(header)}
    most = max((hits for _, _, hits in found.values()), default=0)
    likely = [n for n in filled if found[n][2] == most] or names[:1]
    if len(likely) > 1:
        raise BadInput(f"{path.name} has {len(likely)} sheets alike; give --sheet, one of {listed}", field="sheet")
    return likely[0], *filled.get(likely[0], (1, []))


def _sheet_names(path: Path) -> list[str]:
    try:
        book = openpyxl.load_workbook(path, read_only=True)
    except _BROKEN as error:
        raise _broken(path, error) from None
    shown = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    book.close()
    return shown or [f"{path.name} (no visible sheet)"]


def _header(path: Path, name: str, wanted: frozenset[str]) -> tuple[int, list[str], int]:
    """The row that names most of our columns (else the first that says anything), its names, how many are ours.

    A cell merged downwards stands in its first row only: a blank one takes the name above it.
    """
    best: tuple[int, list[str], int] = (1, [], -1)
    above: list[str] = []
    for number, cells in islice(_lines(path, name, formulas=False), TITLE_ROWS):
        texts = [compose(str(c.value)) if c.value is not None else "" for c in cells]
        filled = [t or (above[i] if i < len(above) else "") for i, t in enumerate(texts)]
        hits = len({fold(t) for t in filled} & wanted)
        if any(texts) and hits > best[2]:
            best = (number, filled, hits)
        above = filled if any(texts) else above
    return best[0], best[1], max(best[2], 0)


def _lines(path: Path, name: str, *, formulas: bool) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Each row's number and cells, with values or with formulas."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=not formulas)
        try:
            sheet = book[name]
            sheet.reset_dimensions()  # what a sheet says of its own size is often wrong
            yield from enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1)
        finally:
            book.close()
    except _BROKEN as error:
        raise _broken(path, error) from None


def _rows(path: Path, name: str, header: list[str], top: int, calculated: bool) -> Iterator[RawRow | Reject]:
    shadows = _lines(path, name, formulas=True) if calculated else None
    for number, cells in _lines(path, name, formulas=False):
        shadow = next(shadows, (number, ()))[1] if shadows is not None else ()
        if number <= top or all(c.value is None for c in cells):
            continue
        values = {title: _plain(c.value) for title, c in zip(header, cells, strict=False) if title}
        raw = orjson.dumps(list(values.values()))
        fault = _fault(cells, shadow, header)
        if fault is None:
            yield RawRow(number, values, raw)
        else:
            yield Reject("bad_row", f"row {number}: {fault.en}", raw, number, faults=(fault,))


def _fault(cells: Sequence[Cell], shadow: Sequence[Cell], header: list[str]) -> Fault | None:
    """What is wrong with a cell whatever its column: an error value, a formula never calculated."""
    for at, cell in enumerate(cells[: len(header)]):
        where = get_column_letter(at + 1)
        if header[at] and cell.data_type == "e":
            en = f"cell {where}{cell.row} holds {cell.value}; mend the formula"
            return Fault(header[at], en, f"ô {where}{cell.row} chứa {cell.value}; sửa công thức")
        if header[at] and cell.value is None and at < len(shadow) and shadow[at].data_type == "f":
            where += str(shadow[at].row)
            en = f"cell {where} holds a formula without its value; open the file in Excel and save it"
            return Fault(header[at], en, f"ô {where} có công thức chưa tính; mở tệp bằng Excel rồi lưu lại")
    return None


def _plain(value: Any) -> Any:
    """A cell as text, number, yes-or-no or nothing; whole numbers as such, days and times as ISO 8601."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)
