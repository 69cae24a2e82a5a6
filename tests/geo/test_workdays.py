"""Working days over Tết, Giỗ Tổ, 24-11 and swaps by decision; due days and how late something is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.workdays import Due, Workdays, period_starts

CALENDAR = Workdays()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-13", True),
        ("2026-02-16", False),  # giao thừa
        ("2026-02-20", False),  # mùng bốn
        ("2026-02-23", True),
        ("2026-04-26", False),  # Giỗ Tổ, a Sunday
        ("2026-04-27", False),  # nghỉ bù
        ("2026-08-22", True),  # a Saturday, worked for
        ("2026-08-31", False),  # this Monday
        ("2026-11-24", False),
        ("2026-11-22", False),
    ],
)
def test_days_off_and_days_worked_instead(day, works):
    assert CALENDAR.is_workday(date.fromisoformat(day)) is works


def test_what_was_decided_wins_over_the_calendar():
    swapped = Workdays({date(2026, 1, 2): False, date(2026, 1, 10): True})
    assert [swapped.is_workday(date(2026, 1, day)) for day in (2, 10)] == [False, True]
    assert CALENDAR.name_of(date(2026, 11, 24)) == "Ngày Văn hóa Việt Nam"


@pytest.mark.parametrize(
    ("rule", "last_day", "due"),
    [
        (Due("workday", 5), "2026-10-31", "2026-11-06"),
        (Due("workday", 10), "2026-01-31", "2026-02-13"),  # the last working day before Tết
        (Due("workday", 11), "2026-01-31", "2026-02-23"),
        (Due("before", 25, 0), "2026-11-30", "2026-11-25"),  # the 24th is a day off
        (Due("before", 25, 0), "2026-10-31", "2026-10-26"),  # the 24th is a Saturday
        (Due("before", 31), "2026-01-31", "2026-03-02"),  # February has no 30th; its last is a Saturday
    ],
)
def test_when_something_is_due(rule, last_day, due):
    assert rule.of(date.fromisoformat(last_day), CALENDAR) == date.fromisoformat(due)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 60), st.integers(0, 60))
def test_counts_of_stretches_add_up(day, first, second):
    middle, end = (date.fromordinal(day.toordinal() + n) for n in (first, first + second))
    count = CALENDAR.count_after
    assert count(day, middle) + count(middle, end) == count(day, end)
    assert CALENDAR.is_workday(CALENDAR.next_workday(day))


def test_periods_begin_where_they_must():
    assert period_starts(3, date(2026, 2, 1), date(2026, 10, 1)) == [date(2026, 4, 1), date(2026, 7, 1)]
