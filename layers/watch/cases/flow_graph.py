"""A flow as a graph: what may follow what, and what is due when. Pure, over rows of `case_flow`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from geo.errors import Conflict, SetupFailed
from layers.spec import Text
from layers.watch.cases.flow import ANY, STATE, STEP
from layers.watch.cases.models import CLOSED

Row: TypeAlias = Any
"""What has the columns of `FlowRow`."""


@dataclass(frozen=True)
class Flow:
    """One way for some kinds of case: its states by code and its steps, in the order people read them."""

    code: str
    kinds: frozenset[str]
    states: Mapping[str, Row]
    steps: tuple[Row, ...]

    def title_of(self, state: str) -> Text:
        """What a state is called; one that the flow no longer knows by its code."""
        row = self.states.get(state)
        return Text(state, state) if row is None else Text(row.title_vi, row.title_en)

    def due_of(self, state: str) -> Text:
        """What is due in a state."""
        row = self.states.get(state)
        if row is None or row.due_vi is None:
            return self.title_of(state)
        return Text(row.due_vi, row.due_en or row.due_vi)

    def due_at(self, state: str, since: datetime) -> datetime | None:
        """When a state has lasted long enough; None where nothing is due in it."""
        row = self.states.get(state)
        return None if row is None or row.within_s is None else since + timedelta(seconds=row.within_s)

    def steps_from(self, state: str) -> list[Row]:
        """What may be done in a state; a step of its own goes before the same one of every open state."""
        own = [step for step in self.steps if step.state == state]
        if state == CLOSED:
            return own
        named = {step.action for step in own if step.action != "move"}
        shared = [step for step in self.steps if step.state == ANY and step.action not in named]
        return sorted([*own, *shared], key=lambda step: step.place)

    def find_step(self, state: str, action: str, to: str | None) -> Row:
        """The step that an action is here; Conflict names what can be done instead."""
        here = [step for step in self.steps_from(state) if step.action == action]
        found = next((step for step in here if action != "move" or step.to_state == to), None)
        if found is None:
            raise self._refused(state, action, to)
        return found

    def _refused(self, state: str, action: str, to: str | None) -> Conflict:
        there = [f"{s.action} {s.to_state}" if s.action == "move" else s.action for s in self.steps_from(state)]
        title = f"Ở bước “{self.title_of(state).vi}” không làm được việc này"
        asked = f"{action} {to}" if to and action == "move" else action
        known = ", ".join(dict.fromkeys(there)) or "nothing"
        return Conflict(
            f"action={asked[:60]!r}: not from state {state}; possible: {known}", field="action", title=title
        )


def make_flows(rows: Iterable[Row], at: datetime) -> dict[str, Flow]:
    """Every flow in force at a moment, by its code."""
    held = [row for row in rows if row.valid_from <= at and (row.valid_to is None or at < row.valid_to)]
    found: dict[str, list[Row]] = {}
    for row in sorted(held, key=lambda row: (row.flow, row.place)):
        found.setdefault(row.flow, []).append(row)
    return {code: make_flow(code, parts) for code, parts in found.items()}


def make_flow(code: str, rows: Iterable[Row]) -> Flow:
    """One flow of its rows."""
    parts = list(rows)
    kinds = frozenset(kind for row in parts for kind in row.kinds)
    states = {row.state: row for row in parts if row.part == STATE}
    return Flow(code, kinds, states, tuple(row for row in parts if row.part == STEP))


def flow_of(flows: Mapping[str, Flow], kind: str) -> Flow:
    """The flow of a kind of case; SetupFailed when no row speaks of it."""
    found = next((flow for flow in flows.values() if kind in flow.kinds), None)
    if found is None:
        raise SetupFailed(f"no flow for cases of kind {kind} is in force: run opsmap db upgrade")
    return found
