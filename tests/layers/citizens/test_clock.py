"""Working days: what is due when, and that only waiting for the citizen moves it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from geo.clock import end_of_day, local_date
from geo.workdays import Workdays
from layers.citizens.clock import MOMENT, due_after, due_resumed

CALENDAR = Workdays()
START = datetime(2025, 1, 1, tzinfo=UTC)
moments = st.integers(0, 1000 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
days = st.integers(1, 15)


def test_tet_and_weekends_do_not_count() -> None:
    friday = datetime(2026, 2, 13, 3, 0, tzinfo=UTC)  # Tết Bính Ngọ is 17 February
    due = due_after(friday, 1, CALENDAR)
    assert local_date(due - MOMENT) > local_date(friday) + timedelta(days=7)
    assert due_after(datetime(2026, 11, 23, 16, 59, tzinfo=UTC), 1, CALENDAR) == datetime(2026, 11, 25, 17, tzinfo=UTC)


@given(moments, days)
def test_due_is_the_end_of_a_working_day_so_many_later(told: datetime, number: int) -> None:
    due = due_after(told, number, CALENDAR)
    last = local_date(due - MOMENT)
    assert due == end_of_day(last)
    assert CALENDAR.is_workday(last)
    assert CALENDAR.count_after(local_date(told), last) == number


@given(moments, days, st.timedeltas(timedelta(0), timedelta(days=30)), st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_pause_gives_back_the_working_days_it_took(told, number, until_pause, pause) -> None:
    due, paused = due_after(told, number, CALENDAR), told + until_pause
    resumed = paused + pause
    moved = due_resumed(due, paused, resumed, CALENDAR)
    waited = CALENDAR.count_after(local_date(paused), local_date(resumed))
    assert CALENDAR.count_after(local_date(due - MOMENT), local_date(moved - MOMENT)) == waited
    assert moved >= due
