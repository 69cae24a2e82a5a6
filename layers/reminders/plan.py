"""Which reminders a delivery calls for and when: from its period, the calendar and the policy. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from geo.clock import end_of_day, start_of_day
from geo.workdays import DAY, Workdays
from layers.sources.expected import PeriodState

ARRIVED = "số liệu đã đến trước khi nhắc được"
OVERTAKEN = "không nhắc kịp; bước sau thay"


class Planned(NamedTuple):
    """A reminder that falls due: its step (a row of `ReminderStep`), its day in Việt Nam and its moment (UTC).

    `missed` says why it is not to be sent any more; None: it is to be sent.
    """

    state: PeriodState
    step: Any
    on: date
    at: datetime
    missed: str | None = None

    @property
    def key(self) -> tuple[str, str, str, date, int]:
        """What there is one reminder of."""
        return (*self.state.key, self.step.step)


def plan_reminders(state: PeriodState, steps: Sequence[Any], calendar: Workdays, now: datetime) -> list[Planned]:
    """Every reminder of one period whose moment has come; those of before the figures came, and no other.

    Which they are does not depend on how often or when anybody asks; only whether they can still be sent does: of
    several that are overdue at once the last is sent.
    """
    due = [p for p in planned_steps(state, steps, calendar) if p.at <= now]
    due = [p for p in due if state.received_at is None or p.at <= state.received_at]
    return [p._replace(missed=_missed(p, due, state, now)) for p in due]


def planned_steps(state: PeriodState, steps: Sequence[Any], calendar: Workdays) -> list[Planned]:
    """The steps of one period in the order of their moments, whether or not they have come."""
    found = []
    for step in steps_of(state, steps):
        day = _day(state, step, calendar)
        if day >= state.known_since:
            found.append(Planned(state, step, day, start_of_day(day) + timedelta(hours=step.hour)))
    return sorted(found, key=lambda p: (p.at, p.step.step))


def steps_of(state: PeriodState, steps: Iterable[Any]) -> list[Any]:
    """The steps in force for a delivery on the day it is due: one a number, a source's own before the common one."""
    chosen: dict[int, Any] = {}
    for step in sorted(steps, key=lambda s: (s.only_source is not None, s.valid_from, s.id)):
        holds = step.valid_from <= state.due and (step.valid_to is None or state.due < step.valid_to)
        if holds and step.only_source in (None, state.rule.source):
            chosen[step.step] = step
    return [chosen[number] for number in sorted(chosen)]


def _day(state: PeriodState, step: Any, calendar: Workdays) -> date:
    """The day of a step. What is overdue when it is first entered here is overdue from that day on: nobody is
    escalated for an expectation of today.
    """
    if step.side == "before":
        return calendar.before(state.due, step.days) if step.pauses else state.due - DAY * step.days
    since = max(state.due, calendar.next_workday(state.known_since))
    return calendar.after(since, step.days) if step.pauses else since + DAY * step.days


def _missed(planned: Planned, due: Sequence[Planned], state: PeriodState, now: datetime) -> str | None:
    if state.received_at is not None:
        return ARRIVED
    too_late = planned.step.side == "before" and now >= end_of_day(state.due)
    return OVERTAKEN if too_late or planned is not due[-1] else None
