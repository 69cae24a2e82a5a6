"""What an action asks for: fields with their kinds and choices. Forms are made of them, answers are held to them."""

from collections.abc import Mapping
from dataclasses import dataclass

from layers.spec import Text
from layers.vessels.reported import CALLERS, CHANNELS

RECIPIENTS: Mapping[str, Text] = {
    "captain": Text("thuyền trưởng", "captain"),
    "owner": Text("chủ tàu", "owner"),
    "family": Text("gia đình", "family"),
    "coast_station": Text("Đài thông tin duyên hải", "coast radio station"),
    "post": Text("Đồn/Trạm Kiểm soát Biên phòng", "border guard post"),
    "commune": Text("UBND xã, phường, đặc khu", "commune"),
    "provider": Text("đơn vị cung cấp thiết bị", "device provider"),
    "other": Text("nơi khác", "somebody else"),
}
"""Whom one calls."""
RESULTS: Mapping[str, Text] = {
    "answered": Text("nghe máy", "answered"),
    "no_answer": Text("không nghe máy", "no answer"),
    "wrong_number": Text("sai số", "wrong number"),
    "unreachable": Text("không liên lạc được", "unreachable"),
    "refused": Text("từ chối trả lời", "refused"),
}
OUTCOMES: Mapping[str, Text] = {
    "signal_back": Text("đã có tín hiệu trở lại", "signal is back"),
    "in_port": Text("tàu đã về cảng", "boat is in port"),
    "device_failed": Text("thiết bị hỏng, đã báo vị trí", "device failed, position reported"),
    "common_cause": Text("do sự cố truyền dẫn, không tính lỗi", "common cause, captain cleared"),
    "violation": Text("có dấu hiệu vi phạm, đã lập hồ sơ", "signs of a violation, dossier made"),
    "handed_over": Text("cơ quan chủ trì đã xử lý", "dealt with by the leading agency"),
    "false_alarm": Text("báo nhầm", "false alarm"),
    "rescued": Text("đã cứu được", "rescued"),
    "ended_search": Text("kết thúc tìm kiếm", "search ended"),
    "other": Text("kết quả khác", "another result"),
}
AGENCIES: Mapping[str, Text] = {
    "central": Text("Cục Thủy sản và Kiểm ngư (trung ương)", "the national fisheries body"),
    "province": Text("Chi cục Thủy sản tỉnh", "the province's fisheries branch"),
    "border_guard": Text("Bộ đội Biên phòng tỉnh", "the province's border guard"),
    "rescue": Text("Trung tâm Phối hợp tìm kiếm, cứu nạn hàng hải", "the maritime rescue coordination centre"),
    "other": Text("cơ quan khác", "another agency"),
}
DISTRESS: Mapping[str, Text] = {
    "sos": Text("SOS", "SOS"),
    "aground": Text("mắc cạn", "aground"),
    "adrift": Text("trôi dạt, hỏng máy", "adrift, engine failed"),
    "lost_contact": Text("mất liên lạc", "lost contact"),
}
"""What sort of distress."""


@dataclass(frozen=True)
class Need:
    """One field: `kind` is choice, text, line, moment, degrees, person, entry, template, channel or yes.

    `first` is its default.
    """

    name: str
    title: Text
    kind: str
    choices: Mapping[str, Text] | None = None
    required: bool = True
    first: str | None = None


def _may(name: str, title: Text, kind: str, choices: Mapping[str, Text] | None = None) -> Need:
    return Need(name, title, kind, choices, required=False)


_PLACE = (_may("lat", Text("Vĩ độ", "Latitude"), "degrees"), _may("lon", Text("Kinh độ", "Longitude"), "degrees"))
_NEXT = _may("next_at", Text("Gọi lại lúc", "Call again at"), "moment")
_WHEN = _may("at", Text("Lúc", "When"), "moment")
_CONFIRMED = _may("confirmed", Text("Đã hỏi lại", "Asked again"), "yes")
NEEDS: Mapping[str, Need] = {
    need.name: need
    for need in (
        Need("agency", Text("Cơ quan chủ trì", "Leading agency"), "choice", AGENCIES),
        Need("outcome", Text("Kết quả", "Outcome"), "choice", OUTCOMES),
        Need("reason", Text("Lý do", "Reason"), "text"),
        Need("document", Text("Số văn bản", "Document number"), "line"),
        Need("text", Text("Nội dung", "Words"), "text"),
    )
}
"""What a row of the flow may ask for beside what its action asks for anyway."""
ASKED: Mapping[str, tuple[Need, ...]] = {
    "acknowledge": (),
    "assign": (Need("to", Text("Giao cho", "To"), "person"),),
    "call": (
        Need("to", Text("Gọi cho", "Called"), "choice", RECIPIENTS, first="captain"),
        Need("channel", Text("Bằng", "By"), "choice", CHANNELS, first="phone"),
        Need("result", Text("Kết quả", "Result"), "choice", RESULTS, first="answered"),
        _may("said", Text("Nội dung", "Said"), "text"),
        *_PLACE,
        _NEXT,
        _WHEN,
        _CONFIRMED,
    ),
    "report": (
        Need("lat", Text("Vĩ độ", "Latitude"), "degrees"),
        Need("lon", Text("Kinh độ", "Longitude"), "degrees"),
        Need("caller_role", Text("Người báo", "Told by"), "choice", CALLERS, first="master"),
        Need("channel", Text("Bằng", "By"), "choice", CHANNELS, first="radio"),
        _may("caller_name", Text("Họ tên người báo", "Their name"), "line"),
        _may("t", Text("Vị trí lúc", "Position of"), "moment"),
        _may("note", Text("Ghi chú", "Note"), "text"),
        _NEXT,
        _CONFIRMED,
    ),
    "notice": (
        Need("template", Text("Mẫu", "Template"), "template"),
        _may("to", Text("Gửi", "To"), "line"),
        Need("channel", Text("Cách gửi", "Channel"), "channel", first="copy"),
        _may("text", Text("Nội dung", "Words"), "text"),
    ),
    "note": (Need("text", Text("Nội dung", "Words"), "text"),),
    "promise": (
        Need("text", Text("Hẹn gì", "What"), "line"),
        Need("due_at", Text("Hạn", "Until"), "moment"),
        _may("by", Text("Ai hẹn", "By whom"), "line"),
    ),
    "keep": (Need("promise", Text("Lời hẹn", "Promise"), "entry"), _may("text", Text("Kết quả", "Result"), "text")),
    "move": (_may("text", Text("Ghi chú", "Note"), "text"),),
    "close": (_may("text", Text("Ghi chú", "Note"), "text"),),
    "reopen": (),
}


def needs_of(action: str, more: list[str]) -> list[Need]:
    """What a step asks for: its action's fields and those its row adds; a field asked for twice is asked for once."""
    added = [NEEDS[name] for name in more if name in NEEDS]
    names = {need.name for need in added}
    return [*added, *(need for need in ASKED.get(action, ()) if need.name not in names)]
