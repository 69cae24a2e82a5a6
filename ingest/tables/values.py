"""One value of a file as its column stores it; a fault names the field and how to mend it."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.types import TypeEngine

from geo.clock import LOCAL
from geo.text import compose

YES_NO = {"true": True, "false": False, "1": True, "0": False, "có": True, "không": False}


class FieldFault(Exception):
    """One field of one row is wrong; the message says how to mend it."""


def parse_value(name: str, given: Any, column: TypeEngine[Any]) -> Any:
    """The value of a column's Python type: text, number, yes or no, day, moment."""
    kind = column.python_type
    if kind is int:
        return parse_whole(name, given, column)
    return PARSERS[kind](name, given)


def parse_text(name: str, given: Any) -> str:
    """Text in NFC with single spaces."""
    if isinstance(given, (dict, list)):
        raise FieldFault(f"field {name}: a {type(given).__name__} is not text; write one value")
    if "\0" in str(given):
        raise FieldFault(f"field {name}: holds a NUL character; write it again by hand")
    return compose(str(given))


def parse_number(name: str, given: Any) -> float:
    """A finite number with a decimal point."""
    try:
        number = float(str(given))
    except ValueError:
        raise FieldFault(f"field {name}: {given!r} is not a number; write digits, with a point") from None
    if not math.isfinite(number):
        raise FieldFault(f"field {name}: {given!r} is not a number; leave it empty when it is not known")
    return number


def parse_whole(name: str, given: Any, column: TypeEngine[Any]) -> int:
    """A whole number that fits its column."""
    number = parse_number(name, given)
    if number != int(number):
        raise FieldFault(f"field {name}: {given!r} is not a whole number")
    bits = 16 if isinstance(column, SmallInteger) else 64 if isinstance(column, BigInteger) else 32
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise FieldFault(f"field {name}: {given!r} is too large; check the number and its unit")
    return int(number)


def parse_yes_no(name: str, given: Any) -> bool:
    """`true`, `1`, `có` or their opposites."""
    try:
        return YES_NO[compose(str(given)).lower()]
    except KeyError:
        raise FieldFault(f"field {name}: {given!r}; use one of {', '.join(YES_NO)}") from None


def parse_moment(name: str, given: Any) -> datetime:
    """A moment in UTC; without an offset it is the time on the clocks of Việt Nam."""
    try:
        moment = datetime.fromisoformat(str(given).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise FieldFault(f"field {name}: {given!r} is not a time; write 2026-11-23 or 2026-11-23T14:05+07:00") from None


def parse_day(name: str, given: Any) -> date:
    """A calendar day in Việt Nam."""
    return parse_moment(name, given).astimezone(LOCAL).date()


PARSERS: Mapping[type, Callable[[str, Any], Any]] = {
    str: parse_text,
    float: parse_number,
    bool: parse_yes_no,
    date: parse_day,
    datetime: parse_moment,
}
