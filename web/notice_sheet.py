"""A notice as a sheet of A4: its own words, whose they are, and a mark where they are of a simulation."""

from html import escape
from typing import Any

from geo.clock import show_moment

STYLE = """
@page { size: A4; margin: 20mm 20mm 20mm 30mm }
body { font: 13pt/1.5 "Noto Serif", "Times New Roman", serif; color: #111; max-width: 160mm; margin: 10mm auto }
header { display: flex; justify-content: space-between; gap: 10mm; font-size: 11.5pt; text-align: center }
header p { margin: 0 }
h1 { font-size: 15pt; text-align: center; margin: 12mm 0 8mm }
.text { white-space: pre-wrap; text-align: justify }
.mark { border: 2px solid #111; padding: 2mm 4mm; text-align: center; font-weight: 700; margin-bottom: 6mm }
footer { margin-top: 14mm; font-size: 10pt; color: #444; border-top: 1px solid #999; padding-top: 2mm }
@media print { body { margin: 0; max-width: none } }
"""
"""How a sheet of A4 of the centre looks, on the screen and printed."""
PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{title}</title>
<style>{style}</style></head><body>
{mark}<header>
<p><strong>TRUNG TÂM ĐIỀU HÀNH<br>TỈNH QUẢNG NGÃI</strong><br>Vụ việc: {number}</p>
<p><strong>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</strong><br><strong>Độc lập - Tự do - Hạnh phúc</strong><br>
<em>{at}</em></p>
</header>
<h1>{subject}</h1>
<div class="text">{text}</div>
<footer>Thông báo số {id}, mẫu {template} bản {version}, người soạn: {by}.
Điều khoản và thời hạn: chưa xác minh.</footer>
</body></html>
"""
MARKS = {
    "simulated": "SỐ LIỆU MÔ PHỎNG, KHÔNG CÓ GIÁ TRỊ THỰC HIỆN",
    "replayed": "PHÁT LẠI, KHÔNG CÓ GIÁ TRỊ THỰC HIỆN",
}


def notice_pdf(row: Any) -> bytes:
    """The same sheet as a PDF."""
    return sheet_pdf(notice_sheet(row))


def sheet_pdf(sheet: str) -> bytes:
    """A sheet as a PDF; nothing is fetched for it."""
    from weasyprint import HTML  # late: it is heavy, and few ask for it

    pdf: bytes = HTML(string=sheet, url_fetcher=_nothing).write_pdf()
    return pdf


def _nothing(url: str) -> dict[str, Any]:
    raise ValueError(f"a notice fetches nothing: {url[:80]}")


def notice_sheet(row: Any) -> str:
    """The sheet of a row of `notice` with the number of its case; everything typed is escaped."""
    said = MARKS.get(row.origin)
    told = {
        "title": row.subject,
        "number": row.number,
        "at": show_moment(row.at),
        "subject": row.subject,
        "text": row.text,
    }
    told |= {"id": row.id, "template": row.template, "version": row.template_version, "by": row.by}
    mark = "" if said is None else f'<div class="mark">{said}</div>\n'
    return PAGE.format(style=STYLE, mark=mark, **{name: escape(str(value)) for name, value in told.items()})
