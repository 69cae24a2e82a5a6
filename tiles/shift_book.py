"""Sổ trực: a shift on paper, to be signed by both sides: people, log by time, open matters, promises, signatures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from layers.watch.shift.log import Log
from layers.watch.shift.matters import SECTIONS
from layers.watch.shift.words import BRIEF_KINDS, DUES, STATES, name, say_entry
from tiles.bulletin.say import say_time
from tiles.paper.blocks import Safe, facts, heading, join, paragraph, table

Cells = list[str | Safe | None]
CHANGES = {"new": "mới", "gone": "không còn", "changed": "thay đổi"}
NOTHING = "Không có."


@dataclass(frozen=True)
class Sheet:
    """What goes on paper: the shift, its log, the handover if one was prepared, and the name of the product's mark."""

    shift: Any
    log: Log
    handover: Any | None
    at: datetime
    sections: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


def book_title(shift: Any) -> str:
    """What stands at the head of every page."""
    return f"Sổ trực {shift.desk}, ca bắt đầu {say_time(shift.began_at)}"


def book_html(sheet: Sheet) -> Safe:
    """The body, for `tiles.paper.pdf.make_pdf`."""
    parts = [heading("SỔ TRỰC", 1), _head(sheet), heading("Nhật ký ca trực"), _log(sheet.log)]
    for section, title in SECTIONS.items():
        if section != "notes":  # they stand in the log
            parts += _matters(section, title.vi, sheet.sections.get(section, ()))
    return join([*parts, *_changes(sheet.handover), _signatures(sheet)])


def _head(sheet: Sheet) -> Safe:
    shift, handover = sheet.shift, sheet.handover
    planned = f"{_moment(shift.planned_from)} – {_moment(shift.planned_until)}" if shift.planned_from else None
    told: list[tuple[str, str | Safe | None]] = [
        ("Nơi trực", shift.desk),
        ("Người trực", ", ".join(shift.people)),
        ("Theo lịch", planned),
        ("Nhận ca lúc", say_time(shift.began_at)),
        ("Giao ca lúc", _moment(shift.ended_at) if shift.ended_at else "chưa giao ca"),
        ("Sổ in lúc", say_time(sheet.at)),
    ]
    if handover is not None:
        told.append(("Bàn giao lập lúc", f"{say_time(handover.prepared_at)}, {handover.prepared_by}"))
        told.append(("Mã bàn giao (SHA-256)", handover.sha256))
    return facts(told)


def _log(log: Log) -> Safe:
    rows: list[Cells] = [
        [say_time(line.at), line.actor or "máy", _about(line.case, line.boat), line.words.vi] for line in log.lines
    ]
    told = table(["Lúc", "Người ghi", "Vụ việc, tàu", "Nội dung"], rows, "tight") if rows else paragraph(NOTHING)
    left = f"Không in {log.left_out} dòng do máy tự ghi trong sổ vụ việc." if log.left_out else None
    return join([told, *([paragraph(left, "quiet")] if left else [])])


def _matters(section: str, title: str, items: Sequence[Mapping[str, Any]]) -> list[Safe]:
    head, cells = _SHAPES[section]
    rows = [[str(n), *cells(item)] for n, item in enumerate(items, 1)]
    return [heading(f"{title} ({len(items)})"), table(["TT", *head], rows, "tight") if rows else paragraph(NOTHING)]


def _case(item: Mapping[str, Any]) -> Cells:
    due = f"{name(DUES, item['due_what']).vi}: {_moment(item['due_at'])}" if item["due_at"] else None
    state, kind = name(STATES, item["state"]).vi, name(BRIEF_KINDS, item["kind"]).vi
    return [item["case"], kind, item["boat"], state, due, item["assigned_to"]]


def _promise(item: Mapping[str, Any]) -> Cells:
    return [_moment(item["due_at"]), item["case"], item["boat"], item["body"].get("text"), item.get("by")]


def _entry(item: Mapping[str, Any]) -> Cells:
    return [_moment(item["at"]), item["case"], item["boat"], say_entry(item["kind"], item["body"]).vi, item["actor"]]


_CASE_HEAD = ["Vụ việc", "Loại", "Tàu", "Bước", "Hạn", "Giao cho"]
_ENTRY_HEAD = ["Lúc", "Vụ việc", "Tàu", "Nội dung", "Người ghi"]
_SHAPES: Mapping[str, tuple[list[str], Any]] = {
    "open_cases": (_CASE_HEAD, _case),
    "overdue": (_CASE_HEAD, _case),
    "promises": (["Hạn", "Vụ việc", "Tàu", "Hẹn gì", "Ai hẹn"], _promise),
    "incidents": (["Sự cố", "Từ lúc", "Tàu mất kết nối"],
                  lambda i: [i["vi"], _moment(i["began_at"]), f"{i['silent']}/{i['heard_of']}"]),
    "calls": (_ENTRY_HEAD, _entry),
    "notices": (_ENTRY_HEAD, _entry),
    "sources": (["Nguồn", "Nhận lần cuối"], lambda i: [i["vi"], _moment(i["last_at"])]),
    "alarms": (["Cảnh báo", "Từ lúc", "Đã xem"],
               lambda i: [i["detail"]["vi"] or i["vi"], _moment(i["opened_at"]), i["acknowledged_by"]]),
}  # fmt: skip


def _changes(handover: Any | None) -> list[Safe]:
    """What each side was shown as changed when it confirmed."""
    parts = []
    for side, title in (("from", "bên giao"), ("to", "bên nhận")):
        changes = getattr(handover, f"changes_{side}", None)
        if changes:
            rows: list[Cells] = [[CHANGES[c["what"]], SECTIONS[c["section"]].vi, _subject(c["item"])] for c in changes]
            parts.append(heading(f"Thay đổi từ lúc lập bàn giao đến lúc {title} xác nhận ({len(rows)})"))
            parts.append(table(["Thay đổi", "Mục", "Về việc"], rows, "tight"))
    return parts


def _subject(item: Mapping[str, Any]) -> str:
    told = [item.get("case"), item.get("boat"), item.get("vi"), item.get("text"), item.get("body", {}).get("text")]
    return ", ".join(part for part in told if part)


def _signatures(sheet: Sheet) -> Safe:
    """Two places to sign, with who confirmed on the screen and when."""
    cells = [_signature("NGƯỜI GIAO CA", sheet.handover, "from"), _signature("NGƯỜI NHẬN CA", sheet.handover, "to")]
    body = "".join(f"<td>{cell}</td>" for cell in cells)
    return Safe(f'<table class="official" style="break-inside: avoid; margin-top: 10mm"><tr>{body}</tr></table>')


def _signature(title: str, handover: Any | None, side: str) -> Safe:
    who = getattr(handover, f"confirmed_{side}_by", None)
    at = getattr(handover, f"confirmed_{side}_at", None)
    told = f"Đã xác nhận trên hệ thống: {who}, {say_time(at)}" if who and at else "Chưa xác nhận trên hệ thống"
    gap = Safe('<div style="height: 24mm"></div>')
    return join([paragraph(title, "strong"), paragraph("(Ký, ghi rõ họ tên)", "quiet"), gap, paragraph(told, "quiet")])


def _about(case: str | None, boat: str | None) -> str:
    return ", ".join(part for part in (case, boat) if part)


def _moment(moment: datetime | str | None) -> str:
    if not moment:
        return "–"
    return say_time(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)
