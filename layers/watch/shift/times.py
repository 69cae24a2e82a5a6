"""The hours of shifts, from the settings in force: when the shift of a moment should begin and end."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from geo.clock import Window, local_date, start_of_day
from layers.watch.rules import rules_statement

CONDUCT = "shift"
DAY = timedelta(days=1)


def starts_in_force(rules: Iterable[Any], at: datetime) -> list[timedelta]:
    """When shifts begin on the day of a moment, from midnight in Việt Nam on; rows of `rules_statement`."""
    held = (r for r in rules if r.conduct == CONDUCT and r.valid_from <= at and (r.valid_to is None or at < r.valid_to))
    return sorted({timedelta(seconds=r.threshold_s) for r in held if r.step.startswith("begin_")})


def planned_shift(starts: list[timedelta], at: datetime) -> Window | None:
    """The shift that a moment falls into, or None when no hours are set. The last one of a day goes into the next."""
    if not starts:
        return None
    today = start_of_day(local_date(at))
    edges = [day + start for day in (today - DAY, today, today + DAY) for start in starts]
    since = max(edge for edge in edges if edge <= at)
    return Window(since, min(edge for edge in edges if edge > since))


def read_planned(connection: Connection, at: datetime) -> Window | None:
    """`planned_shift` by the settings of this database."""
    return planned_shift(starts_in_force(connection.execute(rules_statement((CONDUCT,))).all(), at), at)
