"""What each department should deliver by when, and how it stands: in time, late by working days, not due, missing."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

import psycopg
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from geo.clock import local_date
from geo.workdays import DAY, Due, Workdays, add_months, period_starts
from layers.base import Base
from layers.watch.rules import Kept

State = Literal["on_time", "late", "not_due", "missing"]
MOST_PERIODS = 500


class ExpectedDelivery(Kept, Base):
    """A rule: what a source delivers every so many months, due so. `agency`, `office`, `phone`: whom to call.

    `what` says whether `template` names a template or an indicator (any file of the source that tells of it will do).
    An office, never a person; `agency_code` is its code on the provincial axis. `verified` false: nobody has checked
    the basis.
    """

    __tablename__ = "expected_delivery"
    __table_args__ = (
        CheckConstraint("due_kind IN ('workday', 'before')", name="due_kind"),
        CheckConstraint("what IN ('template', 'indicator')", name="what"),
        Index("uq_expected_delivery_current", "code", unique=True, postgresql_where=text("superseded_at IS NULL")),
        Index(
            "uq_expected_delivery_named",
            *("source", "what", "template", "valid_from"),
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    source: Mapped[str]
    what: Mapped[str] = mapped_column(server_default="template")
    template: Mapped[str]
    every_months: Mapped[int]
    due_kind: Mapped[str]
    due_number: Mapped[int]
    due_months: Mapped[int]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    agency: Mapped[str]
    office: Mapped[str | None]
    phone: Mapped[str | None]
    basis: Mapped[str | None]
    verified: Mapped[bool]
    agency_code: Mapped[str | None]


class CalendarDay(Base):
    """A day on which offices work, or do not, against the calendar: a swap by decision. `verified` as above."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    note: Mapped[str]
    verified: Mapped[bool]


class Expectation(NamedTuple):
    """A rule as it is kept; see `ExpectedDelivery`."""

    source: str
    template: str
    every_months: int
    due_kind: Literal["workday", "before"]
    due_number: int
    due_months: int
    valid_from: date
    valid_to: date | None
    agency: str
    office: str | None = None
    phone: str | None = None
    basis: str | None = None
    verified: bool = False
    what: Literal["template", "indicator"] = "template"
    agency_code: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What is expected: of which source, what kind of thing, its name."""
        return self.source, self.what, self.template

    def words(self) -> tuple[str, str]:
        """The rule in words, Vietnamese and English."""
        month = ("tháng sau", "of the next month") if self.due_months == 1 else ("trong tháng", "of the month")
        if self.due_months not in (0, 1):
            month = (f"tháng thứ {self.due_months} sau kỳ", f"of month {self.due_months} after the period")
        if self.due_kind == "workday":
            return f"ngày làm việc thứ {self.due_number} {month[0]}", f"working day {self.due_number} {month[1]}"
        return f"trước ngày {self.due_number} {month[0]}", f"before day {self.due_number} {month[1]}"


class PeriodState(NamedTuple):
    """How one period of a rule stands. `workdays`: late by so many, or overdue so many until today; else 0.

    `known_since` is the day on which the expectation was first entered here.
    """

    rule: Expectation
    since: date
    until: date
    due: date
    state: State
    workdays: int
    received_at: datetime | None
    paper: str | None
    revised: int
    known_since: date

    @property
    def key(self) -> tuple[str, str, str, date]:
        """The rule's key and the period's first day."""
        return (*self.rule.key, self.since)


_RULE = ", ".join(Expectation._fields)
_CURRENT = f"""
SELECT {_RULE}, (SELECT min(f.stored_at) FROM expected_delivery AS f WHERE f.code = e.code)
FROM expected_delivery AS e
WHERE superseded_at IS NULL AND (%(source)s::text IS NULL OR source = %(source)s)
ORDER BY source, what, template, valid_from
"""  # noqa: S608 - our own names
# An estimate is not the report that is due; a later word of another kind (preliminary, official) revises nothing.
FIRSTS = """
SELECT s.code AS source, 'template' AS what, t.name, f.period_from AS first_day, min(f.received_at) AS came,
       1 + count(*) - count(DISTINCT coalesce(f.counts->>'status', '')) AS times,
       (array_agg(concat_ws('/', p.number, p.notation) ORDER BY f.id))[1] AS paper
FROM department_file AS f JOIN source AS s ON s.id = f.source_id JOIN template AS t ON t.id = f.template_id
LEFT JOIN paper AS p ON p.id = f.paper_id
WHERE f.state = 'taken' AND f.period_from IS NOT NULL AND (p.id IS NULL OR p.state <> 'revoked')
  AND (f.counts->>'status' IS DISTINCT FROM 'estimate' OR t.body->>'status' = 'estimate')
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT s.code, 'indicator', o.indicator, o.period_from, min(coalesce(f.received_at, o.stored_at)),
       count(DISTINCT o.delivery_id), min(concat_ws('/', p.number, p.notation))
FROM observation AS o JOIN source AS s ON s.id = o.source_id
JOIN (SELECT DISTINCT source, template FROM expected_delivery WHERE superseded_at IS NULL AND what = 'indicator') AS e
  ON e.source = s.code AND e.template = o.indicator
LEFT JOIN department_file AS f ON f.delivery_id = o.delivery_id LEFT JOIN paper AS p ON p.id = o.paper_id
WHERE o.retracted_at IS NULL GROUP BY 1, 2, 3, 4
"""
"""Of each source, what is expected of it and first day of a period: when it came first, how often, in which paper."""
Arrivals = dict[tuple[str, str, str, date], tuple[datetime, int, str]]
"""By source, what, its name and the period's first day: when it came first, how often, in which paper."""


def read_workdays(connection: psycopg.Connection) -> Workdays:
    """The calendar of offices with the swaps that were decided."""
    return Workdays(dict(connection.execute("SELECT day, works FROM calendar_day").fetchall()))


def read_expected(
    connection: psycopg.Connection, source: str | None, since: date, until: date, now: datetime
) -> list[PeriodState]:
    """Every period that ends in [since, until), of one source or all, the one due last first, MOST_PERIODS at most."""
    return read_states(connection, source, (since, until), now)[:MOST_PERIODS]


def read_states(
    connection: psycopg.Connection, source: str | None, within: tuple[date, date], now: datetime
) -> list[PeriodState]:
    """The same, all of them. What came after `now` has not come yet."""
    rows = connection.execute(_CURRENT, {"source": source}).fetchall()
    came, calendar = read_arrivals(connection), read_workdays(connection)
    found: list[PeriodState] = []
    for row in rows:
        found += states_of(Expectation(*row[:-1]), local_date(row[-1]), within, came, (calendar, now))
    return sorted(found, key=lambda s: (s.due, s.rule.source, s.rule.template), reverse=True)


def read_arrivals(connection: psycopg.Connection) -> Arrivals:
    """When what is expected came first."""
    return {row[:4]: row[4:] for row in connection.execute(FIRSTS).fetchall()}


def states_of(
    rule: Expectation, known: date, within: tuple[date, date], came: Arrivals, at: tuple[Workdays, datetime]
) -> Iterator[PeriodState]:
    """The periods of a rule, first entered on the day `known`, that end in [since, until), told at a moment."""
    calendar, now = at
    due = Due(rule.due_kind, rule.due_number, rule.due_months)
    first = max(rule.valid_from, within[0] - timedelta(days=366))
    for start in period_starts(rule.every_months, first, min(rule.valid_to or date.max, within[1])):
        end = add_months(start, rule.every_months)
        if not within[0] <= end - DAY < within[1]:
            continue
        day = due.of(end - DAY, calendar)
        received, count, paper = came.get((*rule.key, start), (None, 0, None))
        if received is not None and received > now:
            received, count, paper = None, 0, None
        state, workdays = judge(day, received, now, calendar)
        told = (state, workdays, received, paper or None, max(0, count - 1))
        yield PeriodState(rule, start, end, day, *told, known)


def judge(due: date, received: datetime | None, now: datetime, calendar: Workdays) -> tuple[State, int]:
    """How a delivery stands that is due until the end of a day in Việt Nam; days off are nobody's delay."""
    if received is not None:
        late = calendar.count_after(due, local_date(received))
        return ("late", late) if late else ("on_time", 0)
    overdue = calendar.count_after(due, local_date(now))
    return ("missing", overdue) if overdue else ("not_due", 0)
