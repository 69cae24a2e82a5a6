"""Shifts of a desk never meet; what is handed over is what a plain reading of the ledger comes to."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from geo.clock import LOCAL
from layers.watch.cases.ledger import Entry, append, open_case
from layers.watch.shift.matters import SECTIONS, Stretch, read_matters
from layers.watch.shift.times import planned_shift

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
same_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
stretches = st.lists(
    st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 40), st.none() | st.integers(0, 12)), max_size=12
)


@given(stretches)
@same_database
def test_shifts_of_one_desk_do_not_meet(engine, asked):
    kept: list[tuple[str, int, float]] = []
    with engine.connect() as connection:
        for desk, since, length in asked:
            until = float("inf") if length is None else since + length
            free = not any(d == desk and max(since, frm) < min(until, to) for d, frm, to in kept)
            assert _put(connection, desk, since, length) is free
            kept += [(desk, since, until)] if free else []
        connection.rollback()


def _put(connection: Any, desk: str, since: int, length: int | None) -> bool:
    began = NOW + since * HOUR
    values = {"desk": desk, "began": began, "ended": None if length is None else began + length * HOUR}
    row = "INSERT INTO shift (desk, people, began_at, begun_by, ended_at) VALUES (:desk, '{an}', :began, 'an', :ended)"
    try:
        with connection.begin_nested():
            connection.execute(text(row), values)
    except IntegrityError:
        return False
    return True


acts = st.lists(
    st.one_of(
        st.tuples(st.just("open"), st.none() | st.integers(-5, 20)),
        st.tuples(st.just("promise"), st.integers(0, 9), st.integers(-5, 20)),
        st.tuples(st.just("kept"), st.integers(0, 9)),
        st.tuples(st.just("close"), st.integers(0, 9)),
        st.tuples(st.just("call"), st.integers(0, 9), st.integers(-8, 0)),
    ),
    max_size=25,
)


@given(acts)
@same_database
def test_what_is_handed_over_is_what_the_ledger_comes_to(engine, asked):
    with engine.connect() as connection:
        cases, promises, calls = _act(connection, asked)
        told = read_matters(connection, Stretch(1, NOW - 6 * HOUR, NOW, NOW + 8 * HOUR))
        connection.rollback()
    open_ = {number for number, due in cases.items() if due != "closed"}
    late = {number for number in open_ if cases[number] is not None and cases[number] < 0}
    due = {number for number, hours in promises.items() if hours < 8}
    assert set(told) == set(SECTIONS)
    assert {item["key"] for item in told["open_cases"]} == {f"case:{n}" for n in open_}
    assert {item["key"] for item in told["overdue"]} == {f"case:{n}" for n in late}
    assert {item["key"] for item in told["promises"]} == {f"entry:{n}" for n in due}
    assert len(told["calls"]) == sum(hours >= -6 for hours in calls)
    assert all(len({item["key"] for item in items}) == len(items) for items in told.values())


def _act(connection: Any, asked: Any) -> tuple[dict[int, Any], dict[int, int], list[int]]:
    cases: dict[int, Any] = {}
    promises: dict[int, int] = {}
    calls: list[int] = []
    owner: dict[int, int] = {}
    for act, *what in asked:
        if act == "open":
            due = None if what[0] is None else NOW + what[0] * HOUR
            values = {"kind": "silence", "began_at": NOW, "origin": "simulated", "due_at": due}
            cases[open_case(connection, values, Entry("opened", NOW))] = what[0]
        elif act == "kept" and promises:
            entry = list(promises)[what[0] % len(promises)]
            append(connection, owner[entry], Entry("kept", NOW, "an", "officer", {"promise": entry}))
            del promises[entry]
        elif act != "kept" and cases:
            case = list(cases)[what[0] % len(cases)]
            if act == "close":
                append(connection, case, Entry("state", NOW), {"state": "closed", "closed_at": NOW})
                cases[case] = "closed"
            elif act == "promise":
                body = {"text": "gọi", "due_at": (NOW + what[1] * HOUR).isoformat()}
                entry = append(connection, case, Entry("promise", NOW, "an", "officer", body))
                promises[entry], owner[entry] = what[1], case
            else:
                append(connection, case, Entry("call", NOW + what[1] * HOUR, "an", "officer", {"to": "owner"}))
                calls.append(what[1])
    return cases, promises, calls


@given(
    st.sets(st.integers(0, 23), max_size=4),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_every_moment_has_one_planned_shift(hours: set[int], at: datetime) -> None:
    found = planned_shift([timedelta(hours=hour) for hour in sorted(hours)], at)
    if found is None:
        assert not hours
        return
    assert at in found
    assert {found.since.astimezone(LOCAL).hour, found.until.astimezone(LOCAL).hour} <= hours
    after = planned_shift([timedelta(hours=hour) for hour in sorted(hours)], found.until)
    assert after is not None
    assert after.since == found.until
