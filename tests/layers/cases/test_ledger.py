"""The ledger: numbers without holes, entries that stay, a case that says which version it is."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from geo.errors import BadInput
from layers.database import make_engine, write
from layers.watch.cases.ledger import Entry, append, open_case
from layers.watch.cases.models import Case, CaseEntry

VALUES = {"kind": "silence", "began_at": datetime(2026, 11, 23, 1, tzinfo=UTC), "origin": "simulated"}


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def case(engine, now):
    with write(engine) as connection:
        return open_case(connection, VALUES, Entry("opened", now))


def test_numbers_count_on_within_a_year_of_viet_nam(engine, now):
    with write(engine) as connection:
        moments = (now, now, datetime(2026, 12, 31, 16, 59, tzinfo=UTC), datetime(2026, 12, 31, 17, tzinfo=UTC))
        made = [open_case(connection, VALUES, Entry("opened", at)) for at in moments]
        numbers = [connection.scalar(select(Case.number).where(Case.id == one)) for one in made]
    assert numbers == ["VV-2026-000001", "VV-2026-000002", "VV-2026-000003", "VV-2027-000001"]


def test_an_entry_changes_the_case_and_every_page_hears_of_it(engine, case, connection, now):
    connection.execute("LISTEN opsmap")
    with write(engine) as opened:
        change = {"state": "contacting", "state_since": now}
        append(opened, case, Entry("state", now, "lan", "officer", {"to": "contacting"}), change, read=1)
        row = opened.execute(select(Case.state, Case.version)).one()
        kinds = list(opened.scalars(select(CaseEntry.kind).order_by(CaseEntry.id)))
    assert (row.state, row.version, kinds) == ("contacting", 2, ["opened", "state"])
    assert '"layer" : "case"' in next(connection.notifies(timeout=10)).payload


def test_who_read_an_older_version_is_refused(engine, case, now):
    with write(engine) as opened:
        append(opened, case, Entry("note", now))
    with write(engine) as opened, pytest.raises(BadInput, match="read it again"):
        append(opened, case, Entry("note", now), read=1)


@pytest.mark.parametrize(("kind", "case_id"), [("gossip", 1), ("note", 999)])
def test_what_is_no_entry_or_no_case_is_refused(engine, case, now, kind, case_id):
    with write(engine) as opened, pytest.raises(BadInput):
        append(opened, case_id, Entry(kind, now))


@pytest.mark.parametrize(
    "statement", ["UPDATE case_entry SET body = '{}'", "DELETE FROM case_entry", "TRUNCATE case_entry"]
)
def test_a_line_that_was_written_stays(engine, case, statement):
    with write(engine) as opened, pytest.raises(ProgrammingError, match="append-only"):
        opened.execute(text(statement))


def test_a_word_on_an_event_stays_and_is_only_marked_as_said_anew(connection: psycopg.Connection, now):
    connection.execute(
        "INSERT INTO event (key, what, conduct, step, vessels, transmitters, began_at, lon_e7, lat_e7, facts, rule_ids,"
        " origin, found_at)"
        " VALUES ('a', 'new', 'silence', 'late', '{1}', '{2}', %s, 0, 0, '{}', '{}', 'simulated', %s)",
        (now - timedelta(hours=1), now),
    )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE event SET step = 'lost_6h', superseded_at = now()")
    connection.execute("UPDATE event SET superseded_at = now()")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE event SET superseded_at = NULL")
