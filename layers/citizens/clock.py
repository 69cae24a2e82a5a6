"""When a report's answer is due: whole working days, and none of those it waited for the citizen."""

from datetime import datetime, timedelta

from geo.clock import end_of_day, local_date
from geo.workdays import Workdays

MOMENT = timedelta(microseconds=1)


def due_after(moment: datetime, days: int, calendar: Workdays) -> datetime:
    """The end (UTC) of the nth working day after the day of a moment: that day itself does not count."""
    return end_of_day(calendar.after(local_date(moment), days))


def due_resumed(due_at: datetime, paused_at: datetime, resumed_at: datetime, calendar: Workdays) -> datetime:
    """A due moment moved on by the working days that went by while the clock was paused."""
    waited = calendar.count_after(local_date(paused_at), local_date(resumed_at))
    last_day = local_date(due_at - MOMENT)  # it is due until the end of that day
    return end_of_day(calendar.after(last_day, waited)) if waited else due_at
