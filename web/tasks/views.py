"""What the API answers about tasks, as typed models."""

from datetime import date
from typing import Any

from pydantic import AwareDatetime, BaseModel

from geo.clock import local_date
from geo.workdays import Workdays
from layers.access.roles import Role
from layers.sources.freshness import Origin
from layers.tasks.acts import AXIS
from layers.tasks.letters import SAID
from layers.tasks.read import days_over
from layers.watch.cases.flow_graph import Flow
from web.indicator_views import PaperBrief, PeriodView, PlaceView
from web.tasks.since import SinceView
from web.views import Words

OF_ITSELF = {
    "drafted": Words(vi="Lập dự thảo", en="Drafted"),
    "axis": Words(vi="Trục liên thông báo", en="The axis says"),
}
"""Lines of a history that are no step of the flow."""
MACHINES = {AXIS: "trục liên thông"}
WAITS = Words(vi="Chờ gửi qua trục", en="Waits for the axis")


class OfficeView(BaseModel):
    """An office a task can be given to; `organ` null: it is not known on the axis."""

    name: str
    organ: str | None
    unit: str | None


class DayView(BaseModel):
    """A day as a deadline: whether it is worked, what the day off is called, and on which day it would be due then."""

    day: date
    works: bool
    name: str | None
    due: date
    workdays: int


class BornView(BaseModel):
    """The number as it stood when the task was drafted."""

    kind: str
    indicator: str | None
    name: Words
    unit: Words | None = None
    decimals: int = 0
    place: PlaceView | None
    period: PeriodView
    value: float | None = None
    cumulative: bool = False
    status: str = "none"
    light: str
    light_why: Words | None = None
    sentence: Words
    source: str
    as_of: str
    paper: PaperBrief | None = None
    observations: list[int] = []
    count: int = 0
    origin: Origin
    link: str


class StartView(BaseModel):
    """A draft as it would begin: heading, office, day, and the number it stands on."""

    title: str
    agency: str
    due: DayView
    born: BornView


class StepView(BaseModel):
    """What can be done with a task now, by this role, and what must be said with it."""

    action: str
    title: Words
    needs: list[str]


class EntryView(BaseModel):
    """One line of history; `word`: on whose word it was done."""

    at: AwareDatetime
    action: str
    done: Words
    to_state: str
    title: Words
    actor: str | None
    role: str | None
    text: str | None
    word: str | None
    due_on: date | None


class SentView(BaseModel):
    """What went over the axis, and how far it is there."""

    message_type: str
    receiver: str
    state: str
    words: Words
    detail: str | None
    state_at: AwareDatetime


class TaskView(BaseModel):
    """One task. `days_over`: working days it is overdue, those left negative; `letter`: its sign once it is issued."""

    number: str
    version: int
    title: str
    asked: str
    agency: str
    organ: str | None
    unit: str | None
    due_on: date
    days_over: int
    overdue: bool
    running: bool
    state: str
    state_title: Words
    next: Words
    state_since: AwareDatetime
    created_at: AwareDatetime
    issued_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    result: str | None
    letter: str | None
    origin: Origin
    born: BornView
    since: SinceView | None
    steps: list[StepView]
    history: list[EntryView] | None = None
    sent: list[SentView] | None = None


class TaskList(BaseModel):
    """Tasks, whose they are (null: everybody's), and whether this reader gives them out."""

    now: AwareDatetime
    agency: str | None
    unit: str | None
    can_give: bool
    origin: Origin
    tasks: list[TaskView]


class Counts(BaseModel):
    """How many tasks stand where."""

    drafts: int
    open: int
    overdue: int
    reported: int
    accepted: int


def day_view(day: date, today: date, calendar: Workdays) -> DayView:
    """A day as a deadline."""
    due = calendar.next_workday(day)
    works, name = calendar.is_workday(day), calendar.name_of(day)
    return DayView(day=day, works=works, name=name, due=due, workdays=calendar.count_after(today, due))


def task_view(row: Any, role: Role, flow: Flow, asked: tuple[Any, Workdays], since: SinceView | None) -> TaskView:
    """A row of the list; `asked` is the moment and the calendar."""
    now, calendar = asked
    same = ("number", "version", "title", "asked", "agency", "organ", "unit", "due_on", "overdue", "state",
            "state_since", "created_at", "issued_at", "ended_at", "result", "origin")  # fmt: skip
    steps = [step for step in flow.steps_from(row.state) if role.value in step.roles]
    return TaskView(
        **{name: getattr(row, name) for name in same},
        days_over=days_over(row.due_on, local_date(now), calendar),
        running=row.state in flow.states and flow.states[row.state].clock == "runs",
        state_title=Words.of(flow.title_of(row.state)),
        next=Words.of(flow.due_of(row.state)),
        letter=None if row.letter_no is None else f"{row.letter_no}/{row.notation}",
        born=BornView(**row.born),
        since=since,
        steps=[_step(step, role) for step in steps],
    )


def _step(step: Any, role: Role) -> StepView:
    needs = [need for need in step.needs if need != "word" or role is not Role.LEADER]
    return StepView(action=step.action, title=Words(vi=step.title_vi, en=step.title_en), needs=needs)


def entry_views(rows: Any, flow: Flow) -> list[EntryView]:
    """The whole history."""
    steps = {step.action: Words(vi=step.title_vi, en=step.title_en) for step in flow.steps} | OF_ITSELF
    return [
        EntryView(
            at=row.at,
            action=row.action,
            done=steps.get(row.action) or Words(vi=row.action, en=row.action),
            to_state=row.to_state,
            title=Words.of(flow.title_of(row.to_state)),
            actor=row.actor,
            role=MACHINES.get(row.role, row.role),
            text=row.body.get("text"),
            word=row.body.get("word"),
            due_on=row.body.get("due_on"),
        )
        for row in rows
    ]


def sent_views(rows: Any) -> list[SentView]:
    """What went over the axis."""
    same = ("message_type", "receiver", "state", "detail", "state_at")
    found = []
    for row in rows:
        said = SAID.get(row.state)
        words = WAITS if said is None else Words(vi=said, en=row.state)
        found.append(SentView(**{name: getattr(row, name) for name in same}, words=words))
    return found
