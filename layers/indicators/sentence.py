"""One sentence that says why, in Vietnamese and English; every number in it is one of the table's. Pure."""

from decimal import Decimal

from layers.indicators.explain import Why
from layers.indicators.numbers import number_en, number_vi, signed_en, signed_vi
from layers.indicators.readings import UNAPPROVED
from layers.indicators.spans import name_of
from layers.indicators.why import REST, Share, dominant
from layers.spec import Text

MOST_NAMED = 3
"""So many parts are named; the others stand together."""
POINTS = Text("điểm phần trăm", "percentage points")


def unit_of_change(why: Why) -> Text:
    """The unit of a difference: percentage points for per cent."""
    return POINTS if why.indicator.unit == "%" else Text(why.indicator.unit, why.indicator.unit_en)


def say(why: Why) -> Text:
    """The sentence; what nobody has approved yet says so."""
    mark = Text(f" ({UNAPPROVED.vi})", f" ({UNAPPROVED.en})") if why.is_pending else Text("", "")
    return Text(f"{_head_vi(why)}{_parts_vi(why)}{mark.vi}.", f"{_head_en(why)}{_parts_en(why)}{mark.en}.")


def named(why: Why) -> list[Share]:
    """The parts a sentence names: the strongest of those that pushed the way the whole went."""
    return [s for s in dominant(why.explained) if s.shown][:MOST_NAMED]


def remainder(why: Why) -> Decimal:
    """What all the others come to, as shown."""
    return why.explained.shown_delta - sum((s.shown for s in named(why)), Decimal(0))


def _value_vi(number: Decimal, why: Why) -> str:
    return _with(number_vi(number, why.indicator.decimals), why.indicator.unit)


def _value_en(number: Decimal, why: Why) -> str:
    return _with(number_en(number, why.indicator.decimals), why.indicator.unit_en)


def _with(number: str, unit: str) -> str:
    return f"{number}%" if unit == "%" else f"{number} {unit}"


def _head_vi(why: Why) -> str:
    e, name = why.explained, why.indicator.name_vi
    begin = f"{name} {name_of(why.span).vi} của {why.place.name_vi} là {_value_vi(e.shown_end, why)}"
    size = f"{number_vi(abs(e.shown_delta), why.indicator.decimals)} {unit_of_change(why).vi}"
    if why.other is None:
        bound = "kế hoạch" if why.against == "target" else "ngưỡng"
        if not e.shown_delta:
            return f"{begin}, đúng bằng {bound}"
        word = "cao" if e.shown_delta > 0 else "thấp"
        return f"{begin}, {word} hơn {bound} {_value_vi(e.shown_start, why)} là {size}"
    if not e.shown_delta:
        return f"{begin}, không đổi so với {name_of(why.other).vi}"
    word = "tăng" if e.shown_delta > 0 else "giảm"
    return f"{begin}, {word} {size} so với {name_of(why.other).vi} ({_value_vi(e.shown_start, why)})"


def _head_en(why: Why) -> str:
    e, name = why.explained, why.indicator.name_en
    begin = f"{name}, {why.place.name_en}, {name_of(why.span).en}: {_value_en(e.shown_end, why)}"
    size = f"{number_en(abs(e.shown_delta), why.indicator.decimals)} {unit_of_change(why).en}"
    if why.other is None:
        bound = "target" if why.against == "target" else "bound"
        if not e.shown_delta:
            return f"{begin}, just at its {bound}"
        word = "above" if e.shown_delta > 0 else "below"
        return f"{begin}, {size} {word} its {bound} of {_value_en(e.shown_start, why)}"
    if not e.shown_delta:
        return f"{begin}, unchanged from {name_of(why.other).en}"
    word = "up" if e.shown_delta > 0 else "down"
    return f"{begin}, {word} {size} from {name_of(why.other).en} ({_value_en(e.shown_start, why)})"


def _parts_vi(why: Why) -> str:
    if not why.rows:
        return "; chỉ tiêu này không có số theo từng phần"
    found, digits = named(why), why.indicator.decimals
    if not found:
        return ""
    listed = ", ".join(f"{why.rows[s.id].place.name_vi} ({signed_vi(s.shown, digits)})" for s in found)
    rest = remainder(why)
    others = f"; các phần còn lại ({signed_vi(rest, digits)})" if len(why.explained.shares) > len(found) else ""
    return f"; nhiều nhất do {listed}{others}{_unknown(why, 'vi')}"


def _parts_en(why: Why) -> str:
    if not why.rows:
        return "; it is not told by parts"
    found, digits = named(why), why.indicator.decimals
    if not found:
        return ""
    listed = ", ".join(f"{why.rows[s.id].place.name_en} ({signed_en(s.shown, digits)})" for s in found)
    rest = remainder(why)
    others = f"; all others ({signed_en(rest, digits)})" if len(why.explained.shares) > len(found) else ""
    return f"; most of it {listed}{others}{_unknown(why, 'en')}"


def _unknown(why: Why, language: str) -> str:
    """That some parts are not known, so that the rest line holds them."""
    missing = len(why.rows) - why.known
    if not missing or not any(s.id == REST for s in why.explained.shares):
        return ""
    return f"; {missing} phần chưa có số liệu" if language == "vi" else f"; {missing} parts not known"
