"""What is done with a task: drafted out of a number, issued, followed, taken back; each act one line of history."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from geo.clock import local_date
from geo.errors import BadInput, NotFound
from geo.workdays import Workdays
from layers import stepping
from layers.access.roles import Role
from layers.stepping import Actor, Book, Entry, find_allowed
from layers.tasks.models import Task, TaskEntry
from layers.tasks.rows import due_at, flow_at, letterhead_at
from layers.versions import ticking

TASKS = Book(Task, TaskEntry, "task_id")
DRAFT = "draft"
AXIS = "axis"
"""The role in which the axis writes into a history what the receiver's system says."""
LAYER = "task"
"""What the live stream calls a change of tasks."""


@dataclass(frozen=True)
class Wanted:
    """What a draft says: its heading, what is asked, which office (`unit`: a commune's code), by which day."""

    title: str
    asked: str
    agency: str
    due_on: date
    organ: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Act:
    """One step: what is said with it; `word`: on whose word an operator does it; the new day, or the draft anew."""

    action: str
    text: str | None = None
    word: str | None = None
    due_on: date | None = None
    wanted: Wanted | None = None
    version: int | None = None


def draft(connection: Connection, wanted: Wanted, born: dict[str, Any], actor: Actor, calendar: Workdays) -> str:
    """Keep a draft; its number. `born` is the number it came of, with `origin`. BadInput for a day gone by."""
    _queue_up(connection)
    check_day(wanted.due_on, actor)
    told = {"state": DRAFT, "state_since": actor.at, "created_at": actor.at, "changed_at": actor.at}
    number = _next_number(connection, local_date(actor.at).year)
    values = told | _columns(wanted, calendar) | {"number": number, "born": born, "origin": born["origin"]}
    task_id = connection.execute(insert(Task).values(**values).returning(Task.id)).scalar_one()
    said = {"at": actor.at, "action": "drafted", "from_state": None, "to_state": DRAFT, "body": _said(wanted)}
    connection.execute(insert(TaskEntry).values(task_id=task_id, actor=actor.name, role=actor.role, **said))
    connection.execute(ticking(LAYER))
    return number


def lock_task(connection: Connection, number: str) -> Any:
    """The task of a number, kept from others until the transaction ends; NotFound."""
    row = stepping.lock(connection, TASKS, Task.number == number)
    if row is None:
        raise NotFound("number: there is no such task", field="number", title="Không có nhiệm vụ mang số này")
    return row


def act(connection: Connection, task: Any, asked: Act, actor: Actor, calendar: Workdays) -> Any:
    """Do it; the task after it. Conflict, NotAllowed and BadInput say what can be done, who can, what is missing."""
    flow = flow_at(connection, actor.at)
    step = find_allowed(flow, task, asked.action, actor.role, asked.version)
    stepping.check_needs(_without_word(step) if actor.role == Role.LEADER.value else step, asked)
    to = step.to_state or task.state
    values = {"state": to} | _changed(connection, asked, actor, calendar)
    if flow.states[to].clock == "ended":
        values["ended_at"] = actor.at
    stepping.append(connection, TASKS, task, Entry(asked.action, actor, _body(asked)), **values)
    connection.execute(ticking(LAYER))
    return connection.execute(select(Task.__table__).where(Task.id == task.id)).one()


def note(connection: Connection, task: Any, entry: Entry) -> None:
    """A line that changes nothing: what the axis said and no step follows from."""
    stepping.append(connection, TASKS, task, entry)
    connection.execute(ticking(LAYER))


def check_day(day: date, actor: Actor) -> None:
    """BadInput for a day that is not after today."""
    if day <= local_date(actor.at):
        raise BadInput("due_on: choose a day after today", field="due_on", title="Thời hạn phải sau hôm nay")


def _changed(connection: Connection, asked: Act, actor: Actor, calendar: Workdays) -> dict[str, Any]:
    if asked.action == "issue":
        return _letter(connection, actor)
    if asked.action == "edit":
        if asked.wanted is None:
            raise BadInput("title, asked, agency and due_on: say the draft whole", field="title")
        check_day(asked.wanted.due_on, actor)
        return _columns(asked.wanted, calendar)
    if asked.action == "extend" and asked.due_on is not None:
        check_day(asked.due_on, actor)
        return {"due_on": asked.due_on, "due_at": due_at(asked.due_on, calendar)}
    return {"result": asked.text} if asked.action == "report" else {}


def _letter(connection: Connection, actor: Actor) -> dict[str, Any]:
    """The letter's number, counted anew every year of Việt Nam, without holes."""
    _queue_up(connection)
    day = local_date(actor.at)
    last = connection.scalar(select(func.max(Task.letter_no)).where(Task.letter_year == day.year))
    told = {"issued_at": actor.at, "letter_no": (last or 0) + 1, "letter_year": day.year, "letter_on": day}
    return told | {"notation": letterhead_at(connection, actor.at).notation}


def _columns(wanted: Wanted, calendar: Workdays) -> dict[str, Any]:
    return vars(wanted) | {"due_at": due_at(wanted.due_on, calendar)}


def _said(wanted: Wanted) -> dict[str, Any]:
    return {name: str(value) for name, value in vars(wanted).items() if value}


def _body(asked: Act) -> dict[str, Any]:
    told = {"text": asked.text, "word": asked.word, "due_on": asked.due_on and asked.due_on.isoformat()}
    return {name: value for name, value in told.items() if value} | (_said(asked.wanted) if asked.wanted else {})


@dataclass(frozen=True)
class _Asking:
    """A step as somebody meets it who needs say less."""

    action: str
    title_vi: str
    needs: list[str]


def _without_word(step: Any) -> _Asking:
    """A leader gives the word himself."""
    return _Asking(step.action, step.title_vi, [need for need in step.needs if need != "word"])


def _next_number(connection: Connection, year: int) -> str:
    head = f"NV-{year}-"
    newest = select(Task.number).where(Task.number.startswith(head)).order_by(Task.number.desc()).limit(1)
    last = connection.scalar(newest)
    return f"{head}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:06d}"


def _queue_up(connection: Connection) -> None:
    """One who takes a number at a time, until its transaction ends: no holes, no number twice."""
    connection.execute(text("SELECT pg_advisory_xact_lock(7105137)"))
