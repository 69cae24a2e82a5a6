"""What events are called, and an event in a sentence, for people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from geo.clock import LOCAL
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
    since, place = local_moment(event["began_at"]), place_words(event["lon_e7"], event["lat_e7"])
    if event["what"] == "withdrawn":
        return {"vi": f"{title.vi} từ {since}: {_WITHDRAWN.vi}", "en": f"{title.en} since {since}: {_WITHDRAWN.en}"}
    ended = event["ended_at"]
    vi = f"{title.vi}, từ {since} " + ("đến nay" if ended is None else f"đến {local_moment(ended)}")
    en = f"{title.en}, from {since} " + ("on" if ended is None else f"to {local_moment(ended)}")
    return {"vi": f"{vi}, tại {place}", "en": f"{en}, at {place}"}


def local_moment(moment: datetime) -> str:
    """A moment as officials read it, in Việt Nam."""
    return f"{moment.astimezone(LOCAL):%d/%m/%Y %H:%M}"


def place_words(lon_e7: int, lat_e7: int) -> str:
    """A place in degrees, minutes and seconds."""
    return f"{_angle(lat_e7, 'N', 'S')} {_angle(lon_e7, 'E', 'W')}"


def _angle(value_e7: int, ahead: str, behind: str) -> str:
    seconds = round(abs(value_e7) * 3600 / 1e7)
    return f"{seconds // 3600}°{seconds // 60 % 60:02d}'{seconds % 60:02d}\"{ahead if value_e7 >= 0 else behind}"
