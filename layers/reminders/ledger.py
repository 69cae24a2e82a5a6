"""The ledger of reminders as people read it: each with how it was closed, and the year's count by agency and month."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

import psycopg
from psycopg.rows import dict_row

from geo.clock import local_date, start_of_day
from geo.workdays import DAY, Workdays
from layers.sources.expected import Arrivals, read_arrivals, read_workdays

_LIST = """
SELECT r.*, coalesce(s.origin, 'real') AS origin FROM reminder AS r LEFT JOIN source AS s ON s.code = r.source
WHERE r.made_at >= %(since)s AND r.made_at < %(until)s
ORDER BY r.made_at DESC, r.id DESC
"""


@dataclass(frozen=True)
class Entry:
    """One row of the ledger (`row`, its columns with `origin`).

    `closed_at`: when the figures came; None: they have not. `after_workdays`: so many working days after the reminder.
    """

    row: Mapping[str, Any]
    closed_at: datetime | None
    after_workdays: int | None

    @property
    def was_sent(self) -> bool:
        """Whether it went out and is one of the year's reminders."""
        return bool(self.row["state"] == "sent" and self.row["counts"])


@dataclass
class AgencyYear:
    """What an agency was reminded of in a year. `counted`: sent, of the steps that count; `waiting`: not out yet;
    `missed`: never sent; `open`: sent, and the figures have not come; `workdays`: median from reminder to figures.
    """

    agency: str
    steps: dict[int, int] = field(default_factory=dict)
    months: dict[date, int] = field(default_factory=dict)
    counted: int = 0
    waiting: int = 0
    missed: int = 0
    open: int = 0
    closed: int = 0
    workdays: float | None = None
    limit: Any | None = None


def read_ledger(connection: psycopg.Connection, since: date, until: date, now: datetime) -> list[Entry]:
    """Every reminder made on the days [since, until) of Việt Nam, the newest first."""
    span = {"since": start_of_day(since), "until": start_of_day(until)}
    rows = connection.cursor(row_factory=dict_row).execute(_LIST, span).fetchall()
    came, calendar = read_arrivals(connection), read_workdays(connection)
    return [_entry(row, came, calendar, now) for row in rows]


def open_reminders(connection: psycopg.Connection, now: datetime) -> dict[str, list[str]]:
    """By source's code: what it was reminded of this year and last and has not brought, the newest first, in words."""
    today, found = local_date(now), defaultdict(list)
    for entry in read_ledger(connection, date(today.year - 1, 1, 1), today + DAY, now):
        if entry.closed_at is None and entry.row["state"] != "missed":
            made = local_date(entry.row["made_at"])
            found[entry.row["source"]].append(f"{made:%d/%m/%Y}: {entry.row['subject']}")
    return dict(found)


def year_of(entries: Iterable[Entry], limits: Sequence[Any], year: int) -> list[AgencyYear]:
    """The year by agency, the most reminded first."""
    found: dict[str, AgencyYear] = {}
    waits: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        agency = entry.row["agency"]
        _add(found.setdefault(agency, AgencyYear(agency)), entry)
        if entry.row["state"] == "sent" and entry.after_workdays is not None:
            waits[agency].append(entry.after_workdays)
    for one in found.values():
        one.workdays = median(waits[one.agency]) if waits[one.agency] else None
        one.limit = _limit(one.counted, limits, date(year, 12, 31))
    return sorted(found.values(), key=lambda one: (-one.counted, one.agency))


def read_limits(connection: psycopg.Connection) -> list[Any]:
    """What follows from so many reminders, as known now."""
    found = connection.cursor(row_factory=dict_row).execute(
        "SELECT * FROM reminder_limit WHERE superseded_at IS NULL ORDER BY reminders, id"
    )
    return found.fetchall()


def _add(year: AgencyYear, entry: Entry) -> None:
    row = entry.row
    year.waiting += row["state"] == "waiting"
    year.missed += row["state"] == "missed"
    if row["state"] != "sent":
        return
    year.steps[row["step"]] = year.steps.get(row["step"], 0) + 1
    year.open += entry.closed_at is None
    year.closed += entry.closed_at is not None
    if entry.was_sent:
        month = _month(row["made_at"])
        year.counted += 1
        year.months[month] = year.months.get(month, 0) + 1


def _limit(counted: int, limits: Sequence[Any], on: date) -> Any | None:
    """The gravest that is reached; `on` is the year's last day."""
    held = [x for x in limits if x["valid_from"] <= on and (x["valid_to"] is None or on < x["valid_to"])]
    return max((x for x in held if x["reminders"] <= counted), key=lambda x: x["reminders"], default=None)


def _entry(row: Mapping[str, Any], came: Arrivals, calendar: Workdays, now: datetime) -> Entry:
    found = came.get((row["source"], row["what"], row["template"], row["period_from"]))
    if found is None or found[0] > now:
        return Entry(row, None, None)
    days = calendar.count_after(local_date(row["made_at"]), local_date(found[0]))
    return Entry(row, found[0], days)


def _month(moment: datetime) -> date:
    return local_date(moment).replace(day=1)
