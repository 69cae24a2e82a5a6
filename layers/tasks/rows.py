"""The rows in force: how tasks go, as the graph that cases use too, and the letterhead; and the calendar of offices."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from geo.clock import end_of_day
from geo.errors import SetupFailed
from geo.workdays import Workdays
from layers.sources.expected import CalendarDay
from layers.tasks.models import TaskFlowRow, TaskLetterhead
from layers.watch.cases.flow_graph import Flow, make_flows

FLOW = "task"


def flow_at(connection: Connection, at: datetime) -> Flow:
    """How tasks go at a moment; SetupFailed when no row says."""
    rows = connection.execute(select(TaskFlowRow.__table__).where(TaskFlowRow.superseded_at.is_(None))).all()
    flow = make_flows(rows, at).get(FLOW)
    if flow is None:
        raise SetupFailed("no flow of tasks is in force: run opsmap db upgrade")
    return flow


def letterhead_at(connection: Connection, at: datetime) -> Any:
    """The letterhead in force at a moment; SetupFailed when there is none."""
    h = TaskLetterhead
    held = (h.superseded_at.is_(None), h.valid_from <= at, or_(h.valid_to.is_(None), h.valid_to > at))
    row = connection.execute(select(h.__table__).where(*held).order_by(h.valid_from.desc()).limit(1)).first()
    if row is None:
        raise SetupFailed("no letterhead of tasks is in force: run opsmap db upgrade")
    return row


def calendar_of(connection: Connection) -> Workdays:
    """The calendar of offices with the swaps that were decided."""
    rows = connection.execute(select(CalendarDay.day, CalendarDay.works))
    return Workdays({row.day: row.works for row in rows})


def due_at(day: date, calendar: Workdays) -> datetime:
    """The moment (UTC) from which a day's task is overdue: the end of that day, or of the next that is worked."""
    return end_of_day(calendar.next_workday(day))
