"""The report of a storm as a workbook: totals by sea area, whom to call, shelters, and what every figure rests on."""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import xlsxwriter

from geo.clock import show_moment
from geo.measure import METRES_PER_NM
from layers.access.roles import OFFICERS
from layers.storm.judge import STATES
from layers.storm.shelters import NOWHERE
from layers.storm.totals import SOURCES, Tally, in_states, totals
from web.storm_board import Found, moment

MARKS = {
    "simulated": "MÔ PHỎNG – không phải số liệu thật",
    "replayed": "PHÁT LẠI – không phải số liệu trực tiếp",
    "real": "",
}
NONE = "chưa có số liệu"
GROUPS = ("Theo vị trí (VMS, AIS)", "Theo sổ Biên phòng", "Theo sổ cảng (eCDT)")
UNDER = ("Số tàu", "Số lao động", "Tàu chưa rõ số người")
CALLS = (
    ("TT", 5), ("Trạng thái", 16), ("Số đăng ký", 14), ("Tên tàu", 18), ("Người còn trên tàu", 12), ("Theo", 12),
    ("Gió nguy hiểm đến lúc", 18), ("Phải vào trước", 18), ("Đến nơi lúc", 18), ("Nơi trú", 26),
    ("Cách nơi trú (hải lý)", 12),
    ("Tốc độ tính (hải lý/giờ)", 12), ("Vị trí cuối", 18), ("Tuổi vị trí", 16), ("Thuyền trưởng", 18),
    ("Điện thoại thuyền trưởng", 18), ("Điện thoại chủ tàu", 18),
)  # fmt: skip
PLACES = (
    ("TT", 5), ("Nơi neo đậu", 32), ("Sức chứa (báo cáo)", 14), ("Đang neo (báo cáo)", 14), ("Báo cáo lúc", 18),
    ("Người báo", 22), ("Đang thấy (vị trí)", 14), ("Sổ cảng", 12), ("Chênh lệch thấy – báo cáo", 16), ("Còn chỗ", 14),
    ("Phân về đây", 12), ("Gió nguy hiểm đến lúc", 18), ("Nguồn", 34),
)  # fmt: skip
CREW = {"border": "sổ Biên phòng", "port": "sổ cảng", "register": "sổ đăng ký", "none": NONE}
WHY = {"wind": "gió đến trước", "deadline": "quá hạn công điện", "never_heard": "sổ ghi đã xuất bến, chưa có vị trí"}


def write_report(found: Found) -> bytes:
    """The workbook's bytes."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    looks = _looks(book)
    _totals(book.add_worksheet("Tổng hợp"), looks, found)
    if found.role in OFFICERS:
        rows = (call_row(found, nth, int(n)) for nth, n in enumerate(found.verdicts.order, 1))
        _list(book.add_worksheet("Danh sách gọi"), looks, found, "DANH SÁCH TÀU CẦN LIÊN LẠC, GẤP TRƯỚC", (CALLS, rows))
    rows = (shelter_row(found, n) for n in range(len(found.shelters.ports)))
    _list(book.add_worksheet("Nơi neo đậu"), looks, found, "NƠI NEO ĐẬU, TRÁNH TRÚ", (PLACES, rows))
    _sources(book.add_worksheet("Nguồn, cách tính"), looks, found)
    book.close()
    return out.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    edge = {"border": 1, "border_color": "#8ba0b3", "valign": "vcenter"}
    given = {
        "title": {"bold": True, "font_size": 14, "align": "center"},
        "mark": {"bold": True, "font_color": "#b3261e", "align": "center", "font_size": 12},
        "plain": {},
        "bold": {"bold": True},
        "head": edge | {"bold": True, "text_wrap": True, "align": "center", "bg_color": "#e6eef5"},
        "cell": edge,
        "wrap": edge | {"text_wrap": True},
        "number": edge | {"num_format": "#,##0"},
        "sum": edge | {"bold": True, "num_format": "#,##0"},
    }
    return {name: book.add_format(look) for name, look in given.items()}


def _totals(sheet: Any, looks: dict[str, Any], found: Found) -> None:
    """Totals by sea area from three sources, then by state."""
    line = _head(sheet, looks, found, "BÁO CÁO TÀU CÁ, LAO ĐỘNG ỨNG PHÓ BÃO", 12)
    sheet.merge_range(line, 0, line + 1, 0, "TT", looks["head"])
    sheet.merge_range(line, 1, line + 1, 1, "Khu vực biển", looks["head"])
    for g, group in enumerate(GROUPS):
        sheet.merge_range(line, 2 + 3 * g, line, 4 + 3 * g, group, looks["head"])
        for u, under in enumerate(UNDER):
            sheet.write(line + 1, 2 + 3 * g + u, under, looks["head"])
    sheet.merge_range(line, 11, line + 1, 11, "Biên phòng – vị trí (tàu)", looks["head"])
    rows, whole, line = totals(found.fleet, found.verdicts, found.areas), [Tally() for _ in SOURCES], line + 2
    for nth, (code, title) in enumerate(found.areas.rows.items(), 1):
        _row(sheet, line, (nth, title.vi, [rows[code][source] for source in SOURCES]), looks["number"])
        for tally, source in zip(whole, SOURCES, strict=True):
            _add(tally, rows[code][source])
        line += 1
    _row(sheet, line, ("", "Cộng", whole), looks["sum"])
    _states(sheet, looks, found, line + 2)
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 1, 44)
    sheet.set_column(2, 11, 12)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _row(sheet: Any, line: int, told: tuple[Any, str, list[Tally]], look: Any) -> None:
    nth, title, tallies = told
    figures = [figure for tally in tallies for figure in (tally.boats, _people(tally), tally.unknown)]
    sheet.write_row(line, 0, [nth, title, *figures, tallies[1].boats - tallies[0].boats], look)


def _people(tally: Tally) -> int | str:
    """The people aboard; of boats of which nobody told any it is no zero."""
    return NONE if tally.boats and tally.unknown == tally.boats else tally.people


def _add(whole: Tally, part: Tally) -> None:
    whole.boats += part.boats
    whole.people += part.people
    whole.unknown += part.unknown


def _states(sheet: Any, looks: dict[str, Any], found: Found, line: int) -> None:
    sheet.write_row(line, 1, ["Trạng thái", *UNDER], looks["head"])
    for nth, (state, tally) in enumerate(in_states(found.fleet, found.verdicts).items(), line + 1):
        sheet.write_row(nth, 1, [STATES[state].vi, tally.boats, _people(tally), tally.unknown], looks["number"])
    sheet.write_row(line + len(STATES) + 1, 1, ["Cộng", len(found.fleet)], looks["sum"])


def _head(sheet: Any, looks: dict[str, Any], found: Found, title: str, width: int) -> int:
    """Who reports, of what, as of when, under which công điện; the next free line."""
    storm, bulletin, order = found.storm, found.bulletin, found.dispatch
    number = "" if storm.number is None else f" (bão số {storm.number})"
    sheet.write(0, 0, "ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI", looks["bold"])
    sheet.merge_range(1, 0, 1, width - 1, title, looks["title"])
    sheet.merge_range(2, 0, 2, width - 1, f"{storm.name}{number} · {storm.code}", looks["title"])
    sheet.merge_range(3, 0, 3, width - 1, MARKS[found.mark], looks["mark"])
    sheet.write(4, 0, f"Thời điểm số liệu: {show_moment(found.at)} (giờ Việt Nam)", looks["plain"])
    head = (
        "chưa có bản tin"
        if bulletin is None
        else f"{bulletin.head.bulletin}, phát {show_moment(bulletin.head.issued_at)}"
    )
    sheet.write(5, 0, f"Bản tin: {head}{'' if bulletin is None else f', {bulletin.head.source}'}", looks["plain"])
    told = "chưa có" if order is None else f"số {order.number} của {order.agency}, {left(order.deadline_at, found.at)}"
    sheet.write(6, 0, f"Công điện: {told}", looks["plain"])
    return 8


def left(deadline_at: datetime, at: datetime) -> str:
    """The deadline and what is left of it, in words: never a bare clock."""
    seconds = round((deadline_at - at).total_seconds())
    hours, minutes = divmod(abs(seconds) // 60, 60)
    word = "còn" if seconds >= 0 else "quá hạn"
    return f"tàu phải vào nơi trú trước {show_moment(deadline_at)} ({word} {hours} giờ {minutes} phút)"


def _list(sheet: Any, looks: dict[str, Any], found: Found, title: str, table: tuple[Any, Any]) -> None:
    columns, rows = table
    line = _head(sheet, looks, found, title, len(columns))
    for n, (name, width) in enumerate(columns):
        sheet.write(line, n, name, looks["head"])
        sheet.set_column(n, n, width)
    count = 0
    for count, row in enumerate(rows, 1):
        sheet.write_row(line + count, 0, row, looks["cell"])
    sheet.autofilter(line, 0, line + count, len(columns) - 1)
    sheet.freeze_panes(line + 1, 3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(line)


def call_row(found: Found, nth: int, n: int) -> Sequence[Any]:
    """One boat to be called; telephones as this role may read them."""
    row, fleet, v = found.fleet.rows[n], found.fleet, found.verdicts
    state = STATES[v.state[n]].vi + (f" ({WHY[v.why[n]]})" if v.why[n] else "")
    shelter = NONE if v.shelter[n] == NOWHERE else found.shelters.ports[v.shelter[n]].name
    given = "" if v.given[n] != NOWHERE or v.shelter[n] == NOWHERE else " (chưa có chỗ phân)"
    crew, way = fleet.crew[n], v.way_m[n] / METRES_PER_NM
    place = NONE if np.isnan(fleet.lon[n]) else f"{fleet.lat[n]:.3f} B, {fleet.lon[n]:.3f} Đ"
    return (
        nth, state, row.reg_no or "", row.name or "", NONE if np.isnan(crew) else int(crew), CREW[fleet.crew_from[n]],
        _told(v.danger_s[n]), _told(v.limit_s[n]), _told(v.eta_s[n]), shelter + given,
        NONE if np.isnan(way) else round(float(way), 1), round(float(v.speed_kn[n]), 1), place, _age(fleet.age_s[n]),
        row.captain or "", row.captain_phone or "", row.owner_phone or "",
    )  # fmt: skip


def shelter_row(found: Found, n: int) -> Sequence[Any]:
    """One shelter: reported, seen and booked beside one another."""
    s, port, report = found.shelters, found.shelters.ports[n], found.shelters.reports[n]
    capacity, occupied = (None, None) if report is None else (report.capacity, report.occupied)
    room = s.room()[n]
    return (
        n + 1, port.name, _or_none(capacity), _or_none(occupied),
        NONE if report is None else show_moment(report.reported_at),
        "" if report is None else report.reported_by, int(s.live[n]), int(s.booked[n]),
        NONE if occupied is None else int(s.live[n]) - occupied, _or_none(room),
        int((found.verdicts.given == n).sum()), _told(found.danger_at[n]), "" if report is None else report.source,
    )  # fmt: skip


def _sources(sheet: Any, looks: dict[str, Any], found: Found) -> None:
    sheet.set_column(0, 0, 120)
    line = _head(sheet, looks, found, "NGUỒN VÀ CÁCH TÍNH", 2)
    for n, told in enumerate(_notes(found)):
        sheet.write(line + n, 0, told, looks["wrap"])


def _notes(found: Found) -> Iterator[str]:
    """Where every figure comes from and what it rests on."""
    s, danger = found.settings, found.danger
    yield f"Khu vực biển: {found.areas.source}."
    yield "Mỗi tàu thuộc đúng một khu vực; mỗi cột số tàu cộng lại bằng tổng số tàu đăng ký."
    yield "Ba nguồn đứng cạnh nhau, không gộp: vị trí cuối; lượt xuất bến chưa nhập ở sổ Biên phòng; ở sổ cảng."
    yield "Số lao động: theo lượt xuất bến gần nhất (Biên phòng, rồi cảng), không có thì theo sổ đăng ký."
    yield f"Thiết bị không gắn với tàu nào trong sổ đăng ký (không tính vào tổng): {found.strangers}."
    told = "không nêu bán kính" if danger is None else f"nêu bán kính cấp {danger}"
    yield f"Gió nguy hiểm: từ cấp {s.danger_force}; bản tin {told}."
    yield f"Im lặng: không có vị trí quá {s.silent_after_s / 3600:g} giờ; dùng vị trí cuối, tuổi ghi bên cạnh."
    over = f"{s.pace_over_s / 3600:g} giờ gần nhất"
    yield f"Giờ đến nơi: quãng đường thẳng × {s.detour_share:g}, tốc độ riêng của tàu trong {over}."
    yield "Tàu không có tốc độ riêng: tính theo mức đặt cho chiều dài."
    yield "Không kịp: đến nơi sau khi gió nguy hiểm tới chỗ tàu đang ở, hoặc sau hạn của công điện."
    yield "Còn chỗ = sức chứa trừ số lớn hơn: đang neo theo báo cáo, đang thấy theo vị trí. Phân tàu không vượt."
    yield f"Các mức trên do trung tâm đặt, chưa xác minh (dòng quy định số {', '.join(map(str, s.rule_ids))})."


def _told(seconds: float) -> str:
    when = moment(seconds)
    return "" if when is None else show_moment(when)


def _age(seconds: float) -> str:
    if np.isnan(seconds):
        return NONE
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours // 24} ngày {hours % 24} giờ" if hours >= 24 else f"{hours} giờ {minutes} phút"


def _or_none(value: int | None) -> int | str:
    return NONE if value is None else value
