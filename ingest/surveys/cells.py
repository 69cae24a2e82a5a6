"""One cell of an answer as it is stored, by the kind of its question. FieldFault says how to mend it. Pure."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from geo.text import compose, fold
from ingest.tables.days import read_day
from ingest.tables.values import FieldFault, parse_number
from layers.surveys.body import BETWEEN, Question, names_of

LONGEST = 300
MOST = 10_000_000
FIRST_DAY, LAST_DAY = date(1945, 9, 2), date(2099, 12, 31)
CODE_AND_NAME = " · "
"""Stands between an indicator's code and its name in a list to choose from."""
Names = Mapping[str, str]
"""The catalogue's indicators: code → name."""


class PersonNamed(FieldFault):
    """A cell names a person, or how to reach one: what stood there is kept nowhere."""


_REACHES = re.compile(r"@|(?:\d[\s.\-]?){8,}")
"""A mail address, a telephone."""
_ADDRESSED = re.compile(r"(?:^|[\s,;:(])(?:ông|bà|anh|chị|đ/c|đồng chí)\s+(\w)", re.IGNORECASE)
"""How a person is spoken of, and the first letter of what follows: of a name, if it is a capital."""
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T00:00:00(?:\.0+)?)?")
_UNSTORABLE = ("Cc", "Cs", "Cn", "Co")


def read_cell(question: Question, given: Any, names: Names) -> Any:
    """The value as it is stored. `names`: the catalogue's indicators, code → name."""
    if question.kind == "indicator":
        return _indicator(_text(given), names)
    return _READ[question.kind](question, given)


def _text(given: Any) -> str:
    if isinstance(given, list | dict):
        raise FieldFault("a list is not text; write one value", "là một danh sách; ghi một giá trị")
    said = compose(str(given))
    if any(unicodedata.category(c) in _UNSTORABLE for c in said):
        raise FieldFault("holds a letter nobody can see; type it again by hand", "có ký tự lạ; gõ lại bằng tay")
    if len(said) > LONGEST:
        raise FieldFault(f"longer than {LONGEST} letters; shorten it", f"dài quá {LONGEST} chữ; ghi ngắn lại")
    return said


def _plain(_: Question, given: Any) -> str:
    return _text(given)


def _office(_: Question, given: Any) -> str:
    said = _text(given)
    if _REACHES.search(said) or any(letter.isupper() for letter in _ADDRESSED.findall(said)):
        en = "an office only: no person, telephone or mail address"
        raise PersonNamed(en, "chỉ ghi tên phòng, đơn vị; không ghi người, số điện thoại, thư điện tử")
    return said


def _count(_: Question, given: Any) -> int:
    if isinstance(given, list | dict | bool):
        raise FieldFault("not a number; write digits only", "không phải là số; chỉ ghi chữ số")
    number = parse_number("count", given, MOST, whole=True)
    if number != int(number) or not 0 <= number <= MOST:
        raise FieldFault(f"{given!r}: a whole number from 0 to {MOST}", f"‘{given}’: ghi số nguyên từ 0 đến {MOST}")
    return int(number)


def _day(_: Question, given: Any) -> str:
    said = _text(given)
    iso = _ISO_DAY.fullmatch(said)
    try:
        day = date.fromisoformat(iso[1]) if iso else read_day(said, "dmy")
    except ValueError:
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        en = f"{said!r}: not a day; write it as 31/12/2021"
        raise FieldFault(en, f"‘{said}’ không phải là ngày; ghi ngày/tháng/năm, ví dụ 31/12/2021")
    return day.isoformat()


def _choice(question: Question, given: Any) -> str:
    if isinstance(given, list):
        raise FieldFault("choose one only", "chỉ chọn một")
    return _chosen(question, given)


def _choices(question: Question, given: Any) -> list[str]:
    """Codes in the order of the question, each once."""
    several = given if isinstance(given, list) else re.split(rf"[{BETWEEN}\n]", str(given))
    chosen = {_chosen(question, each) for each in several if str(each).strip()}
    if not chosen:
        raise FieldFault("choose at least one", "chọn ít nhất một")
    return [choice.code for choice in question.choices if choice.code in chosen]


def _chosen(question: Question, given: Any) -> str:
    said = _text(given)
    found = next((choice.code for choice in question.choices if fold(said) in names_of(choice)), None)
    if found is None:
        en = f"{said!r}: use one of {'; '.join(choice.title.en for choice in question.choices)}"
        listed = "; ".join(choice.title.vi for choice in question.choices)
        raise FieldFault(en, f"‘{said}’ không có trong danh sách; chọn: {listed}")
    return found


def _indicator(said: str, names: Names) -> str:
    """The code of an indicator of the catalogue, by its code or name; else the name as it was written."""
    code = said.partition(CODE_AND_NAME)[0].strip()
    if code in names:
        return code
    known = [code for code, name in names.items() if fold(name) == fold(said)]
    return known[0] if len(known) == 1 else said


def show_cell(question: Question, value: Any, names: Names) -> Any:
    """A stored value as people read it in a cell: words for codes, a day as a `date`. `read_cell` takes it back."""
    if value is None:
        return None
    if question.kind == "indicator":
        return f"{value}{CODE_AND_NAME}{names[value]}" if value in names else value
    if question.kind == "date":
        return date.fromisoformat(value)
    if question.choices:
        chosen = value if isinstance(value, list) else [value]
        return f"{BETWEEN} ".join(c.title.vi for c in question.choices if c.code in chosen)
    return value


_READ: Mapping[str, Callable[[Question, Any], Any]] = {
    "text": _plain,
    "office": _office,
    "choice": _choice,
    "choices": _choices,
    "count": _count,
    "date": _day,
}
