"""A department's file back to its sender: its own rows, what was refused coloured, totals that do not add up named."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from geo.clock import LOCAL
from ingest.reasons import reason_title
from ingest.tables.annotate_page import Faults, write_page
from ingest.templates.read import FormRead


def write_back(out: Path, name: str, read: FormRead, now: datetime) -> None:
    """Write the workbook."""
    write_page(out, _cover(name, read, now), read.match.page.rows, _faults(read))


def _cover(name: str, read: FormRead, now: datetime) -> Iterator[tuple[str | int, ...]]:
    figures = read.figures
    yield (f"Kết quả đọc tệp {name}",)
    yield "Mẫu biểu", f"{read.template.body.title.vi} (bản {read.template.version})"
    yield "Thời điểm", f"{now.astimezone(LOCAL):%d/%m/%Y %H:%M} (giờ Việt Nam)"
    yield "Số liệu đọc được", figures.lines
    yield "Nhận", len(figures.observed)
    yield "Từ chối", len(figures.rejects)
    for line in read.reading:
        first, _, rest = line.vi.partition(": ")
        yield first.capitalize(), rest
    for check in read.checks:
        yield f"Dòng tổng {check.row}, {check.title}", check.why.vi
    for note in read.notes:
        yield "Lưu ý", note.vi
    yield "Cách dùng", "Sửa các ô tô màu ở trang ‘Dữ liệu’ trong tệp gốc rồi nạp lại: số đã nhận không lặp."


def _faults(read: FormRead) -> Faults:
    found: dict[int, list[tuple[int | None, str]]] = {}
    for reject in read.figures.rejects:
        title = reject.faults[0].field if reject.faults else None
        at = read.match.positions.get(title or "")
        fix = f"{reason_title(reject.reason).vi}. {reject.reason_vi}"
        found.setdefault(reject.line_no or 0, []).append((at, fix))
    for check in read.checks:
        if not check.fits:
            place = read.match.positions.get(check.title)
            found.setdefault(check.row, []).append((place, f"Tổng không khớp: {check.why.vi}"))
    return found
