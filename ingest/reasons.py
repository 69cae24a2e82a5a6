"""Why things are refused and what to do about it, in words people read; the code beside it is what is stored."""

from collections.abc import Mapping

from layers.spec import Text

REASONS: Mapping[str, Text] = {
    "bad_row": Text("Dòng không đọc được", "Not readable as a row"),
    "bad_field": Text("Giá trị sai hoặc thiếu", "A value is wrong or missing"),
    "names_person": Text("Nêu tên, số điện thoại của người", "Names a person or a telephone"),
    "bad_geometry": Text("Vị trí, hình dạng sai hoặc thiếu", "The place or shape is wrong or missing"),
    "repeated_code": Text("Mã lặp lại trong tệp", "The code stands twice in the file"),
    "ends_loader": Text("Bản ghi làm dừng tiến trình nạp", "The record ends whatever loads it"),
    "unknown_unit": Text("Không có đơn vị này", "No such unit"),
    "unknown_subject": Text("Không có tên này trong danh mục", "No such name in the list"),
    "unknown_indicator": Text("Mẫu biểu không có chỉ tiêu này", "No such indicator in the template"),
    "repeated_unit": Text("Đơn vị ghi hai lần", "A unit stands twice"),
    "future_period": Text("Kỳ số liệu chưa tới", "The period has not begun"),
    "unknown_commune": Text("Mã xã không có", "No such commune"),
    "bad_file": Text("Tệp không đọc được", "The file cannot be read"),
    "bad_message": Text("Thông điệp bị từ chối", "The message was refused"),
    "bad_record": Text("Bản ghi không tính được", "The record cannot be counted"),
    "not_understood": Text("Chưa hiểu được", "Not understood"),
    "unstorable": Text("Không lưu được", "Cannot be stored"),
    "line_too_long": Text("Dòng quá dài", "The line is too long"),
    "bad_checksum": Text("Sai tổng kiểm tra", "The checksum is wrong"),
    "missing_checksum": Text("Thiếu tổng kiểm tra", "The checksum is missing"),
    "bad_field_count": Text("Sai số trường của câu", "Wrong number of fields in the sentence"),
    "bad_fragment": Text("Số phần của câu sai", "The part numbers are wrong"),
    "bad_payload_character": Text("Ký tự lạ trong nội dung", "A character that cannot occur in a payload"),
    "empty_payload": Text("Câu không có nội dung", "The payload is empty"),
    "incomplete_multipart": Text("Bản tin thiếu phần", "Parts of the message never came"),
    "not_a_sentence": Text("Không phải câu NMEA", "Not an NMEA sentence"),
    "payload_length": Text("Nội dung sai độ dài", "The payload has the wrong length"),
    "unknown_type": Text("Loại bản tin không có", "No such message type"),
    "undecodable": Text("Không giải mã được", "Cannot be decoded"),
    "bad_mmsi": Text("Số MMSI sai", "The MMSI is wrong"),
    "before_2000": Text("Thời điểm trước năm 2000", "A time before 2000"),
    "future_time": Text("Thời điểm ở tương lai", "A time in the future"),
    "position_out_of_range": Text("Tọa độ ngoài trái đất", "A position that is nowhere on earth"),
    "bad_time": Text("Thời điểm sai", "The time is wrong"),
    "bad_number": Text("Số sai", "The number is wrong"),
    "bad_name": Text("Tên sai", "The name is wrong"),
    "bad_encoding": Text("Sai bảng mã", "Not in the letters it should be in"),
    "missing_field": Text("Thiếu giá trị", "A value is missing"),
    "not_finite": Text("Số không hữu hạn", "The number is not finite"),
}

_LINE_NOISE = Text(
    "Nhiễu đường truyền: một ít là thường. Nếu tăng đột ngột, kiểm tra máy thu và đường truyền.",
    "Noise on the line: a little is usual. If it rises at once, look at the receiver and its line.",
)
_SENDER = Text(
    "Gọi cơ quan gửi: sửa ở nguồn rồi gửi lại. Nếu nguồn đúng, báo người giữ bộ đọc, sửa xong thì đọc lại.",
    "Call the sending office: mend it there and send again. If they are right, mend our reader, then replay.",
)
_CLOCK = Text(
    "Đồng hồ của thiết bị hoặc máy thu sai: đề nghị nơi gửi chỉnh giờ.",
    "The device's or the receiver's clock is wrong: ask the sender to set it.",
)
FIXES: Mapping[str, Text] = {
    "bad_checksum": _LINE_NOISE,
    "missing_checksum": _LINE_NOISE,
    "bad_payload_character": _LINE_NOISE,
    "incomplete_multipart": _LINE_NOISE,
    "not_a_sentence": _LINE_NOISE,
    "before_2000": _CLOCK,
    "future_time": _CLOCK,
    "unknown_commune": Text(
        "Dùng mã xã từ 1/7/2025. Nếu mã đúng mà bảng đơn vị chưa có: cập nhật bảng đơn vị rồi đọc lại.",
        "Use the commune codes of 1 July 2025. If the code is right, update the table of units, then replay.",
    ),
}


def reason_title(reason: str) -> Text:
    """A reason in words; the code itself where we have none."""
    return REASONS.get(reason, Text(reason, reason))


def reason_fix(reason: str) -> Text | None:
    """What to do about rejects of a reason."""
    return FIXES.get(reason, _SENDER if reason in REASONS else None)
