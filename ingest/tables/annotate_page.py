"""A page of cells back as a workbook, as it was sent: what was refused coloured, with what to do about it."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from ingest.tables.annotate import FIX, NUMBER, safe_cell
from ingest.tables.book import Cell

_WRONG = PatternFill("solid", fgColor="F8CBAD")
_HEAD = PatternFill("solid", fgColor="D9E2EC")
_WRAP = Alignment(wrap_text=True, vertical="top")
Faults = Mapping[int, Sequence[tuple[int | None, str]]]
"""By row: the columns at fault from 0 (None: the row as a whole), each with what to do."""


def write_page(
    out: Path, cover: Iterable[Sequence[str | int]], rows: Iterable[tuple[int, Sequence[Cell]]], faults: Faults
) -> None:
    """Write a cover of lines and the page under it; the sender's rows keep their numbers in the first column."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Tóm tắt")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 90
    for line in cover:
        cells = [safe_cell(sheet, value) for value in line]
        cells[0].font = Font(bold=True)
        for cell in cells:
            cell.alignment = _WRAP
        sheet.append(cells)
    _write_rows(book.create_sheet("Dữ liệu"), list(rows), faults)
    book.save(out)


def _write_rows(sheet: Any, rows: Sequence[tuple[int, Sequence[Cell]]], faults: Faults) -> None:
    width = max((len(cells) for _, cells in rows), default=0)
    sheet.column_dimensions[get_column_letter(width + 2)].width = 60
    head = [safe_cell(sheet, v) for v in (NUMBER, *(get_column_letter(n + 1) for n in range(width)), FIX)]
    for cell in head:
        cell.font, cell.fill = Font(bold=True), _HEAD
    sheet.append(head)
    for number, values in rows:
        told = faults.get(number, ())
        padded = [*values, *[None] * (width - len(values))]
        cells = [
            safe_cell(sheet, v) for v in (number, *padded, "; ".join(dict.fromkeys(fix for _, fix in told)) or None)
        ]
        for at, _ in told:
            for place in range(len(padded)) if at is None else [at]:
                if at is not None or padded[place] is not None:
                    cells[place + 1].fill = _WRONG
        cells[-1].alignment = _WRAP
        sheet.append(cells)
