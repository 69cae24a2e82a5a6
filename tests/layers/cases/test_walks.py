"""Whatever people do in whatever order: the case is what its ledger says, and the flow is never left."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from geo.errors import BadInput, Conflict, NotAllowed
from layers.database import make_engine, write
from layers.watch.cases.about import case_statement, entries_statement, read_about
from layers.watch.cases.acts import Doer, act, note
from layers.watch.cases.flow import ACTIONS
from layers.watch.cases.fold import CaseThen, fold
from layers.watch.cases.ledger import Entry, append
from layers.watch.cases.models import Case
from layers.watch.cases.needs import AGENCIES, OUTCOMES, RECIPIENTS, RESULTS
from layers.watch.cases.opening import open_by_flow

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
STATES = ("new", "acknowledged", "contacting", "verifying", "responding", "handed", "watching", "closed", "reopened")
NOTICE = {"notice": 1, "template": "silence_owner", "template_version": 1, "recipient": "owner", "state": "prepared"}

steps = st.tuples(
    st.sampled_from([*ACTIONS, "reset", "unmasked", "gossip"]),
    st.fixed_dictionaries(
        {
            "to": st.sampled_from([*STATES, *RECIPIENTS]),
            "result": st.sampled_from(list(RESULTS)),
            "outcome": st.sampled_from([None, *OUTCOMES]),
            "agency": st.sampled_from([None, *AGENCIES]),
            "hours": st.sampled_from([0, 1, 6, 24, 300]),
            "late": st.booleans(),
            "place": st.booleans(),
            "role": st.sampled_from(["officer", "officer", "post", "operator", "leader"]),
        }
    ),
    st.integers(0, 600),
)


def told(action, drawn, now, promises):
    """The fields an action might get."""
    given = {"to": drawn["to"], "result": drawn["result"], "outcome": drawn["outcome"], "agency": drawn["agency"]}
    given |= {"text": "ghi", "reason": "vì sao", "promise": promises[-1] if promises else 7, "caller_role": "owner"}
    given |= {"lat": "15", "lon": "109"} if action == "report" else {}
    given |= NOTICE if action == "notice" else {}
    if action in ("call", "report") and drawn["place"]:
        given["position"] = {"lat": 15.0, "lon": 109.0, "t": now.isoformat()}
    after = now + timedelta(hours=drawn["hours"] - (48 if drawn["late"] else 0))
    given |= {"due_at": after, "next_at": after if drawn["hours"] else None}
    return given | {"at": now - timedelta(minutes=5) if drawn["late"] else None}


def check(connection, number, now):
    """What holds of every case at every moment."""
    case = connection.execute(case_statement(number)).one()
    entries = connection.execute(entries_statement(case.id)).all()
    about = read_about(connection, case, now)
    assert fold(entries) == {name: value for name, value in case._mapping.items() if name != "id"}
    for moment in (case.changed_at, case.changed_at - timedelta(microseconds=1), START + (now - START) / 2):
        check_then(connection, case, entries, moment)
    assert case.version == len(entries)
    assert case.state in about.flow.states
    assert (case.state == "closed") == (case.closed_at is not None)
    assert case.due_at == min((clock.at for clock in about.clocks()), default=None)
    assert (case.due_at is None) == (case.state == "closed")
    return case


def check_then(connection, case, entries, moment):
    """As it stood then, in the database, is what the entries up to then come to."""
    then = select(*[getattr(CaseThen, c.name) for c in Case.__table__.columns]).where(CaseThen.id == case.id)
    found = connection.execute(then, {"now": moment}).one_or_none()
    if moment < case.opened_at:
        assert found is None
        return
    told = fold(entry for entry in entries if entry.at <= moment)
    assert found is not None
    assert {name: value for name, value in found._mapping.items() if name != "id"} == told


@pytest.mark.parametrize("kind", ["silence", "distress", "other"])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(walk=st.lists(steps, max_size=14))
def test_any_walk_leaves_a_case_that_its_ledger_tells(engine, kind, walk):
    with engine.connect() as connection, connection.begin() as kept:
        values = {"kind": kind, "began_at": START, "origin": "simulated", "length_m": 17.5}
        case_id = open_by_flow(connection, values, Entry("opened", START))
        number = connection.scalar(select(Case.number).where(Case.id == case_id))
        now, promises = START, []
        for action, drawn, minutes in walk:
            now += timedelta(minutes=minutes)
            before = check(connection, number, now)
            if action == "reset":
                append(connection, case_id, Entry("reset", now), {"acknowledged_at": None, "acknowledged_by": None})
                continue
            if action == "unmasked":
                note(connection, before, Entry("unmasked", now, "lan", "officer", {"person": "owner"}))
                continue
            doer = Doer("lan", drawn["role"], now)
            flow = read_about(connection, before, now).flow
            legal = {(s.action, s.to_state if s.action == "move" else None) for s in flow.steps_from(before.state)}
            try:
                entry = act(connection, number, action, told(action, drawn, now, promises), doer, before.version)
            except (BadInput, NotAllowed):
                assert connection.execute(case_statement(number)).one() == before
                continue
            assert (action, drawn["to"] if action == "move" else None) in legal
            promises += [entry] if action == "promise" else []
        check(connection, number, now)
        kept.rollback()


def test_a_step_the_flow_does_not_have_is_a_conflict(engine):
    with engine.connect() as connection, connection.begin() as kept:
        values = {"kind": "silence", "began_at": START, "origin": "simulated"}
        case_id = open_by_flow(connection, values, Entry("opened", START))
        number = connection.scalar(select(Case.number).where(Case.id == case_id))
        officer = Doer("lan", "officer", START)
        for action, given in (("move", {"to": "handed"}), ("close", {"outcome": "other"}), ("reopen", {"reason": "x"})):
            with pytest.raises(Conflict, match="possible: "):
                act(connection, number, action, given, officer, 1)
        with pytest.raises(NotAllowed):
            act(connection, number, "note", {"text": "x"}, Doer("lan", "leader", START), 1)
        act(connection, number, "note", {"text": "một"}, officer, 1)
        with pytest.raises(Conflict) as refused:
            act(connection, number, "note", {"text": "hai"}, officer, 1)
        assert refused.value.title == "Vụ việc vừa có thay đổi (lan: ghi chú)"
        kept.rollback()


def test_a_case_written_to_beside_the_ledger_is_found_out(engine):
    with engine.connect() as connection, connection.begin() as kept:
        values = {"kind": "silence", "began_at": START, "origin": "simulated"}
        case_id = open_by_flow(connection, values, Entry("opened", START))
        number = connection.scalar(select(Case.number).where(Case.id == case_id))
        check(connection, number, START)
        connection.execute(text("UPDATE watch_case SET assigned_to = 'x'"))
        with pytest.raises(AssertionError):
            check(connection, number, START)
        kept.rollback()


def test_of_two_at_once_the_second_waits_and_is_told_who_was_faster(database_url):
    made = make_engine(database_url)
    with write(made) as connection:
        values = {"kind": "silence", "began_at": START, "origin": "simulated"}
        open_by_flow(connection, values, Entry("opened", START))
    with ThreadPoolExecutor() as pool, made.connect() as first, first.begin() as held:
        number = first.scalar(select(Case.number))
        act(first, number, "acknowledge", {}, Doer("lan", "officer", START), 1)
        late = pool.submit(in_own_transaction, made, number)
        assert waits_for_a_lock(first)
        held.commit()
        with pytest.raises(Conflict) as refused:
            late.result()
    assert refused.value.title == "Vụ việc vừa có thay đổi (lan: đã tiếp nhận)"
    made.dispose()


def in_own_transaction(engine, number):
    with write(engine) as connection:
        return act(connection, number, "note", {"text": "cùng lúc"}, Doer("huệ", "officer", START), 1)


def waits_for_a_lock(connection):
    """Whether another session comes to wait, within ten seconds."""
    asked = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
    until = monotonic() + 10
    while monotonic() < until:
        if connection.scalar(asked):
            return True
        sleep(0.02)
    return False
