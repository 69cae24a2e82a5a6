"""Words, moments and spans of a dossier."""

from datetime import date, datetime

from geo.clock import show_moment
from tiles.paper.blocks import Safe, text

FACTS = {
    "silent_s": "đã im lặng",
    "lasted_s": "kéo dài",
    "near_nm": "gần nhất, hải lý:",
    "far_nm": "xa nhất, hải lý:",
    "beyond_nm": "quá, hải lý:",
    "speed_kn": "hải lý/giờ:",
    "distance_m": "cách, mét:",
}
ROLES = {
    "officer": "cán bộ thủy sản",
    "post": "Đồn Biên phòng",
    "operator": "trực điều hành",
    "admin": "quản trị",
}


def role_word(role: str) -> str:
    """The role of a reader."""
    return ROLES.get(role, role)


def moment(told: str | None) -> str:
    """`23/11/2026 14:05` in Việt Nam, or `23/11/2026` of a calendar day; a dash for none."""
    if told is None:
        return "–"
    if len(told) == 10:
        return date.fromisoformat(told).strftime("%d/%m/%Y")
    return show_moment(datetime.fromisoformat(told))


def when(told: str | None) -> Safe:
    """A moment that is not broken over two lines."""
    return Safe(f'<span class="nw">{text(moment(told))}</span>')


def span(since: str, until: str) -> str:
    """`2 ngày 3 giờ`, `20 giờ 5 phút`."""
    return seconds_word((datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds())


def seconds_word(seconds: float) -> str:
    """A length of time in the two largest units."""
    minutes = round(seconds / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = ((days, "ngày"), (hours, "giờ"), (0 if days else rest, "phút"))
    return " ".join(f"{n} {word}" for n, word in parts if n) or "0 phút"
