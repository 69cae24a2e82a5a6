"""A survey as a workbook to fill in: choices as lists, the answers there are, and a hidden stamp of what it asks.

The stamp is how the form is known again, next year too; the words on it may then be others.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter

from geo.clock import show_moment
from ingest.surveys.cells import CODE_AND_NAME, FIRST_DAY, LAST_DAY, MOST, Names, show_cell
from layers.surveys.body import BETWEEN, Question, Row, SurveyBody
from layers.surveys.rounds import Agency, Round

ANSWERS, GUIDE, LISTS, STAMP = "Trả lời", "Hướng dẫn", "_danh_muc", "_opsmap"
HEAD_ROW = 3
"""Rows above the names of the columns."""
SPARE_ROWS = 200
REQUIRED = " *"
ORIGINS = {"simulated": "MÔ PHỎNG · ", "replayed": "PHÁT LẠI · ", "real": ""}


@dataclass(frozen=True)
class Blank:
    """What a form is made of. `answer` is the id of the answer it shows, None: none yet."""

    asked: Round
    agency: Agency
    rows: Sequence[Row]
    answer: int | None
    names: Names
    due: date
    made_at: datetime

    @property
    def body(self) -> SurveyBody:
        """What is asked."""
        return self.asked.edition.body

    @property
    def heading(self) -> str:
        """The first line of every sheet people see."""
        return f"{ORIGINS[self.asked.origin]}{self.body.title.vi} ({self.asked.edition.edition})"


def write_form(blank: Blank) -> bytes:
    """The workbook."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    looks = _looks(book)
    page, guide = book.add_worksheet(ANSWERS), book.add_worksheet(GUIDE)
    lists = _write_lists(book.add_worksheet(LISTS), blank)
    _write_stamp(book.add_worksheet(STAMP), blank)
    _write_answers(page, blank, lists, looks)
    _write_guide(guide, blank, looks)
    book.close()
    return out.getvalue()


def _looks(book: Any) -> Mapping[str, Any]:
    edge = {"border": 1, "border_color": "#8ba0b3", "valign": "top", "text_wrap": True}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "soft": book.add_format({"font_color": "#52677a"}),
        "bold": book.add_format({"bold": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "head": book.add_format(edge | {"bold": True, "bg_color": "#d9e2ec"}),
        "text": book.add_format(edge | {"num_format": "@"}),
        "count": book.add_format(edge | {"num_format": "#,##0"}),
        "date": book.add_format(edge | {"num_format": "dd/mm/yyyy"}),
    }


def _write_answers(page: Any, blank: Blank, lists: Mapping[str, str], looks: Mapping[str, Any]) -> None:
    page.write_string(0, 0, blank.heading, looks["title"])
    page.write_string(1, 0, f"{blank.agency.title_vi} · hạn {blank.due:%d/%m/%Y} · (*) cần có khi gửi", looks["soft"])
    last = HEAD_ROW + 1 + len(blank.rows) + SPARE_ROWS
    for column, question in enumerate(blank.body.questions):
        look = looks[question.kind if question.kind in ("count", "date") else "text"]
        page.set_column(column, column, max(16, min(44, len(question.title.vi) + 4)), None)
        page.write_string(HEAD_ROW, column, question.title.vi + REQUIRED * question.required, looks["head"])
        page.data_validation(HEAD_ROW + 1, column, last, column, _validation(question, lists))
        for line in range(HEAD_ROW + 1, last + 1):
            page.write_blank(line, column, None, look)
        for line, row in enumerate(blank.rows, HEAD_ROW + 1):
            _write_cell(page, (line, column), show_cell(question, row.get(question.code), blank.names), look)
    page.freeze_panes(HEAD_ROW + 1, 1)


def _write_cell(page: Any, at: tuple[int, int], value: Any, look: Any) -> None:
    if isinstance(value, date):
        page.write_datetime(*at, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001 - a cell has no zone
    elif isinstance(value, int):
        page.write_number(*at, value, look)
    elif value is not None:
        page.write_string(*at, str(value), look)


def _validation(question: Question, lists: Mapping[str, str]) -> dict[str, Any]:
    """What Excel lets stand in a column, and what it says beside it."""
    told = {"input_title": question.title.vi[:32], "input_message": _hint(question)[:255], "ignore_blank": True}
    if question.kind == "choice":
        return told | {"validate": "list", "source": lists[question.code], "error_message": "Chọn trong danh sách."}
    if question.kind == "indicator":
        return told | {"validate": "list", "source": lists[question.code], "error_type": "information"}
    if question.kind == "count":
        return told | {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": MOST}
    if question.kind == "date":
        return told | {"validate": "date", "criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY}
    return told | {"validate": "any"}


def _hint(question: Question) -> str:
    help_vi = question.help.vi if question.help else ""
    if question.kind == "choices":
        help_vi = f"{help_vi}\n{f'{BETWEEN} '.join(c.title.vi for c in question.choices)}"
    if question.kind == "date":
        help_vi = help_vi or "Ghi ngày/tháng/năm"
    return help_vi.strip() or ("Cần có khi gửi" if question.required else "Để trống nếu chưa rõ")


def _write_lists(page: Any, blank: Blank) -> dict[str, str]:
    """The hidden lists to choose from; where each stands, by question."""
    page.very_hidden()
    places: dict[str, str] = {}
    for column, question in enumerate(blank.body.questions):
        words = [c.title.vi for c in question.choices]
        if question.kind == "indicator":
            words = [f"{code}{CODE_AND_NAME}{name}" for code, name in blank.names.items()]
        if not words:
            continue
        page.write_column(0, column, words)
        letter = chr(65 + column // 26 - 1) * (column >= 26) + chr(65 + column % 26)
        places[question.code] = f"={LISTS}!${letter}$1:${letter}${len(words)}"
    return places


def _write_stamp(page: Any, blank: Blank) -> None:
    """What the form asks, of whom, when it was made; then the code of every column."""
    page.very_hidden()
    told = {
        "survey": blank.asked.edition.code,
        "version": blank.asked.edition.id,
        "round": blank.asked.id,
        "agency": blank.agency.code,
        "answer": blank.answer or 0,
        "made_at": blank.made_at.isoformat(),
    }
    for line, (name, value) in enumerate(told.items()):
        page.write_string(line, 0, name)
        page.write_string(line, 1, str(value))


def _write_guide(page: Any, blank: Blank, looks: Mapping[str, Any]) -> None:
    page.set_column(0, 0, 40)
    page.set_column(1, 1, 96)
    page.write_string(0, 0, blank.heading, looks["title"])
    for line, (name, said) in enumerate(_guide(blank), 1):
        page.write_string(line, 0, name, looks["bold"])
        page.write_string(line, 1, said, looks["wrap"])


def _guide(blank: Blank) -> list[tuple[str, str]]:
    edition = blank.asked.edition
    told = [
        ("Cơ quan trả lời", blank.agency.title_vi),
        ("Mục đích", blank.body.purpose.vi),
        ("Hạn", f"{blank.due:%d/%m/%Y} ({blank.asked.within_days} ngày làm việc)"),
        ("Căn cứ", edition.basis + ("" if edition.verified else " (chưa xác minh)")),
        (
            "Cách điền",
            f"Mỗi dòng một mục ở trang ‘{ANSWERS}’; để trống ô chưa rõ. Không ghi tên, số điện thoại của người.",
        ),
        ("Cách gửi", "Nạp tệp ở trang Khảo sát: xem trước, sửa ô bị từ chối, rồi mới nhận. Không xóa các trang ẩn."),
        ("Tải lúc", f"{show_moment(blank.made_at)} (giờ Việt Nam)"),
    ]
    return told + [(q.title.vi + REQUIRED * q.required, _hint(q)) for q in blank.body.questions]
