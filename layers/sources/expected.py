"""What each department should deliver by when, and how it stands: in time, late by working days, not due, missing."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

import psycopg
from psycopg.rows import class_row
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from geo.clock import local_date
from geo.errors import BadInput
from geo.workdays import DAY, Due, Workdays, add_months, period_starts
from layers.base import Base

State = Literal["on_time", "late", "not_due", "missing"]
MOST_PERIODS = 500


class ExpectedDelivery(Base):
    """A rule: a template's form of a source, every so many months, due so. `agency`, `office`, `phone`: whom to call.

    An office, never a person. `verified` false: nobody has checked the basis.
    """

    __tablename__ = "expected_delivery"
    __table_args__ = (
        CheckConstraint("due_kind IN ('workday', 'before')", name="due_kind"),
        Index(
            "uq_expected_delivery_current",
            *("source", "template", "valid_from"),
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str]
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
    superseded_at: Mapped[datetime | None]


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

    def words(self) -> tuple[str, str]:
        """The rule in words, Vietnamese and English."""
        month = ("tháng sau", "of the next month") if self.due_months == 1 else ("trong tháng", "of the month")
        if self.due_months not in (0, 1):
            month = (f"tháng thứ {self.due_months} sau kỳ", f"of month {self.due_months} after the period")
        if self.due_kind == "workday":
            return f"ngày làm việc thứ {self.due_number} {month[0]}", f"working day {self.due_number} {month[1]}"
        return f"trước ngày {self.due_number} {month[0]}", f"before day {self.due_number} {month[1]}"


class PeriodState(NamedTuple):
    """How one period of a rule stands. `workdays`: late by so many, or overdue so many until today; else 0."""

    rule: Expectation
    since: date
    until: date
    due: date
    state: State
    workdays: int
    received_at: datetime | None
    paper: str | None
    revised: int


_RULE = ", ".join(Expectation._fields)
_RULES = f"""
SELECT {_RULE} FROM expected_delivery
WHERE superseded_at IS NULL AND (%(source)s::text IS NULL OR source = %(source)s)
ORDER BY source, template, valid_from
"""  # noqa: S608 - our own names
_FIRSTS = """
SELECT s.code, t.name, f.period_from, min(f.received_at), count(*),
       (array_agg(concat_ws('/', p.number, p.notation) ORDER BY f.id))[1]
FROM department_file AS f JOIN source AS s ON s.id = f.source_id JOIN template AS t ON t.id = f.template_id
LEFT JOIN paper AS p ON p.id = f.paper_id
WHERE f.state = 'taken' AND f.period_from IS NOT NULL AND (p.id IS NULL OR p.state <> 'revoked')
GROUP BY 1, 2, 3
"""


def keep_expectation(connection: psycopg.Connection, rule: Expectation, now: datetime) -> None:
    """Keep a rule; another for the same form and date supersedes the former. BadInput for one nobody can keep."""
    if rule.every_months not in (1, 3, 6, 12) or not 1 <= rule.due_number <= 31 or not 0 <= rule.due_months <= 12:
        raise BadInput("expected: every_months 1, 3, 6 or 12; due_number 1 to 31; due_months 0 to 12", field="due")
    key = (rule.source, rule.template, rule.valid_from)
    before = connection.execute(
        f"SELECT {_RULE} FROM expected_delivery"  # noqa: S608 - our own names
        " WHERE (source, template, valid_from) = (%s, %s, %s)"
        " AND superseded_at IS NULL",
        key,
    ).fetchone()
    if before == tuple(rule):
        return
    connection.execute(
        "UPDATE expected_delivery SET superseded_at = %s WHERE (source, template, valid_from) = (%s, %s, %s)"
        " AND superseded_at IS NULL",
        (now, *key),
    )
    places = ", ".join(["%s"] * len(rule))
    connection.execute(f"INSERT INTO expected_delivery ({_RULE}) VALUES ({places})", tuple(rule))  # noqa: S608


def read_workdays(connection: psycopg.Connection) -> Workdays:
    """The calendar of offices with the swaps that were decided."""
    return Workdays(dict(connection.execute("SELECT day, works FROM calendar_day").fetchall()))


def read_expected(
    connection: psycopg.Connection, source: str | None, since: date, until: date, now: datetime
) -> list[PeriodState]:
    """Every period that ends in [since, until), of one source or all, the one due last first."""
    with connection.cursor(row_factory=class_row(Expectation)) as cursor:
        rules = cursor.execute(_RULES, {"source": source}).fetchall()
    got = {row[:3]: row[3:] for row in connection.execute(_FIRSTS).fetchall()}
    calendar = read_workdays(connection)
    found = [state for rule in rules for state in _states(rule, (since, until), got, (calendar, now))]
    return sorted(found, key=lambda s: (s.due, s.rule.source, s.rule.template), reverse=True)[:MOST_PERIODS]


def _states(
    rule: Expectation, within: tuple[date, date], got: dict[Any, Any], at: tuple[Workdays, datetime]
) -> Iterator[PeriodState]:
    calendar, now = at
    due = Due(rule.due_kind, rule.due_number, rule.due_months)
    first = max(rule.valid_from, within[0] - timedelta(days=366))
    for start in period_starts(rule.every_months, first, min(rule.valid_to or date.max, within[1])):
        end = add_months(start, rule.every_months)
        if not within[0] <= end - DAY < within[1]:
            continue
        day = due.of(end - DAY, calendar)
        received, count, paper = got.get((rule.source, rule.template, start), (None, 0, None))
        state, workdays = judge(day, received, now, calendar)
        yield PeriodState(rule, start, end, day, state, workdays, received, paper or None, max(0, count - 1))


def judge(due: date, received: datetime | None, now: datetime, calendar: Workdays) -> tuple[State, int]:
    """How a delivery stands that is due until the end of a day in Việt Nam; days off are nobody's delay."""
    if received is not None:
        late = calendar.count_after(due, local_date(received))
        return ("late", late) if late else ("on_time", 0)
    overdue = calendar.count_after(due, local_date(now))
    return ("missing", overdue) if overdue else ("not_due", 0)
