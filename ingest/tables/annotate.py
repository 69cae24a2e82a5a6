"""The sender's rows back as a workbook: in their order, what was refused coloured, with what to do about it.

Text stays text: a cell that begins like a formula is marked so that no spreadsheet ever runs it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from geo.clock import LOCAL, Clock
from ingest.outcome import Reject
from ingest.reasons import reason_title
from ingest.tables.load import MOST_KEPT, Loaded, read_file
from ingest.tables.parts import found_table
from ingest.tables.reading import Reading
from ingest.tables.table import RawRow, ReadOptions
from layers.spec import Filed

MOST_ROWS = 1_000_000
"""A sheet holds 1,048,576; of a longer file only what was refused is written."""
MOST_LETTERS = 32_000
FIX = "Lỗi · cách sửa"
NUMBER = "Dòng"
SHAPE = "Hình học"
_FORMULA = tuple("=+-@\t\r")
_WRONG = PatternFill("solid", fgColor="F8CBAD")
_ROW = PatternFill("solid", fgColor="FFF2CC")
_HEAD = PatternFill("solid", fgColor="D9E2EC")
_BOLD = Font(bold=True)
_WRAP = Alignment(wrap_text=True, vertical="top")
Cell = Any
"""A cell of openpyxl, which has no types of its own."""


@dataclass(frozen=True)
class Sent:
    """What was sent and loaded: the layer, the file and how a person asked for it to be read."""

    layer: Filed
    path: Path
    options: ReadOptions


def write_annotated(out: Path, sent: Sent, loaded: Loaded, clock: Clock) -> None:
    """Write the workbook: a cover with the counts, then every row (or, of a very long file, every refused one)."""
    book = Workbook(write_only=True)
    _write_cover(book.create_sheet("Tóm tắt"), sent, loaded, clock)
    with found_table(sent.path) as file:
        reading = read_file(sent.layer, file, sent.options)
        _write_rows(book.create_sheet("Dữ liệu"), sent.layer, reading, loaded)
    book.save(out)


def _write_cover(sheet: Any, sent: Sent, loaded: Loaded, clock: Clock) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 90
    for line in _cover(sent, loaded, clock):
        cells = [safe_cell(sheet, value) for value in line]
        cells[0].font = _BOLD
        for cell in cells:
            cell.alignment = _WRAP
        sheet.append(cells)


def _cover(sent: Sent, loaded: Loaded, clock: Clock) -> Iterator[tuple[Any, ...]]:
    summary = loaded.summary
    yield (f"Kết quả nhận tệp {sent.path.name}",)
    yield "Lớp dữ liệu", sent.layer.title.vi
    yield "Thời điểm nhận", f"{clock().astimezone(LOCAL):%d/%m/%Y %H:%M} (giờ Việt Nam)"
    yield "Số dòng đọc được", summary.lines
    yield "Nhận mới, đính chính", summary.stored
    yield "Đã có từ trước", summary.duplicates
    yield "Từ chối", summary.rejected.total()
    for reason, count in summary.rejected.most_common():
        yield f"  · {reason_title(reason).vi}", count
    for line in loaded.reading.told():
        name, _, rest = line.vi.partition(": ")
        yield name.capitalize(), rest
    yield (
        "Cách dùng",
        f"Sửa các ô tô màu ở trang ‘Dữ liệu’ theo cột ‘{FIX}’, rồi gửi lại cả tệp: dòng đã nhận không lặp.",
    )
    if summary.rejected.total() > MOST_KEPT:
        yield "Lưu ý", f"Chỉ {MOST_KEPT} dòng bị từ chối đầu tiên được đánh dấu."


def _write_rows(sheet: Any, layer: Filed, reading: Reading, loaded: Loaded) -> None:
    titles = [NUMBER, *(reading.columns.shown[n] for n in reading.table.header)]
    titles += [SHAPE, FIX] if reading.table.shaped else [FIX]
    sheet.freeze_panes = "B2"
    for at, title in enumerate(titles, 1):
        width = 60 if title == FIX else 8 if at == 1 else max(12, min(30, len(title) + 4))
        sheet.column_dimensions[get_column_letter(at)].width = width
    head = [safe_cell(sheet, title) for title in titles]
    for cell in head:
        cell.font, cell.fill, cell.alignment = _BOLD, _HEAD, _WRAP
    sheet.append(head)
    refused = {r.line_no: r for r in loaded.rejects}
    names = {field: name for name, field in reading.columns.fields.items()}
    only_refused = loaded.summary.lines > MOST_ROWS
    for row in reading.table.rows():
        number = row.number if isinstance(row, RawRow) else row.line_no
        if number in refused or not only_refused:
            sheet.append(_cells(sheet, layer, reading, row, (refused.get(number), names)))


def _cells(
    sheet: Any, layer: Filed, reading: Reading, row: RawRow | Reject, judged: tuple[Reject | None, Mapping[str, str]]
) -> list[Cell]:
    """One row as it was sent, the cells at fault coloured, and what to do."""
    reject, names = judged
    table = reading.table
    if isinstance(row, RawRow):
        values = [_shown(reading, name, row.values.get(name)) for name in table.header]
        shape = [row.geometry.wkt[:200] if row.geometry is not None else ""] if table.shaped else []
    else:
        values = [row.raw.decode("utf-8", "replace"), *[None] * (len(table.header) - 1)]
        shape = [""] if table.shaped else []
    number = row.number if isinstance(row, RawRow) else row.line_no
    cells = [safe_cell(sheet, v) for v in (number, *values, *shape, _fix(layer, reject, reading, names))]
    for at in _at_fault(table.header, table.shaped, reject, names):
        cells[at].fill = _WRONG
    if reject is not None:
        cells[0].fill = cells[-1].fill = _ROW
        cells[-1].alignment = _WRAP
    return cells


def _shown(reading: Reading, name: str, value: Any) -> Any:
    if isinstance(value, list | dict):
        return str(value)
    return reading.table.letters.read(name, value) if isinstance(value, str) else value


def _at_fault(header: Sequence[str], shaped: bool, reject: Reject | None, names: Mapping[str, str]) -> Iterator[int]:
    """The positions of the cells that are wrong; the number stands first."""
    for fault in reject.faults if reject is not None else ():
        if fault.field == "geometry":
            yield from (
                [len(header) + 1] if shaped else [header.index(names[n]) + 1 for n in ("lon", "lat") if n in names]
            )
        elif fault.field is not None and fault.field in names:
            yield header.index(names[fault.field]) + 1


def _fix(layer: Filed, reject: Reject | None, reading: Reading, names: Mapping[str, str]) -> str | None:
    """What is wrong and what to do, in Vietnamese, under the sender's own column names."""
    if reject is None:
        return None
    told = []
    for fault in reject.faults:
        known = layer.field(fault.field) if fault.field else None
        own = reading.columns.shown.get(names.get(fault.field or "", ""))
        title = own or (known.title.vi if known is not None else None)
        told.append(f"{title}: {fault.vi}" if title else fault.vi)
    return f"{reason_title(reject.reason).vi}. {'; '.join(told) or reject.detail}"


def safe_cell(sheet: Any, value: Any) -> Cell:
    """A cell that shows the value and nothing more: never a formula, no letter a workbook cannot hold."""
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    text = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", value)[:MOST_LETTERS]
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    return cell
