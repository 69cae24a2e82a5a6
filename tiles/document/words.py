"""Words, numbers and times of a document, as people here write them."""

from datetime import datetime, timedelta

from babel.numbers import format_decimal

from geo.clock import LOCAL
from layers.aggregate import Sum
from layers.spec import Text

LOCALES = {"vi": "vi_VN", "en": "en_GB"}

WORDS: dict[str, Text] = {
    "document": Text("Hồ sơ bản đồ", "Map document"),
    "made": Text("Lập lúc", "Made at"),
    "local": Text("giờ Việt Nam", "Viet Nam time"),
    "simulated": Text("SỐ LIỆU MÔ PHỎNG", "SIMULATED DATA"),
    "replayed": Text("SỐ LIỆU PHÁT LẠI", "REPLAYED DATA"),
    "inside": Text(
        "Lưu hành nội bộ: có vị trí tàu cá", "For use inside the house only: it shows where a boat has been"
    ),
    "map": Text("Bản đồ", "Map"),
    "figures": Text("Số liệu của địa bàn", "Figures of the unit"),
    "parts": Text("Các đơn vị trong địa bàn", "Units inside"),
    "unit": Text("Đơn vị", "Unit"),
    "measure": Text("Chỉ số", "Measure"),
    "value": Text("Giá trị", "Value"),
    "time": Text("Thời điểm", "Time"),
    "age": Text("Đã cũ", "Age"),
    "source": Text("Nguồn", "Source"),
    "none": Text("chưa có số liệu", "no figure"),
    "partial": Text("chưa đủ", "partial"),
    "estimate": Text("ước tính", "estimate"),
    "rows": Text("dòng", "rows"),
    "left_out": Text("dòng nữa không in ở đây", "more rows are not printed here"),
    "track": Text("Hành trình một tàu trong 24 giờ", "One boat's track over 24 hours"),
    "piece": Text("đoạn có vị trí", "heard"),
    "since": Text("Từ", "From"),
    "until": Text("Đến", "To"),
    "gap": Text("mất tín hiệu", "no signal"),
    "yes": Text("có", "yes"),
    "no": Text("không", "no"),
    "islands": Text("Biển Đông, Đặc khu Hoàng Sa, Đặc khu Trường Sa", "East Sea, Hoàng Sa and Trường Sa"),
}


def word(name: str, lang: str) -> str:
    """A word of the document's own."""
    return say(WORDS[name], lang)


def say(text: Text, lang: str) -> str:
    """The text in the reader's language."""
    return text.en if lang == "en" else text.vi


def number(value: float, lang: str, digits: int = 0) -> str:
    """`1.234.567,89` for a Vietnamese reader; at most `digits` decimals."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=LOCALES[lang]))


def figure(found: Sum, lang: str) -> str:
    """A sum with its unit; what is missing says so and is no zero."""
    if found.value is None:
        return word("none", lang)
    told = f"{number(found.value, lang, found.measure.digits)} {say(found.measure.unit, lang)}"
    if found.is_partial:
        return f"{told} ({word('partial', lang)}: {found.known}/{found.rows})"
    return f"{told} ({word('estimate', lang)})" if found.split else told


def moment(t: datetime | None) -> str:
    """`23/11/2026 14:05` in Viet Nam's time."""
    return "–" if t is None else t.astimezone(LOCAL).strftime("%d/%m/%Y %H:%M")


def age(since: timedelta, lang: str) -> str:
    """An age in the two largest units that matter."""
    minutes = max(0, int(since.total_seconds() // 60))
    days, hours = minutes // 1440, minutes // 60
    if days:
        return f"{days} ngày" if lang == "vi" else f"{days} d"
    if hours:
        return f"{hours} giờ {minutes % 60} phút" if lang == "vi" else f"{hours} h {minutes % 60} min"
    return f"{minutes} phút" if lang == "vi" else f"{minutes} min"
