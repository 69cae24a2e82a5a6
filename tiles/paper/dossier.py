"""The dossier of a case as pages: what `layers.watch.dossier` gathered, for an inspector who holds only the paper."""

from collections.abc import Iterator
from typing import Any

from layers.watch.cases.say import entry_text, outcome_words
from layers.watch.shift.words import STATES, name
from tiles.document.words import number
from tiles.paper import dossier_law, dossier_proof, dossier_sea
from tiles.paper.blocks import Cell, Safe, facts, heading, join, paragraph, table, text
from tiles.paper.dossier_words import FACTS, moment, role_word, seconds_word, span, when
from tiles.paper.pdf import make_pdf, mark_of
from tiles.paper.sea import Sea

Dossier = dict[str, Any]
"""A dossier as its JSON has it: times are texts."""


def dossier_pdf(told: Dossier, sea: Sea) -> bytes:
    """The PDF. Equal dossiers give equal bytes."""
    case = told["case"]
    title = f"Hồ sơ vụ việc {case['number']} · {case['title_vi']}"
    made = f"Lập lúc {moment(told['made']['at'])} (giờ Việt Nam) cho {role_word(told['made']['role'])}"
    footer = f"{made} · phiên bản {case['version']} · SHA-256 {told['sha256'][:16]}…"
    return make_pdf(dossier_html(told, sea), title, mark_of(told["origin"]), footer)


def dossier_html(told: Dossier, sea: Sea) -> Safe:
    """The body of the pages."""
    return join(
        part
        for section in (
            _front(told),
            dossier_sea.map_section(told, sea),
            _boat(told),
            dossier_law.duty_section(told),
            dossier_law.law_section(told),
            _timeline(told),
            _contacts(told),
            _events(told),
            dossier_sea.position_section(told),
            dossier_sea.word_section(told),
            dossier_proof.proof_section(told),
        )
        for part in section
    )


def _front(told: Dossier) -> Iterator[Safe]:
    case, made = told["case"], told["made"]
    yield heading(f"Hồ sơ vụ việc {case['number']}", 1)
    yield paragraph(case["title_vi"], "lead strong")
    if mark := mark_of(told["origin"]):
        said = f"SỐ LIỆU {mark}: không phải sự việc có thật, không dùng làm căn cứ xử lý."
        yield Safe(f'<div class="box strong">{text(said)}</div>')
    if cleared := _cleared(told):
        yield Safe(f'<div class="box"><b>Không tính lỗi thuyền trưởng.</b> {text(cleared)}</div>')
    lasted = "đang kéo dài" if case["ended_at"] is None else moment(case["ended_at"])
    yield facts(
        [
            ("Tàu", _boat_line(told)),
            ("Bắt đầu", moment(case["began_at"])),
            ("Kết thúc", lasted),
            ("Kéo dài", span(case["began_at"], case["ended_at"] or made["at"])),
            ("Tình trạng hồ sơ", _state(case)),
            ("Mở vụ việc", moment(case["opened_at"])),
            ("Người lập", f"{made['by']} ({role_word(made['role'])}), {moment(made['at'])}"),
        ]
    )
    yield paragraph("Lưu hành nội bộ. Giờ ghi trong hồ sơ là giờ Việt Nam (UTC+7).", "quiet")


def _cleared(told: Dossier) -> str:
    said = [entry for entry in told["timeline"] if entry["kind"] == "cleared"]
    incident = told["incident"]
    if incident is not None:
        until = "đang kéo dài" if incident["ended_at"] is None else moment(incident["ended_at"])
        share = f"{number(incident['silent'], 'vi')}/{number(incident['heard_of'], 'vi')} tàu cùng mất kết nối"
        return f"Sự cố: {incident['title_vi']}, từ {moment(incident['began_at'])}, {until}; {share}."
    return entry_text(said[-1]["kind"], said[-1]["body"]).vi if said else ""


def _boat_line(told: Dossier) -> Cell:
    boat = told["boat"]
    if boat is None or not boat["registers"]:
        return ", ".join(device["key"] for device in told["devices"]) or "không rõ"
    first = boat["registers"][0]
    return f"{first['reg_no']} · {first['name']} · {number(first['length_m'], 'vi', 2)} m · nghề {first['gear']}"


def _state(case: dict[str, Any]) -> str:
    state = name(STATES, case["state"]).vi
    said = outcome_words(case["outcome"])
    outcome = f": {said.vi if said else case['outcome']}" if case["outcome"] else ""
    return f"{state}{outcome}, từ {moment(case['state_since'])}"


def _boat(told: Dossier) -> Iterator[Safe]:
    boat = told["boat"]
    yield heading("Tàu và người")
    if boat is None:
        yield paragraph("Thiết bị chưa gắn với tàu nào trong sổ đăng ký.", "quiet")
        return
    for row in boat["registers"]:
        people = [("Chủ tàu", row["owner"]), ("Thuyền trưởng", row["captain"]), ("Điện thoại", row["captain_phone"])]
        licence = f"{row['licence_no'] or '–'}, đến {moment(row['licence_to'])}"
        papers = [
            ("Số đăng ký", row["reg_no"]),
            ("Cảng đăng ký", row["home_port"]),
            ("Giấy phép khai thác", licence),
            ("Đăng kiểm đến", moment(row["inspected_to"])),
        ]
        source = f"{row['source_title']}, ghi ngày {moment(row['t'])[:10]}"
        yield facts([*papers, *people, ("Nguồn", source)])
    rows = [
        (d["key"], {"vms": "giám sát hành trình", "ais": "AIS"}.get(d["kind"], d["kind"]), moment(d["valid_from"]),
         moment(d["valid_to"]) if d["valid_to"] else "nay", d["seal"]) for d in told["devices"]
    ]  # fmt: skip
    yield table(["Thiết bị", "Loại", "Trên tàu từ", "Đến", "Số kẹp chì"], rows, "tight")


def _timeline(told: Dossier) -> Iterator[Safe]:
    yield heading("Diễn biến (sổ vụ việc)")
    rows = [_line(entry) for entry in told["timeline"]]
    caption = "Sổ chỉ thêm dòng, không sửa, không xóa. Nguồn: sổ vụ việc của trung tâm."
    yield table(["Lúc", "Việc", "Ai", "Nội dung"], rows, "tight", caption)


def _line(entry: dict[str, Any]) -> tuple[Cell, ...]:
    """One line of the ledger."""
    said = entry_text(entry["kind"], entry["body"]).vi
    return when(entry["at"]), entry["title_vi"], entry["actor"] or "máy", said


def _contacts(told: Dossier) -> Iterator[Safe]:
    yield heading("Liên hệ, thông báo, lời hẹn")
    rows = [_line(entry) for entry in told["contacts"]]
    if rows:
        yield table(["Lúc", "Việc", "Ai", "Nội dung"], rows, "tight", "Nguồn: sổ vụ việc.")
    else:
        yield paragraph("Chưa có liên hệ nào được ghi.")


def _events(told: Dossier) -> Iterator[Safe]:
    yield heading("Máy phát hiện, và các lần sửa lại")
    rows = []
    for event in told["events"]:
        for n, word in enumerate(event["words"]):
            kind = {"new": "phát hiện", "changed": "sửa lại", "withdrawn": "rút lại"}[word["what"]]
            until = moment(word["ended_at"]) if word["ended_at"] else "đang kéo dài"
            name = "" if n else f"{dossier_law.conduct_word(word['conduct'])}: {dossier_law.step_word(word['step'])}"
            rows.append(
                (name, kind, moment(word["found_at"]), moment(word["began_at"]), until, _measured(word["facts"]))
            )
    if rows:
        head = ["Sự việc", "Lời máy", "Lúc nói", "Bắt đầu", "Kết thúc", "Số đo"]
        yield table(head, rows, "tight", "Nguồn: bộ phát hiện của trung tâm, theo vị trí các thiết bị gửi.")
    else:
        yield paragraph("Không có phát hiện nào của máy gắn với vụ việc này.")


def _measured(told: dict[str, Any]) -> str:
    return "; ".join(_fact(name, value) for name, value in told.items() if isinstance(value, int | float))


def _fact(name: str, value: float) -> str:
    """A measured number with its unit; of a name this page does not know, the name as it is."""
    if name.endswith("_s"):
        return f"{FACTS.get(name, name.removesuffix('_s'))} {seconds_word(value)}"
    return f"{FACTS.get(name, name)} {number(value, 'vi', 2)}"
