"""What is wrong with a flow before anybody walks it: states nobody reaches, states nobody leaves, no way to the end."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from layers.access.roles import OFFICERS
from layers.spec import Text
from layers.watch.cases.flow import ACTIONS, ANY, NEW
from layers.watch.cases.flow_graph import Flow
from layers.watch.cases.models import CLOSED, KINDS
from layers.watch.cases.needs import NEEDS

MOVING = ("move", "close", "reopen")
"""Actions that lead somewhere always."""


@dataclass(frozen=True)
class FlowProblem:
    """One thing that is wrong: which, at which state or step, in words."""

    code: str
    where: str
    text: Text


def find_problems(flow: Flow, others: Iterable[Flow] = ()) -> list[FlowProblem]:
    """Everything that is wrong with a flow, by itself and beside the other flows."""
    found = [*_kinds(flow, others), *_steps(flow), *_keys(flow)]
    return found or [*_ways(flow)]


def _kinds(flow: Flow, others: Iterable[Flow]) -> Iterator[FlowProblem]:
    for kind in sorted(flow.kinds - KINDS.keys()):
        yield FlowProblem("kind", kind, Text(f"Không có loại vụ việc “{kind}”", f"There is no kind of case {kind!r}"))
    for other in others:
        for kind in sorted(flow.kinds & other.kinds if other.code != flow.code else ()):
            words = Text(
                f"Loại “{kind}” đã theo quy trình {other.code}", f"{kind} already goes by the flow {other.code}"
            )
            yield FlowProblem("kind_taken", kind, words)
    for state in (NEW, CLOSED):
        if state not in flow.states:
            yield FlowProblem("missing", state, Text(f"Thiếu bước “{state}”", f"The state {state} is missing"))


def _steps(flow: Flow) -> Iterator[FlowProblem]:
    for step in flow.steps:
        where = f"{step.state}.{step.action}"
        for code, words in [*_names(flow, step), *_leads(step)]:
            yield FlowProblem(code, where, words)


def _names(flow: Flow, step: Any) -> Iterator[tuple[str, Text]]:
    """What a step names that there is none of."""
    for state in (step.state, step.to_state):
        if state not in (None, ANY) and state not in flow.states:
            yield "unknown_state", Text(f"Không có bước “{state}”", f"No state {state!r}")
    if step.action not in ACTIONS:
        yield "unknown_action", Text(f"Không có việc “{step.action}”", f"No action {step.action!r}")
    if not step.roles or set(step.roles) - {role.value for role in OFFICERS}:
        yield "roles", Text("Vai trò không đúng", "Use roles that act: officer, post, operator, admin")
    for need in sorted(set(step.needs) - NEEDS.keys()):
        yield "unknown_need", Text(f"Không có mục “{need}”", f"No field {need!r}")


def _leads(step: Any) -> Iterator[tuple[str, Text]]:
    """Where a step leads and may not, or should and does not."""
    if step.action in MOVING and step.to_state is None:
        yield "leads_nowhere", Text("Chưa nói chuyển đi đâu", "It does not say where it leads")
    if (step.action == "close") != (step.to_state == CLOSED):
        yield "close", Text("Chỉ “Kết thúc” mới dẫn tới bước cuối", "Closing leads to closed, and nothing else does")
    if step.state == CLOSED and step.to_state is not None and step.action != "reopen":
        yield "closed", Text("Đã kết thúc thì chỉ mở lại được", "A closed case can only be reopened")
    if step.action == "reopen" and step.state != CLOSED:
        yield "reopen", Text("Chỉ mở lại việc đã kết thúc", "Only a closed case is reopened")


def _keys(flow: Flow) -> Iterator[FlowProblem]:
    for state in flow.states:
        here = flow.steps_from(state)
        keys = Counter(step.key for step in here if step.key)
        for key in (key for key, times in keys.items() if times > 1):
            yield FlowProblem("key", state, Text(f"Phím “{key}” dùng hai lần", f"The key {key!r} stands twice"))
        names = Counter((step.action, step.to_state if step.action == "move" else None) for step in here)
        for (action, _), times in names.items():
            if times > 1:
                yield FlowProblem("twice", f"{state}.{action}", Text("Việc này ghi hai lần", "This step stands twice"))


def _ways(flow: Flow) -> Iterator[FlowProblem]:
    ways = {state: {s.to_state for s in flow.steps_from(state) if s.to_state} for state in flow.states}
    reached = _reach(ways, NEW)
    for state in flow.states:
        title = flow.title_of(state)
        if state not in reached:
            yield FlowProblem(
                "unreachable", state, Text(f"Không tới được bước “{title.vi}”", f"{title.en} is not reached")
            )
        elif state != CLOSED and not ways[state] - {state}:
            yield FlowProblem(
                "dead_end", state, Text(f"Bước “{title.vi}” không có lối ra", f"No way out of {title.en}")
            )
        elif state != CLOSED and CLOSED not in _reach(ways, state):
            yield FlowProblem("no_end", state, Text(f"Từ “{title.vi}” không kết thúc được", f"{title.en} never ends"))


def _reach(ways: Mapping[str, set[str]], start: str) -> set[str]:
    """Every state that can be come to from one, itself included."""
    seen, front = {start}, [start]
    while front:
        fresh = ways.get(front.pop(), set()) - seen
        seen |= fresh
        front += fresh
    return seen
