"""What events are called, and an event in a sentence, for people."""

from collections.abc import Mapping
from typing import Any

from geo.clock import show_moment
from geo.degrees import show_place
from layers.spec import Text

EVENTS: dict[tuple[str, str], Text] = {
    ("distress", "sos"): Text("Tín hiệu cấp cứu", "Call for help"),
    ("boundary", "beyond"): Text("Vượt ranh giới vùng được phép khai thác", "Beyond the permitted boundary"),
    ("boundary", "near"): Text("Gần ranh giới vùng được phép khai thác", "Near the permitted boundary"),
    ("silence", "late"): Text("Chậm báo vị trí", "Late with its position"),
    ("silence", "lost_6h"): Text("Mất kết nối trên 6 giờ", "Silent for over 6 hours"),
    ("silence", "lost_10d"): Text("Mất kết nối trên 10 ngày", "Silent for over 10 days"),
    ("silence", "ais_speaks"): Text("AIS phát, giám sát hành trình im", "AIS speaks, the monitoring device is silent"),
    ("zone", "wrong_belt"): Text("Khai thác sai vùng", "Working in a wrong belt"),
    ("loitering", "loitering"): Text("Quẩn tại chỗ", "Loitering"),
    ("port", "visit"): Text("Ở trong cảng", "In port"),
    ("port", "trip"): Text("Chuyến biển", "Trip"),
    ("jump", "impossible"): Text("Nhảy vị trí", "Impossible jump"),
    ("jump", "shared_identity"): Text("Trùng số nhận dạng", "Shared identity"),
    ("encounter", "encounter"): Text("Hai tàu gặp nhau trên biển", "Two boats meet at sea"),
    ("device", "moving_as_one"): Text("Nhiều thiết bị đi cùng nhau", "Several devices moving as one"),
}
"""By conduct and step."""
_UNKNOWN = Text("Sự kiện", "Event")
_WITHDRAWN = Text("không có việc này", "it did not happen")


def title_of(conduct: str, step: str) -> Text:
    """What an event is called."""
    return EVENTS.get((conduct, step), _UNKNOWN)


def describe(event: Mapping[str, Any]) -> dict[str, str]:
    """An event row in a sentence, in both languages, with when and where."""
    title = title_of(event["conduct"], event["step"])
    since, place = show_moment(event["began_at"]), place_words(event["lon_e7"], event["lat_e7"])
    if event["what"] == "withdrawn":
        return {"vi": f"{title.vi} từ {since}: {_WITHDRAWN.vi}", "en": f"{title.en} since {since}: {_WITHDRAWN.en}"}
    ended = event["ended_at"]
    vi = f"{title.vi}, từ {since} " + ("đến nay" if ended is None else f"đến {show_moment(ended)}")
    en = f"{title.en}, from {since} " + ("on" if ended is None else f"to {show_moment(ended)}")
    return {"vi": f"{vi}, tại {place}", "en": f"{en}, at {place}"}


def place_words(lon_e7: int, lat_e7: int) -> str:
    """A place in degrees, minutes and seconds."""
    return show_place(lon_e7 / 1e7, lat_e7 / 1e7)
