"""Which column of a monitoring system's export is what: by what people call it, without dấu, units and signs aside.

Nobody has published how the national system spells its columns; these are the words in use. *Chưa xác minh.*
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geo.errors import BadInput
from geo.text import fold
from ingest.tables.columns import bare
from layers.spec import Text

TITLES: Mapping[str, tuple[str, ...]] = {
    "boat": ("so dang ky", "so dang ky tau", "so dk", "so dk tau", "so dang ki", "so hieu tau", "so hieu",
             "bien so", "bien so tau", "bks", "bien kiem soat", "ma tau", "so tau", "tau", "tau ca",
             "so hieu tau ca", "so dang ky tau ca", "reg no", "registration", "vessel", "boat"),
    "device_id": ("ma thiet bi", "so thiet bi", "id thiet bi", "thiet bi", "ma thiet bi gsht", "ma tb",
                  "ma thiet bi vms", "ma so thiet bi", "so serial", "serial", "serial thiet bi", "imei",
                  "device id", "device", "id", "ma thiet bi giam sat hanh trinh", "so hieu thiet bi", "terminal",
                  "terminal id"),
    "provider": ("nha cung cap", "nha cung cap thiet bi", "don vi cung cap", "don vi cung cap thiet bi", "nha mang",
                 "ncc", "hang", "hang thiet bi", "provider", "don vi cung cap dich vu", "nha cung cap dich vu"),
    "t": ("thoi gian gps", "ngay gio gps", "thoi gian thiet bi", "thoi gian vi tri", "thoi gian do", "thoi diem do",
          "thoi gian phat", "thoi gian ghi nhan", "gio ghi nhan", "thoi gian bao vi tri", "thoi diem bao",
          "thoi gian", "thoi diem", "ngay gio", "thoi gian ban tin", "thoi gian gui", "thoi gian cap nhat",
          "timestamp", "datetime", "time", "t"),
    "day": ("ngay", "ngay thang", "ngay thang nam", "date"),
    "clock": ("gio", "gio phut", "gio phut giay"),
    "received_at": ("thoi gian nhan", "thoi diem nhan", "thoi gian trung tam nhan", "thoi gian nhan tin",
                    "ngay gio nhan", "thoi gian server", "thoi gian may chu", "thoi gian luu", "received at",
                    "received"),
    "lat": ("vi do", "vi do n", "vi do b", "vi do bac", "lat", "latitude", "vd"),
    "lon": ("kinh do", "kinh do e", "kinh do d", "kinh do dong", "lon", "long", "lng", "longitude", "kd"),
    "place": ("toa do", "vi tri", "toa do vi tri", "vi tri toa do", "kinh vi do", "vi do kinh do", "position"),
    "sog": ("van toc", "toc do", "speed", "sog", "van toc tau", "toc do tau", "sog kn", "speed kn",
            "van toc tuc thoi"),
    "cog_deg": ("huong", "huong di", "huong di chuyen", "huong tau", "goc huong", "phuong vi", "course", "cog",
                "cog deg", "heading", "huong hanh trinh"),
    "status": ("trang thai", "tinh trang", "trang thai gps", "status", "state"),
}  # fmt: skip
"""Fields by what columns are called, as `ingest.tables.columns.bare` makes it; of two columns the one
whose name stands first."""
SPEED_UNITS: Mapping[str, tuple[str, ...]] = {
    "kn": (
        "hai ly/gio",
        "hai ly/h",
        "hai li/gio",
        "hai ly / gio",
        "hl/h",
        "hl/gio",
        "hai ly",
        "knot",
        "knots",
        "kn",
        "kts",
        "kt",
    ),
    "km/h": ("km/h", "km/gio", "kmh", "km / h", "kph", "km/ gio"),
}
KN_OF = {"kn": 1.0, "km/h": 1 / 1.852}
_UNIT_WORDS = frozenset(word for units in SPEED_UNITS.values() for unit in units for word in bare(unit).split())


def header_names() -> frozenset[str]:
    """Folded titles, with the units they may carry: the line that has most of them names the columns."""
    speeds = {f"{title} ({unit})" for title in TITLES["sog"] for units in SPEED_UNITS.values() for unit in units}
    degrees = {
        f"{title} ({unit})" for name in ("lat", "lon", "cog_deg") for title in TITLES[name] for unit in ("do", "°")
    }
    return frozenset(title for titles in TITLES.values() for title in titles) | speeds | degrees


@dataclass(frozen=True)
class Understood:
    """The columns of a table: `fields` by ours, each the file's own name; `speed` is the unit its header tells."""

    fields: Mapping[str, str]
    ignored: tuple[str, ...]
    speed: str | None

    def told(self) -> list[Text]:
        """A line for each thing a person may want to check."""
        matched = ", ".join(f"‘{shown}’ → {field}" for field, shown in self.fields.items())
        lines = [Text(f"cột hiểu được: {matched}", f"columns: {matched}")]
        if self.ignored:
            listed = ", ".join(self.ignored)
            lines.append(Text(f"cột bỏ qua: {listed}", f"ignored: {listed}"))
        if "sog" in self.fields and self.speed is None:
            shown = self.fields["sog"]
            vi = f"không lấy vận tốc: tiêu đề ‘{shown}’ không ghi đơn vị; ghi (hải lý/giờ) hoặc (km/h) vào tiêu đề"
            en = f"speeds are left out: {shown!r} does not say its unit; add (hải lý/giờ) or (km/h) to it"
            lines.append(Text(vi, en))
        elif self.speed is not None:
            lines.append(Text(f"đơn vị vận tốc: {self.speed}", f"unit of speed: {self.speed}"))
        vi = "giờ Việt Nam, ngày trước tháng sau; N và B là bắc, E và Đ là đông"
        return [*lines, Text(vi, "times of Việt Nam, day before month; N and B mean north, E and Đ east")]


def understand(header: Iterable[str]) -> Understood:
    """The columns of a header line. BadInput names what must be there and is not."""
    named = [title for title in header if title]
    fields = {name: best for name in TITLES if (best := _best(name, named)) is not None}
    twice = [title for title in fields.values() if named.count(title) > 1]
    if twice:
        raise BadInput(f"column {twice[0]!r} stands twice in the header line; keep one", field=twice[0])
    ignored = [title for title in named if title not in fields.values()]
    _check(fields, named)
    speed = _unit_of(fields["sog"]) if "sog" in fields else None
    return Understood(fields, tuple(ignored), speed)


def _best(name: str, header: list[str]) -> str | None:
    """The title that means a field, None when none does."""
    places = {title: place for title in header if (place := _rank(name, title)) is not None}
    return min(places, key=lambda title: places[title]) if places else None


def _rank(name: str, title: str) -> int | None:
    """How near a title is to what the field is called first; None when it means another."""
    plain = bare(title)
    without_unit = " ".join(word for word in plain.split() if word not in _UNIT_WORDS)
    for said in (plain, without_unit) if name == "sog" else (plain,):
        if said in TITLES[name]:
            return TITLES[name].index(said)
    return None


def _unit_of(title: str) -> str | None:
    said = fold(title)
    words = set(bare(title.replace("(", " ").replace(")", " ")).split())
    for name, units in SPEED_UNITS.items():
        if any(unit in said if re.search("[/ ]", unit) else unit in words for unit in units):
            return name
    return None


def _check(fields: Mapping[str, str], header: list[str]) -> None:
    lacking = []
    if not {"device_id", "boat"} & set(fields):
        lacking.append(("device_id", "mã thiết bị (hoặc số đăng ký tàu)"))
    if not ({"t"} & set(fields) or {"day", "clock"} <= set(fields)):
        lacking.append(("t", "thời gian"))
    if not ({"lat", "lon"} <= set(fields) or "place" in fields):
        lacking.append(("lat", "vĩ độ và kinh độ"))
    if lacking:
        found = ", ".join(header)[:300]
        named = ", ".join(vi for _, vi in lacking)
        raise BadInput(
            f"column(s) missing: {named}; name them in the header line (it has {found})", field=lacking[0][0]
        )
