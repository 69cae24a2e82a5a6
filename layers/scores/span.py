"""Months and years as the scoreboard takes them: by the day deliveries are due, in Việt Nam. Pure."""

import re
from datetime import date

from geo.errors import BadInput
from geo.workdays import add_months
from layers.indicators.spans import Span

_MONTH, _YEAR = re.compile(r"(\d{4})-(\d{2})"), re.compile(r"\d{4}")


def read_span(said: str) -> Span:
    """`2026-11` or `2026`. BadInput for anything else, and for years nobody kept books of."""
    month = _MONTH.fullmatch(said)
    if month and 1 <= int(month[2]) <= 12 and 2000 <= int(month[1]) <= 2100:
        first = date(int(month[1]), int(month[2]), 1)
        return Span(first, add_months(first, 1))
    if _YEAR.fullmatch(said) and 2000 <= int(said) <= 2100:
        return Span(date(int(said), 1, 1), date(int(said) + 1, 1, 1))
    raise BadInput(f"period={said[:20]!r}: write a month as 2026-11 or a year as 2026", field="period")


def span_before(span: Span) -> Span:
    """The month before a month, the year before a year."""
    return Span(add_months(span.since, -span.months), span.since)
