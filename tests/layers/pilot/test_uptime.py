"""Availability: minutes up, down and not recorded are the month, against a plain reckoning minute by minute."""

from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import ProgrammingError

from layers.bulletins.make import read_rows
from layers.bulletins.period import period_of
from layers.bulletins.pilot.uptime import UPTIME, UPTIME_MONTHS
from layers.bulletins.spec import Asked
from layers.database import connect, make_engine
from layers.pilot.life import GRACE, keep_life, say_unanswered
from tests.conftest import NOW
from tests.layers.pilot.conftest import AFTER, MINUTE, PERIOD, put_life

SECOND = timedelta(seconds=1)
same_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
LENGTH = 370 * 24 * 60
stretches = st.lists(
    st.tuples(
        st.sampled_from(["web", "work", "watch", "down"]),
        st.integers(-20_000, LENGTH),
        st.integers(0, 90_000) | st.integers(0, 60),
    ),
    max_size=9,
)


def _put(connection: Any, found: Any) -> None:
    for part, since, length in found:
        at = PERIOD.since + since * MINUTE
        process, state = ("database", "down") if part == "down" else (part, "up")
        put_life(connection, process, at, at + length * MINUTE, state)


def _minutes(found: Any, parts: set[str]) -> set[int]:
    return {m for part, since, length in found if part in parts for m in range(since, since + length)}


def _reckon(found: Any, part: str, since: int, until: int) -> tuple[int, int]:
    """Minutes up and down of a part in [since, until), minute by minute."""
    every = {"web", "work", "watch"}
    up = _minutes(found, every if part == "database" else {part})
    told = _minutes(found, every | {"down"})
    born = min((a for p, a, _ in found if p == part), default=None) if part != "database" else -(10**9)
    known = {m for m in told if born is not None and m >= born}
    month = set(range(since, until))
    return len(up & month), len((known - up) & month)


@given(stretches)
@same_database
def test_minutes_add_up_to_the_month_whatever_was_recorded(engine, found):
    with engine.connect() as connection:
        _put(connection, found)
        asked = Asked(PERIOD, None, AFTER)
        months = read_rows(connection, UPTIME_MONTHS, asked)
        sums = read_rows(connection, UPTIME, asked)
        connection.rollback()
    for key, row in months.items():
        part, month = key.split("/")
        here = period_of("month", date.fromisoformat(f"{month}-01"))
        since, until = ((moment - PERIOD.since) // MINUTE for moment in (here.since, here.until))
        assert (row["up"] or 0) + (row["down"] or 0) + row["absent"] == row["whole"] == until - since
        assert ((row["up"] or 0), (row["down"] or 0)) == _reckon(found, part, since, until)
        assert (row["share"] is None) is (row["up"] is None) is ((row["up"] or 0) + (row["down"] or 0) == 0)
    for part, row in sums.items():
        own = [row for key, row in months.items() if key.startswith(f"{part}/")]
        for name in ("up", "down", "absent", "whole"):
            assert (row[name] or 0) == sum(one[name] or 0 for one in own)
        assert row["recorded"] == sum(one["share"] is not None for one in own)
        assert (row["share"] is None) is (row["recorded"] < row["of_months"])


def test_beats_are_one_stretch_until_they_stop(connection):
    for second in (0, 3, 6, 50, 50 + int(GRACE.total_seconds())):
        keep_life(connection, "web", NOW + second * SECOND)
    keep_life(connection, "work", NOW)
    again = NOW + 10 * GRACE
    keep_life(connection, "web", again)
    keep_life(connection, "web", again + SECOND)
    keep_life(connection, "web", again - SECOND)  # the clock went back by a little
    rows = connection.execute("SELECT process, since, until FROM process_life ORDER BY id").fetchall()
    assert rows == [
        ("web", NOW, NOW + 50 * SECOND + GRACE),
        ("work", NOW, NOW),
        ("web", again, again + SECOND),
    ]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE process_life SET until = until - interval '1 second'",
        "UPDATE process_life SET since = since - interval '1 day'",
        "UPDATE process_life SET state = 'down'",
        "DELETE FROM process_life",
        "TRUNCATE process_life",
    ],
)
def test_what_was_recorded_stays(engine, change):
    with engine.begin() as connection:
        put_life(connection, "web", NOW, NOW + MINUTE)
    with pytest.raises(ProgrammingError), engine.begin() as connection:
        connection.exec_driver_sql(change)


def test_whole_hours_of_before_become_stretches(connection):
    """What the migration makes of the hours kept before there were stretches; part of an hour says nothing."""
    hours = [("web", 0, 3600), ("web", 1, 3595), ("web", 2, 1200), ("web", 3, 3600), ("work", 1, 3600)]
    for process, hour, up in hours:
        at = NOW.replace(minute=0) + hour * 60 * MINUTE
        connection.execute("INSERT INTO process_hour VALUES (%s, %s, %s, %s)", (process, at, up, at))
    made = import_module("layers.migrations.versions.0038_pilot").WHOLE_HOURS
    connection.execute(made)
    rows = connection.execute("SELECT process, since, until, told_by FROM process_life ORDER BY id").fetchall()
    first = NOW.replace(minute=0)
    assert [(p, (a - first) // MINUTE, (b - first) // MINUTE, by) for p, a, b, by in rows] == [
        ("web", 0, 120, "process_hour"), ("work", 60, 120, "process_hour"), ("web", 180, 240, "process_hour"),
    ]  # fmt: skip


def test_a_database_that_did_not_answer_is_down_and_so_is_all_that_needs_it(database_url, told):
    day = PERIOD.since + timedelta(days=2)
    with connect(database_url) as connection:
        for at in (day, day + GRACE):
            keep_life(connection, "web", at)
        say_unanswered(connection, day + GRACE, day + 6 * GRACE, "web")
        keep_life(connection, "web", day + 6 * GRACE)
    engine = make_engine(database_url)
    rows = told(engine)["uptime_months"]
    engine.dispose()
    month = f"{PERIOD.first:%Y-%m}"
    assert {(part, rows[f"{part}/{month}"]["up"], rows[f"{part}/{month}"]["down"]) for part in ("web", "database")} == {
        ("web", 1, 5), ("database", 1, 5),
    }  # fmt: skip
    assert rows[f"work/{month}"]["up"] is None
