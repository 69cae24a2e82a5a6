"""Kept reports: made once when due, never changed, a later version beside the former, what differs said."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from layers.bulletins.differ import find_differences
from layers.bulletins.due import find_due, make_due
from layers.bulletins.fisheries import FISHERIES
from layers.bulletins.kept import Bulletin, get_kept, keep, whole
from layers.bulletins.make import make
from layers.bulletins.period import period_of
from layers.bulletins.spec import Asked
from layers.database import write
from layers.seal import digest
from tests.layers.bulletins.conftest import NOW, put_event

DAY = period_of("day", date(2026, 11, 20))
HOUR = timedelta(hours=1)
ASKED = Asked(DAY, None, NOW)


def test_it_is_made_once_when_its_time_has_come(engine):
    monday = datetime(2026, 11, 22, 17, tzinfo=UTC)  # midnight in Việt Nam
    due: dict[int, list[str]] = {}
    with write(engine) as connection:
        made = make_due(connection, FISHERIES, monday - HOUR)
        assert [(p.kind, p.first) for p in made] == [
            ("day", date(2026, 11, 21)), ("week", date(2026, 11, 9)), ("month", date(2026, 10, 1)),
        ]  # fmt: skip
        for minutes in (0, 29, 30, 59, 60):
            due[minutes] = [p.kind for p in find_due(connection, FISHERIES, monday + timedelta(minutes=minutes))]
        assert due == {0: [], 29: [], 30: ["day"], 59: ["day"], 60: ["day", "week"]}
        assert len(make_due(connection, FISHERIES, monday + HOUR)) == 2
        assert make_due(connection, FISHERIES, monday + HOUR) == []


def test_a_report_of_a_day_that_was_not_over_does_not_stand_for_the_day(engine):
    with write(engine) as connection:
        keep(connection, FISHERIES, Asked(period_of("day", DAY.first, DAY.until - HOUR), None, DAY.until - HOUR), "an")
        assert DAY in find_due(connection, FISHERIES, DAY.until + HOUR)


@pytest.mark.parametrize("left", ["slip", "redo"])
def test_it_waits_for_what_the_watch_has_still_to_judge_but_not_for_ever(engine, left):
    rows = {
        "slip": "INSERT INTO watch_slip (stored_at, transmitters, t_from, t_to, count) VALUES (:at, '{1}', :t, :t, 1)",
        "redo": "INSERT INTO watch_redo (boat, since, asked_at) VALUES (1, :t, :at)",
    }
    now = DAY.until + 3 * HOUR
    with write(engine) as connection:
        connection.execute(text(rows[left]), {"t": DAY.until - HOUR, "at": now})
        assert DAY not in find_due(connection, FISHERIES, now + timedelta(minutes=29))
        assert DAY in find_due(connection, FISHERIES, now + timedelta(minutes=30))
        connection.execute(text("UPDATE watch_slip SET t_from = :t, t_to = :t"), {"t": DAY.until + HOUR})
        connection.execute(text("UPDATE watch_redo SET since = :t"), {"t": DAY.until + HOUR})
        assert DAY in find_due(connection, FISHERIES, now)


def test_a_later_version_stands_beside_the_former(engine):
    with write(engine) as connection:
        put_event(connection, "a", DAY.since, DAY.since + HOUR)
        first = keep(connection, FISHERIES, ASKED, None)
        assert keep(connection, FISHERIES, ASKED, "an") == first  # nothing is otherwise
        kept = get_kept(connection, first, boats=True)
        put_event(connection, "late", DAY.since + HOUR, None, stored_at=NOW)
        second = keep(connection, FISHERIES, ASKED, "an")
        assert get_kept(connection, first, boats=True) == kept
        versions = connection.execute(select(Bulletin.version, Bulletin.made_by).order_by(Bulletin.id)).all()
        differ = find_differences(whole(kept), whole(get_kept(connection, second, boats=True)))
    assert versions == [(1, None), (2, "an")]
    told = {(d["section"], d["row"], d["column"]): (d["was"], d["now"]) for d in differ}
    assert told[("conducts", "boundary/beyond", "begun")] == (1, 2)
    assert told[("beyond", "late", None)] == (None, "new")


def test_what_was_kept_is_whole_and_its_hash_is_its_own(engine):
    with write(engine) as connection:
        put_event(connection, "a", DAY.since, DAY.since + HOUR / 3)
        row = get_kept(connection, keep(connection, FISHERIES, ASKED, None), boats=True)
        assert whole(row) == make(connection, FISHERIES, ASKED, boats=True)
    assert (digest(row.figures), digest({"boats": row.boats})) == (row.sha256, row.boats_sha256)


def test_who_may_not_read_boats_is_given_none(engine):
    with write(engine) as connection:
        put_event(connection, "a", DAY.since, None)
        row = get_kept(connection, keep(connection, FISHERIES, ASKED, None), boats=False)
        fresh = make(connection, FISHERIES, ASKED, boats=False)
    assert not hasattr(row, "boats")
    assert whole(row) == fresh
    assert {s["name"] for s in fresh["sections"]} == {s.name for s in FISHERIES.sections if not s.names_boats}


@pytest.mark.parametrize(
    "statement", ["UPDATE bulletin SET figures = '{}'", "DELETE FROM bulletin", "TRUNCATE bulletin"]
)
def test_what_was_published_stays(engine, statement: Any):
    with write(engine) as connection:
        keep(connection, FISHERIES, ASKED, None)
    with write(engine) as connection, pytest.raises(ProgrammingError, match="append-only"):
        connection.execute(text(statement))
