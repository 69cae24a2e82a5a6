"""A department's workbook: our reading against openpyxl's, the same rows out of both, in one run.

Formulas among the cells, as departments have them: their errors and missing values are looked for either way.
"""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from goals import Goal, say, spent_by, take_turns
from ground import Ground

from ingest.tables.table import RawRow, ReadOptions
from ingest.tables.workbook import open_workbook

ROWS, COLUMNS, ROUNDS = 8_000, 14, 3
GOAL = 5.0
TITLES = ["Mã", "Tên đơn vị", "Ngày", *(f"Chỉ tiêu {n}" for n in range(1, COLUMNS - 2))]


def write_book(path: Path) -> Path:
    """Titles above, a header, rows of text, days, numbers, and a sum that Excel has calculated."""
    book = xlsxwriter.Workbook(str(path))
    sheet, days = book.add_worksheet("Số liệu"), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write(0, 0, "BÁO CÁO THÁNG 10 NĂM 2026")
    sheet.write_row(2, 0, TITLES)
    for number in range(ROWS):
        row = 3 + number
        sheet.write(row, 0, f"MP-{number:05d}")
        sheet.write(row, 1, f"Trạm y tế số {number % 500}")
        sheet.write_datetime(row, 2, datetime(2026, 1 + number % 12, 1 + number % 28), days)  # noqa: DTZ001
        numbers = [number * 7 % 1000 + n / 4 for n in range(COLUMNS - 4)]
        sheet.write_row(row, 3, numbers)
        sheet.write_formula(row, COLUMNS - 1, f"=SUM(D{row + 1}:M{row + 1})", None, sum(numbers))
    book.close()
    return path


def read_ours(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The rows as the product reads them."""
    names = frozenset({"ma", "ten don vi", "ngay"})
    rows = open_workbook(path, ReadOptions(names=names)).rows()
    return [(row.number, dict(row.values)) for row in rows if isinstance(row, RawRow)]


def read_theirs(path: Path) -> list[tuple[int, dict[str, Any]]]:
    """The same by openpyxl: values and formulas side by side, so that what was never calculated is found."""
    values, formulas = (openpyxl.load_workbook(path, read_only=True, data_only=given) for given in (True, False))
    found: list[tuple[int, dict[str, Any]]] = []
    header: list[str] = []
    pairs = zip(values.worksheets[0].iter_rows(), formulas.worksheets[0].iter_rows(), strict=True)
    for number, (cells, shadow) in enumerate(pairs, 1):
        given = [cell.value for cell in cells]
        if header:
            assert not any(c.value is None and s.data_type == "f" for c, s in zip(cells, shadow, strict=True))
            found.append((number, dict(zip(header, map(_plain, given), strict=True))))
        elif given[:2] == TITLES[:2]:
            header = [str(title) for title in given]
    values.close()
    formulas.close()
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def run(on: Ground) -> Goal:
    """How many times faster a department's file is read; both must give the same rows."""
    path = write_book(on.folder / "workbook.xlsx")
    ours, theirs = read_ours(path), read_theirs(path)
    assert ours == theirs, "the rows differ"
    assert len(ours) == ROWS
    rivals = [lambda: spent_by(lambda: read_ours(path)), lambda: spent_by(lambda: read_theirs(path))]
    mine, other = take_turns(rivals, ROUNDS)
    say(f"  {ROWS} rows x {COLUMNS} columns")
    detail = {"rows": ROWS, "columns": COLUMNS, "equal_rows": True} | other.over(mine)
    return Goal("a department's workbook over openpyxl", other.wall / mine.wall, GOAL, detail=detail)
