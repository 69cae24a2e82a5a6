"""A reminder as a letter of A4: what it says, to whom, who is told too, and a mark where it is of a simulation."""

from collections.abc import Mapping
from html import escape
from typing import Any

from geo.clock import local_date
from web.notice_sheet import MARKS, STYLE

PAGE = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{subject}</title>
<style>{style}</style></head><body>
{mark}<header>
<p style="max-width: 62mm"><strong>TRUNG TÂM ĐIỀU HÀNH<br>TỈNH QUẢNG NGÃI</strong><br>Số: {number}<br>{subject}</p>
<p style="white-space: nowrap"><strong>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</strong><br>
<strong>Độc lập - Tự do - Hạnh phúc</strong><br>
<em>Quảng Ngãi, ngày {day} tháng {month} năm {year}</em></p>
</header>
<h1>Kính gửi: {agency}</h1>
<div class="text">{words}</div>
{too}<footer>Dòng {id} của sổ nhắc, {step}; căn cứ lịch nộp và chính sách nhắc: chưa xác minh.
Nơi nhận: {receiver}.</footer>
</body></html>
"""


def reminder_sheet(row: Mapping[str, Any]) -> str:
    """The letter of a row of the ledger (with `origin`); everything typed is escaped."""
    day, said = local_date(row["made_at"]), MARKS.get(row["origin"])
    told = {
        "subject": row["subject"],
        "number": row["number"] or "……/NN-TTĐH",
        "day": f"{day.day:02}",
        "month": f"{day.month:02}",
        "year": day.year,
        "agency": row["agency"],
        "words": row["words"],
        "id": row["id"],
        "step": f"bước {row['step']}" if row["step"] else "nhắc tay",
        "receiver": row["office"] or row["agency"],
    }
    mark = "" if said is None else f'<div class="mark">{said}</div>\n'
    too = f"<p><strong>Đồng gửi:</strong> {escape(row['escalates_to'])}.</p>\n" if row["escalates_to"] else ""
    return PAGE.format(style=STYLE, mark=mark, too=too, **{name: escape(str(value)) for name, value in told.items()})
