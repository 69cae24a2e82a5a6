"""One value of a file as its column stores it; a fault names the field and how to mend it."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.types import TypeEngine

from geo.clock import LOCAL
from geo.text import compose
from ingest.tables.numbers import readings

YES_NO = {"true": True, "false": False, "1": True, "0": False, "có": True, "không": False, "t": True, "f": False}
NOT_FINITE = {"nan", "inf", "-inf", "infinity", "+inf", "-infinity"}


_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
_DAY_FIRST = re.compile(
    rf"(?:(?P<before>{_CLOCK})\s+)?(?P<d>[0-9]{{1,2}})[/.-](?P<m>[0-9]{{1,2}})[/.-](?P<y>[0-9]{{4}})(?:\s+(?P<after>{_CLOCK}))?"
)


class FieldFault(Exception):
    """One field of one row is wrong; the message says how to mend it, `vi` says it in Vietnamese."""

    def __init__(self, detail: str, vi: str = "") -> None:
        super().__init__(detail)
        self.vi = vi or detail


def parse_value(name: str, given: Any, column: TypeEngine[Any]) -> Any:
    """The value of a column's Python type: text, number, yes or no, day, moment."""
    kind = column.python_type
    if kind is int:
        return parse_whole(name, given, column)
    return PARSERS[kind](name, given)


def parse_text(name: str, given: Any) -> str:
    """Text in NFC with single spaces."""
    if isinstance(given, (dict, list)):
        kind = type(given).__name__
        raise FieldFault(f"field {name}: a {kind} is not text; write one value", "một danh sách; ghi một giá trị")
    if "\0" in str(given):
        raise FieldFault(
            f"field {name}: holds a NUL character; write it again by hand", "có ký tự NUL; gõ lại bằng tay"
        )
    return compose(str(given))


def parse_number(name: str, given: Any, limit: float | None = None, *, whole: bool = False) -> float:
    """A finite number; text may have a decimal point or comma, but must be one number only.

    Of two readings, one beyond ± `limit` or (`whole`) with a fraction is none.
    """
    if isinstance(given, int | float) and not isinstance(given, bool):
        found = {float(given)} if math.isfinite(given) else set()
    else:
        found = {number for number in readings(str(given)).values() if math.isfinite(number)}
    if len(found) > 1:
        found = {n for n in found if (limit is None or abs(n) <= limit) and not (whole and n != int(n))} or found
    if len(found) > 1:
        low, high = sorted(found)
        raise FieldFault(
            f"field {name}: {given!r} may be {high:g} or {low:g}; write {high:.0f}, or {low:g}0",
            f"‘{given}’ có thể là {high:.0f} hoặc {_comma(low)}; ghi {high:.0f}, hoặc {_comma(low)}0",
        )
    if not found:
        raise _no_number(name, given)
    return found.pop()


def _comma(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def _no_number(name: str, given: Any) -> FieldFault:
    if str(given).strip().lower() in NOT_FINITE:
        detail = f"field {name}: {given!r} is not a number; leave it empty when it is not known"
        return FieldFault(detail, f"‘{given}’ không phải là số; để trống nếu chưa có số liệu")
    detail = f"field {name}: {given!r} is not a number; write digits, with a point"
    return FieldFault(detail, f"‘{given}’ không phải là số; chỉ ghi chữ số và dấu thập phân")


def parse_whole(name: str, given: Any, column: TypeEngine[Any]) -> int:
    """A whole number that fits its column."""
    number = parse_number(name, given, whole=True)
    if number != int(number):
        raise FieldFault(f"field {name}: {given!r} is not a whole number", f"‘{given}’ không phải là số nguyên")
    bits = 16 if isinstance(column, SmallInteger) else 64 if isinstance(column, BigInteger) else 32
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        detail = f"field {name}: {given!r} is too large; check the number and its unit"
        raise FieldFault(detail, f"‘{given}’ quá lớn; xem lại số và đơn vị tính")
    return int(number)


def parse_yes_no(name: str, given: Any) -> bool:
    """`true`, `1`, `có` or their opposites."""
    try:
        return YES_NO[compose(str(given)).lower()]
    except KeyError:
        listed = ", ".join(YES_NO)
        raise FieldFault(
            f"field {name}: {given!r}; use one of {listed}", f"‘{given}’; ghi một trong: {listed}"
        ) from None


def parse_moment(name: str, given: Any) -> datetime:
    """A moment in UTC; without an offset it is the time on the clocks of Việt Nam."""
    try:
        moment = datetime.fromisoformat(str(given).strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)).astimezone(UTC)
    except (ValueError, OverflowError):
        detail = f"field {name}: {given!r} is not a time; write 2026-11-23 or 2026-11-23T14:05+07:00"
        raise FieldFault(detail, f"‘{given}’ không phải là ngày giờ; ghi 2026-11-23 (năm-tháng-ngày)") from None


def from_day_first(given: Any) -> Any:
    """`23/11/2026 14:05` and `14:05 23/11/2026` as ISO 8601; anything else as it is.

    Only for files whose contract says that the day stands first: 1/11/2026 alone may be two days.
    """
    found = _DAY_FIRST.fullmatch(str(given).strip())
    if found is None:
        return given
    day, month, year = int(found["d"]), int(found["m"]), found["y"]
    clock = found["before"] or found["after"]
    hour, _, rest = (clock or "").partition(":")
    return f"{year}-{month:02}-{day:02}" + (f"T{int(hour):02}:{rest}" if clock else "")


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
