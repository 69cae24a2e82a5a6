"""Tasks as they are read: the list, one with its history and letters, counts, and what is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from geo.clock import local_date
from geo.workdays import Workdays
from layers.indicators.exceptions import Exceptional
from layers.spec import Text
from layers.tasks.acts import DRAFT
from layers.tasks.models import OutgoingLetter, Task, TaskEntry, TaskFlowRow
from layers.tasks.offices import SIMULATED

OPEN = and_(Task.ended_at.is_(None), Task.state != DRAFT)
"""Issued, and neither done nor taken back."""
MONTH_OF_WORK = 22
"""Working days after which an overdue task weighs no more than before."""


@dataclass(frozen=True)
class Held:
    """Whose tasks one sees: an office's, a commune's, or everybody's (both None); drafts are for who gives them out."""

    agency: str | None = None
    unit: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What an office is called, in the demonstration too."""
        return (str(self.agency), f"{self.agency}{SIMULATED}")

    @property
    def all(self) -> bool:
        """Whether nothing is hidden."""
        return self.agency is None and self.unit is None

    def owns(self, task: Any) -> bool:
        """Whether a task is of this office or commune."""
        return bool(task.agency in self.names if self.unit is None else task.unit == self.unit)

    def condition(self) -> ColumnElement[bool]:
        """What a task must be to be seen."""
        if self.all:
            return Task.id.is_not(None)
        own = Task.agency.in_(self.names) if self.unit is None else Task.unit == self.unit
        return and_(own, Task.issued_at.is_not(None))


@dataclass(frozen=True)
class Asked:
    """What a list is narrowed to; None: to nothing."""

    state: str | None = None
    open: bool | None = None
    overdue: bool | None = None
    indicator: str | None = None
    number: str | None = None
    limit: int = 200


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Its clock runs (nobody counts against an office that has reported), and it is past its day."""
    running = select(TaskFlowRow.state).where(TaskFlowRow.clock == "runs", TaskFlowRow.superseded_at.is_(None))
    return and_(Task.state.in_(running), Task.due_at <= now)


def list_statement(asked: Asked, held: Held, now: datetime) -> Select[*tuple[Any, ...]]:
    """The overdue first, then by what is due next, drafts among them; what ended, last."""
    late = is_overdue(now)
    statement = select(*Task.__table__.columns, late.label("overdue")).where(held.condition())
    if asked.state is not None:
        statement = statement.where(Task.state == asked.state)
    if asked.open is not None:
        statement = statement.where(Task.ended_at.is_(None) if asked.open else Task.ended_at.is_not(None))
    if asked.overdue is not None:
        statement = statement.where(late if asked.overdue else ~late)
    if asked.indicator is not None:
        statement = statement.where(Task.born["indicator"].astext == asked.indicator)
    if asked.number is not None:
        statement = statement.where(Task.number == asked.number)
    order = (case((Task.ended_at.is_(None), 0), else_=1), case((Task.ended_at.is_(None), Task.due_at)), Task.id.desc())
    return statement.order_by(*order).limit(asked.limit)


def history_statement(task_id: int) -> Select[*tuple[Any, ...]]:
    """Every line of a task, oldest first."""
    return select(TaskEntry.__table__).where(TaskEntry.task_id == task_id).order_by(TaskEntry.id)


def letters_statement(task_id: int) -> Select[*tuple[Any, ...]]:
    """What went over the axis for a task, without the letters themselves."""
    kept = [c for c in OutgoingLetter.__table__.columns if c.key != "data"]
    return select(*kept).where(OutgoingLetter.task_id == task_id).order_by(OutgoingLetter.id)


def counts_statement(held: Held, now: datetime) -> Select[*tuple[Any, ...]]:
    """How many are drafts, out, overdue, reported and waiting for a word, done."""
    count = func.count
    return select(
        count().filter(Task.state == DRAFT).label("drafts"),
        count().filter(OPEN).label("open"),
        count().filter(is_overdue(now)).label("overdue"),
        count().filter(Task.state == "reported").label("reported"),
        count().filter(Task.state == "accepted").label("accepted"),
    ).where(held.condition())


def find_overdue(connection: Connection, now: datetime, calendar: Workdays) -> list[Exceptional]:
    """Exceptions: of each office the task that is overdue longest, with how many others there are."""
    rows = connection.execute(select(Task.__table__).where(is_overdue(now)).order_by(Task.due_at, Task.id)).all()
    offices: dict[str, list[Any]] = {}
    for row in rows:
        offices.setdefault(row.agency, []).append(row)
    return [_exceptional(own, local_date(now), calendar) for own in offices.values()]


def days_over(due_on: date, today: date, calendar: Workdays) -> int:
    """Working days that a task is overdue; those it has left, negative."""
    due = calendar.next_workday(due_on)
    return calendar.count_after(due, today) if today > due else -calendar.count_after(today, due)


def _exceptional(own: Iterable[Any], today: date, calendar: Workdays) -> Exceptional:
    first, *others = own
    days = max(1, days_over(first.due_on, today, calendar))
    why = Text(f"{first.number} quá hạn {days} ngày làm việc", f"{first.number} overdue by {days} working days")
    beyond = min(Fraction(1), Fraction(days, MONTH_OF_WORK))
    return Exceptional("task", why, beyond=beyond, task=first, also=len(others))
