"""Which month, quarter, half or year a text speaks of: titles of reports, names of files, cells. Pure."""

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from geo.text import fold
from geo.workdays import DAY, add_months

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_YEAR = r"(20\d\d)"
_TO_YEAR = rf"(?:\D{{0,60}}?\b|\D{{0,60}}?\d{{1,2}}\s*thang\D{{0,20}}?){_YEAR}"
"""What may stand between a month and its year: words, or `và 10 tháng năm`."""
_MONTH = re.compile(rf"\b(?:thang|t|month)\s*[.-]?\s*(\d{{1,2}})\b(?!\s*thang){_TO_YEAR}")
_QUARTER = re.compile(rf"\bq(?:uy)?\s*([1-4]|iv|i{{1,3}})\b\D{{0,40}}?{_YEAR}")
_HALF = re.compile(rf"\b6 thang\s+(dau|cuoi)\b\D{{0,40}}?{_YEAR}")
_WHOLE_YEAR = re.compile(rf"\b(?:nam|year)\s*{_YEAR}")
_NUMERIC = re.compile(r"(?<!\d)(?:(20\d\d)[-_./ ]?(0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])[-_./ ](20\d\d))(?!\d)")
_BARE_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_SEPARATORS = re.compile(r"[_\-.]+")


class Period(NamedTuple):
    """The days [since, until) of Việt Nam."""

    since: date
    until: date

    def title(self, lang: str = "vi") -> str:
        """As people say it."""
        months = (self.until.year - self.since.year) * 12 + self.until.month - self.since.month
        if months == 1:
            return f"{'tháng' if lang == 'vi' else 'month'} {self.since:%m/%Y}"
        if months == 3:
            return f"{'quý' if lang == 'vi' else 'quarter'} {self.since.month // 3 + 1}/{self.since.year}"
        if months == 12:
            return f"{'năm' if lang == 'vi' else 'year'} {self.since.year}"
        return f"{self.since:%d/%m/%Y} – {self.until - DAY:%d/%m/%Y}"


def month_of(year: int, month: int) -> Period | None:
    """A month; None when there is no such."""
    return Period(date(year, month, 1), add_months(date(year, month, 1), 1)) if 1 <= month <= 12 else None


def quarter_of(year: int, quarter: int) -> Period:
    """A quarter."""
    start = date(year, quarter * 3 - 2, 1)
    return Period(start, add_months(start, 3))


def read_period(text: str, every: int) -> Period | None:
    """The period of so many months (1, 3, 6, 12) that a text speaks of; None when it speaks of none, or of several."""
    said = fold(text)
    named = fold(_SEPARATORS.sub(" ", text))
    found = {period for form in (said, named) for period in _READERS[every](form)}
    return found.pop() if len(found) == 1 else None


def _months(text: str) -> set[Period]:
    told = {month_of(int(year), int(month)) for month, year in _MONTH.findall(text)}
    if not told:
        told = {month_of(int(a or d), int(b or c)) for a, b, c, d in _NUMERIC.findall(text)}
    return {period for period in told if period is not None}


def _quarters(text: str) -> set[Period]:
    return {quarter_of(int(y), _ROMAN.get(q) or int(q)) for q, y in _QUARTER.findall(text)}


def _halves(text: str) -> set[Period]:
    starts = {date(int(year), 1 if half == "dau" else 7, 1) for half, year in _HALF.findall(text)}
    return {Period(start, add_months(start, 6)) for start in starts}


def _years(text: str) -> set[Period]:
    years = set(_WHOLE_YEAR.findall(text)) or set(_BARE_YEAR.findall(text))
    return {Period(date(int(y), 1, 1), date(int(y) + 1, 1, 1)) for y in years}


_READERS: dict[int, Callable[[str], set[Period]]] = {1: _months, 3: _quarters, 6: _halves, 12: _years}


def read_month_title(title: str) -> int | None:
    """The month that a column is about (`Tháng 3`, `T3`, `3`); None when it is about none."""
    found = re.fullmatch(r"(?:thang|t)?\s*\.?\s*(\d{1,2})(?:\s*[/-]\s*20\d\d|\s+nam\s+20\d\d)?", fold(title).strip())
    return int(found[1]) if found and 1 <= int(found[1]) <= 12 else None


def read_asked(text: str, every: int) -> Period | None:
    """A period as a person or program gives it: `2026-10`, `2026-Q3`, `2026-H1`, `2026`, or in words."""
    told = text.strip().upper()
    if every == 12 and re.fullmatch(r"20\d\d", told):
        return Period(date(int(told), 1, 1), date(int(told) + 1, 1, 1))
    if every == 3 and (found := re.fullmatch(r"(20\d\d)-?Q([1-4])", told)):
        return quarter_of(int(found[1]), int(found[2]))
    if every == 6 and (found := re.fullmatch(r"(20\d\d)-?H([12])", told)):
        start = date(int(found[1]), 1 if found[2] == "1" else 7, 1)
        return Period(start, add_months(start, 6))
    return read_period(text, every)
