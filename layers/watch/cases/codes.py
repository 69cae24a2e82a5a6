"""Words for the codes that cases and their machine entries hold: clocks, steps of events, news, ends."""

from collections.abc import Mapping

from layers.spec import Text

CLOCKS: Mapping[str, Text] = {
    "contact": Text("báo vị trí bằng cách khác", "position by other means"),
    "promise": Text("lời hẹn", "a promise"),
    "port": Text("đưa tàu về cảng sửa thiết bị", "in port to mend the device"),
}
"""Clocks of a case; that of its step is called by the step."""
NEWS: Mapping[str, Text] = {
    "ended": Text("đã hết", "over"),
    "changed": Text("tính lại", "judged anew"),
    "corrected": Text("tính lại", "judged anew"),
    "withdrawn": Text("rút lại", "withdrawn"),
    "joined": Text("thêm tàu", "more boats"),
    "recovered": Text("đã khôi phục", "recovered"),
    "swallowed": Text("do sự cố chung", "of a common cause"),
}
"""What a machine's entry says became of its event."""
ENDS: Mapping[str, Text] = {
    "withdrawn": Text("không có việc này", "it did not happen"),
    "ended": Text("sự việc đã hết", "what happened is over"),
    "recovered": Text("sự cố đã khôi phục", "the incident is over"),
}
"""Outcomes only the machine gives."""
STEPS: Mapping[str, Text] = {
    "late": Text("chậm báo", "late"),
    "lost_6h": Text("mất kết nối quá 6 giờ", "silent over 6 hours"),
    "lost_10d": Text("mất kết nối quá 10 ngày", "silent over 10 days"),
    "ais_speaks": Text("AIS phát khi giám sát hành trình im", "AIS speaks while the device is silent"),
    "beyond": Text("vượt ranh giới", "beyond the boundary"),
    "near": Text("gần ranh giới", "near the boundary"),
    "wrong_belt": Text("sai vùng", "wrong belt"),
    "moving_as_one": Text("nhiều thiết bị đi cùng nhau", "devices moving as one"),
    "impossible": Text("nhảy vị trí", "impossible jump"),
    "shared_identity": Text("trùng số nhận dạng", "shared identity"),
    "encounter": Text("gặp tàu khác", "encounter"),
    "loitering": Text("chạy chậm lâu", "loitering"),
}
