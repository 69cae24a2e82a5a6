"""Why rows of files are refused, in words people read; the code beside it is what is stored and counted."""

from collections.abc import Mapping

from layers.spec import Text

REASONS: Mapping[str, Text] = {
    "bad_row": Text("Dòng không đọc được", "Not readable as a row"),
    "bad_field": Text("Giá trị sai hoặc thiếu", "A value is wrong or missing"),
    "bad_geometry": Text("Vị trí, hình dạng sai hoặc thiếu", "The place or shape is wrong or missing"),
    "repeated_code": Text("Mã lặp lại trong tệp", "The code stands twice in the file"),
    "ends_loader": Text("Bản ghi làm dừng tiến trình nạp", "The record ends whatever loads it"),
    "unknown_unit": Text("Không có đơn vị này", "No such unit"),
    "unknown_subject": Text("Không có tên này trong danh mục", "No such name in the list"),
    "unknown_indicator": Text("Mẫu biểu không có chỉ tiêu này", "No such indicator in the template"),
    "repeated_unit": Text("Đơn vị ghi hai lần", "A unit stands twice"),
    "future_period": Text("Kỳ số liệu chưa tới", "The period has not begun"),
    "unknown_commune": Text("Mã xã không có", "No such commune"),
}


def reason_title(reason: str) -> Text:
    """A reason in words; the code itself where we have none."""
    return REASONS.get(reason, Text(reason, reason))
