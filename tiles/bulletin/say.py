"""Values in words: one place says how a number, a time or a difference is written in Vietnamese and in English."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from geo.clock import show_moment
from layers.bulletins.period import KIND_NAMES
from layers.spec import Text

Lang = Literal["vi", "en"]
DIGITS = {"count": 0, "money": 0, "hours": 1, "number": 1, "days": 1, "share": 2}
NO_DATA = Text("chưa có số liệu", "no figure")
BEFORE = {"day": Text("hôm trước", "day before"), "week": Text("tuần trước", "week before"),
          "month": Text("tháng trước", "month before"),
          "twelve": Text("12 tháng trước", "12 months before")}  # fmt: skip
SAME = {"day": Text("cùng thứ tuần trước", "same weekday a week ago"),
        "week": Text("cùng tuần năm trước", "same week a year ago"),
        "month": Text("cùng tháng năm trước", "same month a year ago"),
        "twelve": Text("12 tháng trước", "12 months before")}  # fmt: skip


def pick(words: Mapping[str, str] | None, lang: Lang) -> str:
    """Words as a report holds them, in one language."""
    return "" if words is None else words[lang]


def word(words: Text, lang: Lang) -> str:
    """Words of ours in one language."""
    return words.vi if lang == "vi" else words.en


def say(value: Any, form: str, lang: Lang) -> str:
    """One value: `1.234,5`, `23/11/2026 14:05`, words; a dash for what is missing."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return pick(value, lang)
    if form == "time":
        return say_time(datetime.fromisoformat(value))
    return say_number(value, DIGITS[form], lang) if form in DIGITS else str(value)


def say_number(value: float, digits: int, lang: Lang) -> str:
    """A number with its digits and its thousands apart."""
    written = f"{value:,.{digits}f}"
    return written if lang == "en" else written.translate(str.maketrans(",.", ".,"))


def say_difference(value: float, before: float, form: str, lang: Lang) -> str:
    """`+3`, `−1,5` or `0`."""
    gone = round(value - before, DIGITS[form])
    sign = "+" if gone > 0 else "−" if gone < 0 else ""
    return sign + say_number(abs(gone), DIGITS[form], lang)


def say_time(moment: datetime) -> str:
    """A moment on the clocks of Việt Nam."""
    return show_moment(moment)


def say_day(day: str) -> str:
    """A calendar day."""
    return date.fromisoformat(day).strftime("%d/%m/%Y")


def say_period(period: Mapping[str, Any], lang: Lang) -> str:
    """`ngày 23/11/2026`, `tuần 16/11/2026 – 22/11/2026`, and until when, if it is not over."""
    kind = word(KIND_NAMES[period["kind"]], lang)
    first, last = say_day(period["first"]), say_day(period["last"])
    days = first if period["kind"] == "day" else f"{first} – {last}"
    until = say_time(datetime.fromisoformat(period["until"]))
    so_far = {"vi": f", tính đến {until}", "en": f", up to {until}"}[lang] if period["partial"] else ""
    return f"{kind} {days}{so_far}"


def column_title(column: Mapping[str, Any], lang: Lang) -> str:
    """A column's title with its unit."""
    unit = pick(column["unit"], lang)
    return f"{pick(column['title'], lang)} ({unit})" if unit else pick(column["title"], lang)
