"""What is wrong with a flow is found before anybody walks it."""

from types import SimpleNamespace

import pytest

from layers.units.load import DATA, read_csv
from layers.watch.cases.flow_graph import make_flow
from layers.watch.cases.flow_problems import find_problems
from layers.watch.cases.models import KINDS
from layers.watch.cases.seed import flow_row

ROWS = [flow_row(row) for row in read_csv(DATA / "case-flow.csv")]
FLOWS = {code: [row for row in ROWS if row["flow"] == code] for code in dict.fromkeys(row["flow"] for row in ROWS)}


def flow(rows):
    return make_flow("violation", [SimpleNamespace(**row) for row in rows])


def codes(rows):
    return {problem.code for problem in find_problems(flow(rows))}


def step(state, action, to, **more):
    blank = dict.fromkeys(("within_s", "due_vi", "due_en", "key"))
    named = {"part": "step", "state": state, "action": action, "to_state": to, "roles": ["officer"], "needs": []}
    return {**blank, **named, "kinds": ["other"], "title_vi": "x", "title_en": "x", "place": 9, **more}


def state(code):
    return step(code, None, None, part="state", roles=[])


GOOD = [
    state("new"),
    state("doing"),
    state("closed"),
    step("new", "acknowledge", "doing"),
    step("doing", "close", "closed"),
    step("closed", "reopen", "doing"),
]


def test_our_own_flows_have_no_fault_and_speak_of_every_kind_once():
    flows = [make_flow(code, [SimpleNamespace(**row) for row in rows]) for code, rows in FLOWS.items()]
    assert [find_problems(each, flows) for each in flows] == [[], [], []]
    assert sorted(kind for each in flows for kind in each.kinds) == sorted(KINDS)
    assert not any(row["verified"] for row in ROWS), "the step times of the decision are not public"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ([state("lost")], "unreachable"),
        ([state("pit"), step("doing", "move", "pit")], "dead_end"),
        (
            [state("a"), state("b"), step("doing", "move", "a"), step("a", "move", "b"), step("b", "move", "a")],
            "no_end",
        ),
        ([step("doing", "move", "nowhere")], "unknown_state"),
        ([step("doing", "move", None)], "leads_nowhere"),
        ([step("doing", "note", "closed")], "close"),
        ([step("closed", "call", "doing")], "closed"),
        ([step("doing", "reopen", "new")], "reopen"),
        ([step("doing", "gossip", None)], "unknown_action"),
        ([step("doing", "note", None, roles=["guest"])], "roles"),
        ([step("doing", "note", None, roles=[])], "roles"),
        ([step("doing", "note", None, needs=["luck"])], "unknown_need"),
        ([step("doing", "note", None, key="k"), step("doing", "call", None, key="k")], "key"),
        ([step("doing", "call", None), step("doing", "call", "new")], "twice"),
        ([step("doing", "note", None, kinds=["gossip"])], "kind"),
    ],
)
def test_one_fault_is_one_fault(more, code):
    assert codes(GOOD) == set()
    assert codes([*GOOD, *more]) == {code}


@pytest.mark.parametrize("missing", ["new", "closed"])
def test_a_flow_begins_and_ends(missing):
    assert "missing" in codes([row for row in GOOD if row["state"] != missing and row["to_state"] != missing])


def test_two_flows_do_not_speak_of_the_same_kind():
    other = make_flow("another", [SimpleNamespace(**row) for row in GOOD])
    assert {problem.code for problem in find_problems(flow(GOOD), [other])} == {"kind_taken"}
