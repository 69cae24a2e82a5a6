"""A list as a spreadsheet takes it: CSV or XLSX, Vietnamese titles, times of Việt Nam, nothing that it would run.

Every sheet says in its first line what it is and, unless everything in it is real, that it is simulated.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import xlsxwriter
from fastapi import Response

from geo.clock import LOCAL

Format = Literal["csv", "xlsx"]
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULA = tuple("=+-@\t\r")
ORIGINS = {"simulated": "MÔ PHỎNG", "replayed": "PHÁT LẠI", "real": "thật"}
PRIVATE = {"cache-control": "private, no-store", "vary": "Cookie"}


@dataclass(frozen=True)
class Sheet:
    """`columns` name the keys of a row and their titles; `title` says what is listed, of when."""

    name: str
    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Mapping[str, Any]]
    origin: str

    @property
    def heading(self) -> str:
        """The line above the table."""
        return self.title if self.origin == "real" else f"{ORIGINS[self.origin]} · {self.title}"


def sheet_response(sheet: Sheet, form: Format) -> Response:
    """The sheet as a file to keep."""
    body = _csv(sheet) if form == "csv" else _xlsx(sheet)
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{sheet.name}.{form}"'}
    return Response(body, 200, headers, MEDIA[form])


def _csv(sheet: Sheet) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([sheet.heading])
    writer.writerow([title for _, title in sheet.columns])
    writer.writerows([safe_cell(row.get(key)) for key, _ in sheet.columns] for row in sheet.rows)
    return "\ufeff" + out.getvalue()


def _xlsx(sheet: Sheet) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page, bold = book.add_worksheet("Danh sách"), book.add_format({"bold": True})
    page.write_string(0, 0, sheet.heading, bold)
    for column, (_, title) in enumerate(sheet.columns):
        page.write_string(1, column, title, bold)
    for line, row in enumerate(sheet.rows, 2):
        for column, (key, _) in enumerate(sheet.columns):
            _write(page, line, column, row.get(key))
    page.freeze_panes(2, 1)
    page.autofit(300)
    book.close()
    return out.getvalue()


def _write(page: Any, line: int, column: int, value: Any) -> None:
    told = said(value)
    if isinstance(told, int | float) and not isinstance(told, bool):
        page.write_number(line, column, told)
    elif told is not None:
        page.write_string(line, column, str(told))


def said(value: Any) -> Any:
    """A value as people here write it; numbers stay numbers."""
    if isinstance(value, datetime):
        return f"{value.astimezone(LOCAL):%d/%m/%Y %H:%M:%S}"
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value


def safe_cell(value: Any) -> Any:
    """The same for CSV: a text that a spreadsheet would run is marked as text."""
    told = said(value)
    return f"'{told}" if isinstance(told, str) and told.startswith(FORMULA) else told


def dms(degrees: float, axis: Literal["lat", "lon"]) -> str:
    """14°59'24"N: degrees, minutes, whole seconds and the hemisphere."""
    total = round(abs(degrees) * 3600)
    side = ("S" if degrees < 0 else "N") if axis == "lat" else ("W" if degrees < 0 else "E")
    return f"{total // 3600}°{total // 60 % 60:02d}'{total % 60:02d}\"{side}"
