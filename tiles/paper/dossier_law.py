"""The law of that day on paper: what was asked and done slot by slot, and every row with its source and its doubt."""

from collections.abc import Iterator
from typing import Any

from layers.watch.law import CONDUCTS
from tiles.document.words import number
from tiles.paper.blocks import Cell, Safe, doubt, heading, join, paragraph, table, text
from tiles.paper.dossier_words import moment, when

STATES = {"kept": "có báo", "missed": "KHÔNG BÁO", "open": "đang chờ", "ended": "đã có tín hiệu trước hạn"}
PORT_STATES = STATES | {"kept": "đã vào cảng", "missed": "KHÔNG VỀ CẢNG"}
STEPS = {
    "late": "chậm",
    "lost_6h": "mất kết nối trên 6 giờ",
    "lost_10d": "mất kết nối trên 10 ngày",
    "ais_speaks": "AIS phát, giám sát hành trình im",
    "report_due": "kỳ báo vị trí",
    "report_grace": "trừ hao",
    "position_by_other_means": "báo vị trí bằng cách khác",
    "port_for_repair": "về cảng sửa thiết bị",
    "fine": "phạt tiền",
    "repeat": "tái phạm",
    "not_in_port": "không về cảng",
    "referral": "chuyển cơ quan điều tra",
    "belt": "vùng được khai thác",
    "crossed": "đã vượt",
    "near": "sắp tới",
}
WHEN = {"began": "khi bắt đầu", "ended": "khi kết thúc (đã là luật khác)", "now": "hiện nay (đã là luật khác)"}
KINDS = {"duty": "nghĩa vụ", "penalty": "chế tài", "lead": "cơ quan chủ trì", "setting": "trung tâm tự đặt"}


def conduct_word(conduct: str) -> str:
    """What the law calls a conduct."""
    return CONDUCTS[conduct].vi if conduct in CONDUCTS else conduct


def step_word(step: str) -> str:
    """What people call a step."""
    return STEPS.get(step, step)


def duty_section(told: dict[str, Any]) -> Iterator[Safe]:
    """Every slot in which a report was due, and the day by which the boat had to be in port."""
    if not told["duties"]:
        return
    yield heading("Từng nghĩa vụ trong lúc mất kết nối")
    slots = [duty for duty in told["duties"] if duty["step"] == "position_by_other_means"]
    counts = {state: sum(duty["state"] == state for duty in slots) for state in STATES}
    yield paragraph(
        f"{len(slots)} kỳ phải báo vị trí bằng cách khác: {counts['kept']} kỳ có báo, {counts['missed']} kỳ không báo"
        + (f", {counts['open']} kỳ chưa tới hạn." if counts["open"] else "."),
        "strong",
    )
    rows = [_duty(duty) for duty in told["duties"]]
    cited = sorted({_cite(duty) for duty in told["duties"]})
    caption = f"Theo {'; '.join(cited)}. Nguồn: sổ vị trí do người báo, sổ vụ việc, sổ tàu đến cảng."
    yield table(["Nghĩa vụ", "Kỳ", "Từ", "Hạn", "Kết quả", "Báo lúc"], rows, "tight", caption)


def _duty(duty: dict[str, Any]) -> list[Cell]:
    states = PORT_STATES if duty["step"] == "port_for_repair" else STATES
    state = states[duty["state"]]
    shown = Safe(f'<span class="no">{text(state)}</span>') if duty["state"] == "missed" else state
    return [step_word(duty["step"]), str(duty["number"]), when(duty["since"]), when(duty["due"]), shown,
            moment(duty["report_at"])]  # fmt: skip


def _cite(row: dict[str, Any]) -> str:
    article = f", {row['article']}" if row["article"] else ""
    return f"{row['decree']}{article}{'' if row['verified'] else ' (chưa xác minh)'}"


def law_section(told: dict[str, Any]) -> Iterator[Safe]:
    """What was in force, conduct by conduct."""
    yield heading("Căn cứ pháp luật có hiệu lực lúc đó")
    if not told["law"]:
        yield paragraph("Loại việc này không có quy định nào trong bộ quy định của trung tâm.")
    for law in told["law"]:
        yield heading(f"{law['title_vi']}: {WHEN[law['when']]}, {moment(law['at'])}", 3)
        rows = [_row(row) for row in law["rows"]]
        if rows:
            yield table(["Loại", "Văn bản, điều", "Nội dung", "Mức", "Hiệu lực", "Nguồn"], rows, "tight")
        else:
            yield paragraph("Chưa có quy định nào cho ngày này trong bộ quy định.")
    if told["law"] and not all(law["verified"] for law in told["law"]):
        yield paragraph(
            "«Chưa xác minh»: chưa ai đối chiếu dòng đó với văn bản gốc; phải đối chiếu trước khi dùng để xử lý.",
            "quiet",
        )


def _row(row: dict[str, Any]) -> list[Cell]:
    article = f", {row['article']}" if row["article"] else ""
    reading = "" if row["reading"] == "text" else " (cách áp dụng trong thực tế)"
    cited = join([f"{row['decree']}{article} ", Safe("") if row["verified"] else doubt()])
    until = moment(row["valid_to"])[:10] if row["valid_to"] else "nay"
    measures = f". {row['measures_vi']}" if row["measures_vi"] else ""
    return [KINDS[row["kind"]], cited, f"{row['text_vi']}{reading}{measures}", _amount(row),
            f"{moment(row['valid_from'])[:10]} – {until}", row["source"]]  # fmt: skip


def _amount(row: dict[str, Any]) -> str:
    if row["fine_from"] is not None:
        return f"{_millions(row['fine_from'])} – {_millions(row['fine_to'])} triệu đồng"
    if row["threshold_s"] is not None:
        return _seconds(row["threshold_s"])
    return {"central": "trung ương", "province": "tỉnh"}.get(
        row["lead"] or "", "chưa tìm thấy" if row["kind"] == "penalty" else "–"
    )


def _millions(amount: int | None) -> str:
    return "?" if amount is None else number(amount / 1e6, "vi", 2)


def _seconds(seconds: int) -> str:
    if seconds % 86_400 == 0:
        return f"{seconds // 86_400} ngày"
    return f"{number(seconds / 3600, 'vi', 1)} giờ" if seconds >= 3600 else f"{seconds // 60} phút"
