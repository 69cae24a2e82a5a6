"""Days as people here type them: 05/11/2026 is the fifth of November. What a column shows decides, and is told.

A column with a cell that can only be day-month is day-month, one with a cell that can only be month-day is month-day;
one with both is neither, and its doubtful cells are refused. Where every cell fits both, Việt Nam's order holds, and
the reading says so.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

Order = Literal["dmy", "mdy"]
_DAY = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T]0?0:00(?::00)?)?")


def day_readings(text: str) -> dict[Order, date]:
    """What a text may mean as a day, by the order of its parts; empty when it is none."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return {}
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    orders: tuple[tuple[Order, int, int], ...] = (("dmy", first, second), ("mdy", second, first))
    days: dict[Order, date] = {}
    for order, day, month in orders:
        try:
            days[order] = date(year, month, day)
        except ValueError:
            continue
    return days


def day_order(texts: Iterable[str]) -> tuple[Order | None, bool]:
    """The order a column's days are in and whether a cell shows it; (None, True) when cells contradict each other."""
    shown: set[Order] = set()
    for text in texts:
        found = day_readings(text)
        if len(found) == 1:
            shown |= set(found)
    if len(shown) == 2:
        return None, True
    return (shown.pop(), True) if shown else ("dmy", False)


def read_day(text: str, order: Order | None) -> date | None:
    """The day in that order, else the only one it can be; None when neither."""
    found = day_readings(text)
    if order is not None and order in found:
        return found[order]
    return next(iter(found.values())) if len(set(found.values())) == 1 else None
