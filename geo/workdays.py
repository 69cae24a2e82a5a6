"""Working days in Việt Nam: weekends, public holidays with their *nghỉ bù*, days swapped by decision. Pure.

Tết, Giỗ Tổ, 24-11 and the rest come from the `holidays` package; what the government decides year by year (days off
moved, Saturdays worked instead) may stand in `overrides`, which win over everything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Literal, NamedTuple

import holidays

DAY = timedelta(days=1)
MOST_DAYS = 4000
"""Further than this nobody counts."""


@dataclass(frozen=True)
class Workdays:
    """The calendar of offices. `overrides` say of single days whether they are worked."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on a day."""
        told = self.overrides.get(day)
        return _works(day) if told is None else told

    def name_of(self, day: date) -> str | None:
        """What a day off is called in Vietnamese; None for a working day or a plain weekend."""
        return None if self.is_workday(day) else _calendar(day.year).get(day)

    def next_workday(self, day: date) -> date:
        """That day, or the first working day after it."""
        for _ in range(MOST_DAYS):
            if self.is_workday(day):
                return day
            day += DAY
        raise ValueError("no working day within ten years")

    def after(self, day: date, number: int) -> date:
        """The nth working day after a day; the day itself when `number` is 0."""
        for _ in range(number):
            day = self.next_workday(day + DAY)
        return day

    def before(self, day: date, number: int) -> date:
        """The nth working day before a day; the day itself when `number` is 0."""
        for _ in range(number):
            day -= DAY
            while not self.is_workday(day):
                day -= DAY
        return day

    def nth_workday(self, month: date, number: int) -> date:
        """The nth working day (from 1) counted from the first of a month."""
        day = self.next_workday(month.replace(day=1))
        for _ in range(number - 1):
            day = self.next_workday(day + DAY)
        return day

    def count_after(self, since: date, until: date) -> int:
        """Working days in (since, until]; 0 when `until` is not later."""
        days = min((until - since).days, MOST_DAYS)
        return sum(self.is_workday(since + DAY * n) for n in range(1, days + 1))


class Due(NamedTuple):
    """When something is due after a period ends: `kind` workday (the nth) or before (the day of a month).

    `months` counts from the month in which the period's last day lies: 1 is the month after it.
    """

    kind: Literal["workday", "before"]
    number: int
    months: int = 1

    def of(self, last_day: date, calendar: Workdays) -> date:
        """The last day on which a delivery for the period that ends with `last_day` is in time.

        `before` 25 ends with the 25th's eve. A last day that is not worked moves to the next working day
        (Bộ luật Dân sự 2015, Điều 148).
        """
        month = add_months(last_day.replace(day=1), self.months)
        if self.kind == "workday":
            return calendar.nth_workday(month, self.number)
        last = add_months(month, 1) - DAY
        return calendar.next_workday(min(month + DAY * (self.number - 2), last))


def add_months(first: date, months: int) -> date:
    """The first of a month so many months later."""
    at = first.year * 12 + first.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def period_starts(every: int, since: date, until: date) -> list[date]:
    """The first days of the periods of `every` months (1, 3, 6, 12) that begin in [since, until)."""
    start = date(since.year, 1, 1)
    starts: list[date] = []
    while start < until:
        if start >= since:
            starts.append(start)
        start = add_months(start, every)
    return starts


@cache
def _calendar(year: int) -> holidays.HolidayBase:
    """The holidays of a year, its neighbours included, for days that move over New Year."""
    return holidays.country_holidays("VN", years=(year - 1, year, year + 1), language="vi")


def _works(day: date) -> bool:
    return bool(_calendar(day.year).is_working_day(day))
