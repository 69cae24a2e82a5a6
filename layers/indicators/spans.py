"""Periods of figures: days [since, until) in Việt Nam, what came before them, and what people call them. Pure."""

import calendar
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from geo.workdays import DAY, add_months, period_starts
from layers.indicators.catalogue import PERIODS
from layers.spec import Text

WEEK = "week"
WEEK_DAYS = 7


class Span(NamedTuple):
    """The days [since, until)."""

    since: date
    until: date

    @property
    def last(self) -> date:
        """The last day."""
        return self.until - DAY

    @property
    def days(self) -> int:
        """How many days."""
        return (self.until - self.since).days

    @property
    def months(self) -> int:
        """How many whole months; 0 when it is not made of whole months."""
        if self.since.day != 1 or self.until.day != 1:
            return 0
        return (self.until.year - self.since.year) * 12 + self.until.month - self.since.month


def span_of(period: str, day: date) -> Span:
    """The period of a kind (day, week, month, quarter, year) that a day lies in."""
    months = PERIODS[period]
    if period == WEEK:
        monday = day - DAY * day.weekday()
        return Span(monday, monday + DAY * WEEK_DAYS)
    if not months:
        return Span(day, day + DAY)
    since = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Span(since, add_months(since, months))


def spans_between(period: str, since: date, until: date) -> list[Span]:
    """The periods of a kind that begin in [since, until)."""
    months = PERIODS[period]
    if period == WEEK:
        first = span_of(WEEK, since + DAY * (WEEK_DAYS - 1)).since
        return [span_of(WEEK, first + DAY * n) for n in range(0, (until - first).days, WEEK_DAYS)]
    if not months:
        return [Span(since + DAY * n, since + DAY * (n + 1)) for n in range((until - since).days)]
    return [Span(start, add_months(start, months)) for start in period_starts(months, since, until)]


def before(span: Span) -> Span:
    """The period of the same length before; of a year to date that of the year before."""
    if is_year_to_date(span) and span.months < 12:
        return year_before(span)
    if span.months:
        return Span(add_months(span.since, -span.months), span.since)
    return Span(span.since - timedelta(days=span.days), span.since)


def year_before(span: Span) -> Span:
    """The same days a year before; 29 February becomes the 28th. Of a week, the one 52 weeks before."""
    if is_week(span):
        return Span(*(day - DAY * 52 * WEEK_DAYS for day in span))
    return Span(_year_back(span.since), _year_back(span.until) if span.months else _year_back(span.last) + DAY)


def year_to_date(span: Span) -> Span:
    """From the first of January to the end of a period."""
    return Span(span.last.replace(month=1, day=1), span.until)


def is_year_to_date(span: Span) -> bool:
    """Whether a period begins with the year and is longer than its first month."""
    return (span.since.month, span.since.day) == (1, 1) and span.months != 1 and span.until.year <= span.since.year + 1


def is_week(span: Span) -> bool:
    """Whether a period is Monday to Sunday."""
    return span.days == WEEK_DAYS and span.since.weekday() == 0


@lru_cache(maxsize=4096)
def tiles(span: Span) -> tuple[tuple[Span, ...], ...]:
    """The ways to lay a period out of shorter ones, the coarsest first."""
    found: list[list[Span]] = []
    if span.months:
        for period in ("quarter", "month"):
            months = PERIODS[period]
            if span.months > months and span.months % months == 0 and span_of(period, span.since).since == span.since:
                found.append(spans_between(period, span.since, span.until))
    if 1 < span.days <= 31:
        found.append(spans_between("day", span.since, span.until))
    return tuple(map(tuple, found))


def name_of(span: Span) -> Text:
    """What people call a period."""
    first, months = span.since, span.months
    if months == 1:
        return Text(f"tháng {first.month}/{first.year}", f"{calendar.month_name[first.month]} {first.year}")
    if months == 12 and first.month == 1:
        return Text(f"năm {first.year}", f"{first.year}")
    if months == 3 and first.month % 3 == 1:
        return Text(f"quý {first.month // 3 + 1}/{first.year}", f"Q{first.month // 3 + 1} {first.year}")
    if months and first.month == 1:
        return Text(f"{months} tháng đầu năm {first.year}", f"January to {_month(span.last)}")
    return _name_of_days(span)


def _name_of_days(span: Span) -> Text:
    first = span.since
    if is_week(span):
        year, week, _ = first.isocalendar()
        return Text(f"tuần {week}/{year} (từ {first:%d/%m})", f"week {week} of {year}")
    if span.days == 1:
        return Text(f"ngày {first:%d/%m/%Y}", f"{first.day} {_month(first)}")
    return Text(f"{first:%d/%m/%Y} – {span.last:%d/%m/%Y}", f"{first.isoformat()} to {span.last.isoformat()}")


def _month(day: date) -> str:
    return f"{calendar.month_name[day.month]} {day.year}"


def _year_back(day: date) -> date:
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))
