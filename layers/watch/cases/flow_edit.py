"""Changing how cases go: a flow whole, with who and why, held to sense and to the cases that are under way."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, func, select, text

from geo.errors import BadInput
from layers.watch.cases.flow import flow_statement
from layers.watch.cases.flow_graph import Flow, make_flow, make_flows
from layers.watch.cases.flow_problems import find_problems
from layers.watch.cases.models import CLOSED, KINDS, Case
from layers.watch.cases.seed import put_flow_rows

FLOW_LOCK = 7_105_125


def replace_flow(
    connection: Connection, code: str, kinds: Sequence[str], rows: Sequence[Mapping[str, Any]], said: Mapping[str, Any]
) -> None:
    """Make a flow these rows (columns of `FlowRow` from `part` on); `said`: stored_at, stored_by, reason.

    BadInput says what is wrong with it, which kinds would have no flow, or where open cases would be left behind.
    """
    connection.execute(text(f"SELECT pg_advisory_xact_lock({FLOW_LOCK})"))
    now = said["stored_at"]
    values = [
        {
            **row,
            "flow": code,
            "kinds": [kind for kind in KINDS if kind in kinds] + sorted(set(kinds) - KINDS.keys()),
            "code": _code(code, row),
            "place": place,
        }
        for place, row in enumerate(rows, 1)
    ]
    twice = [name for name, times in Counter(value["code"] for value in values).items() if times > 1]
    if twice:
        raise BadInput(f"steps: {', '.join(twice)}: stands twice", field="steps", title="Có dòng ghi hai lần")
    draft = make_flow(code, [SimpleNamespace(**value) for value in values])
    others = [
        flow for flow in make_flows(connection.execute(flow_statement()).all(), now).values() if flow.code != code
    ]
    _check(draft, others)
    _check_open(connection, draft)
    dated = [value | {"valid_from": now, "valid_to": None} for value in values]
    put_flow_rows(connection, code, dated, said)


def _code(flow: str, row: Mapping[str, Any]) -> str:
    state = "any" if row["state"] == "*" else row["state"]
    return ".".join(filter(None, (flow, row["part"], state, row["action"], row["to_state"])))


def _check(draft: Flow, others: list[Flow]) -> None:
    problems = find_problems(draft, others)
    if problems:
        words = "; ".join(problem.text.vi for problem in problems[:3])
        detail = "; ".join(f"{problem.where}: {problem.text.en}" for problem in problems[:8])
        raise BadInput(f"steps: {detail}", field="steps", title=f"Quy trình chưa dùng được: {words}")
    left = KINDS.keys() - draft.kinds - {kind for other in others for kind in other.kinds}
    if left:
        detail = f"kinds: no flow would be left for {', '.join(sorted(left))}; add them here or to another flow first"
        raise BadInput(detail, field="kinds", title="Có loại vụ việc không còn quy trình")


def _check_open(connection: Connection, draft: Flow) -> None:
    """BadInput when an open case stands in a state that the flow would no longer know."""
    here = (Case.kind.in_(draft.kinds), Case.state != CLOSED, Case.state.not_in(list(draft.states)))
    rows = connection.execute(select(Case.state, func.count().label("cases")).where(*here).group_by(Case.state)).all()
    if rows:
        told = ", ".join(f"{row.state}: {row.cases}" for row in rows)
        title = f"Đang có vụ việc mở ở bước sắp bỏ ({told})"
        raise BadInput(f"states: open cases stand in states left out ({told})", field="states", title=title)
