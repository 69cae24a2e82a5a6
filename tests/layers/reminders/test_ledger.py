"""The ledger over a real database: made once, closed by what comes, counted by agency and month."""

from datetime import UTC, date, datetime

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import BadInput
from layers.counted.platform import reminded
from layers.counted.spec import window_of
from layers.database import make_engine, transaction, write
from layers.indicators.spans import Span
from layers.reminders.keep import ByHand, make_reminders, settle, write_by_hand
from layers.reminders.ledger import read_ledger, read_limits, year_of
from layers.sources.department_files import FileNote, note_file
from layers.sources.expected import Expectation
from layers.sources.expected_edit import keep_expectation
from layers.sources.register import ensure_source
from layers.sources.template_body import read_template
from layers.sources.templates import keep_template
from tests.layers.test_expected import BODY

RULE = Expectation("s", "form_a", 1, "workday", 5, 1, date(2026, 8, 1), None, "Sở mô phỏng", "Văn phòng", "000 1")
DAYS = ["2026-09-07", "2026-09-10", "2026-09-16", "2026-10-05", "2026-10-08", "2026-10-14", "2026-11-05", "2026-11-10"]


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00+07:00").astimezone(UTC)


@pytest.fixture
def expected(connection) -> psycopg.Connection:
    ensure_source(connection, "s", "simulated")
    keep_template(connection, read_template(BODY), "test", at("2026-01-05"))
    keep_expectation(connection, RULE, at("2026-07-20"))
    return connection


def come(connection, month: int, day: str) -> None:
    source, form = (
        ensure_source(connection, "s", "simulated"),
        keep_template(connection, read_template(BODY), "t", at(day)),
    )
    period = (date(2026, month, 1), date(2026, month + 1, 1))
    note_file(connection, FileNote(source, "f", b"x", 1, "test", "taken", at(day), None, form.id, period=period))


def rows(connection) -> list[tuple]:
    return connection.execute("SELECT period_from, step, planned_on, state FROM reminder ORDER BY 1, 2").fetchall()


def test_each_is_made_once_and_closed_by_the_file(expected, database_url):
    come(expected, 9, "2026-10-12")
    for day in DAYS:
        for _ in range(2):
            make_reminders(expected, at(day))
    assert [(d.month, step, state) for d, step, _, state in rows(expected)] == [
        (8, 1, "waiting"), (8, 2, "waiting"), (8, 3, "waiting"), (9, 1, "waiting"), (9, 2, "waiting"),
        (10, 1, "waiting"), (10, 2, "waiting"),
    ]  # fmt: skip
    for (number,) in expected.execute("SELECT id FROM reminder WHERE period_from < '2026-10-01'").fetchall():
        settle(expected, number, {"state": "sent"}, at("2026-11-10"))
    entries = read_ledger(expected, date(2026, 1, 1), date(2027, 1, 1), at("2026-11-20"))
    closed = {(e.row["period_from"].month, e.row["step"]): e.after_workdays for e in entries if e.closed_at}
    assert closed == {(9, 1): 5, (9, 2): 2}
    (year,) = year_of(entries, read_limits(expected), 2026)
    assert (year.counted, year.waiting, year.open, year.closed, year.workdays) == (3, 2, 3, 2, 3.5)
    assert year.limit["reminders"] == 3
    expected.commit()
    engine = make_engine(database_url)
    with write(engine) as opened:
        months = {m: window_of(Span(date(2026, m, 1), date(2026, m + 1, 1))) for m in (9, 10, 11)}
        assert {m: len(reminded(opened, window)) for m, window in months.items()} == {9: 2, 10: 1, 11: 0}
    engine.dispose()


def test_a_reminder_by_hand_stands_in_the_same_ledger(expected):
    asked = ByHand(("s", "template", "form_a", date(2026, 8, 1)), "axis", "trực", "gọi không được")
    write_by_hand(expected, asked, at("2026-09-20"))
    with pytest.raises(BadInput, match="today"):
        write_by_hand(expected, asked, at("2026-09-20", 15))
    (entry,) = read_ledger(expected, date(2026, 1, 1), date(2027, 1, 1), at("2026-09-21"))
    assert (entry.row["step"], entry.row["made_by"], entry.row["way"], entry.row["counts"]) == (
        0,
        "trực",
        "letter",
        True,
    )
    come(expected, 8, "2026-09-22")
    with pytest.raises(BadInput, match="come already"):
        write_by_hand(expected, asked, at("2026-09-23"))


def test_no_row_leaves_the_ledger(expected):
    make_reminders(expected, at("2026-09-10"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), transaction(expected):
        expected.execute("DELETE FROM reminder")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(st.permutations(DAYS), st.sampled_from([*DAYS, None]))
def test_in_whichever_order_the_duty_runs_the_same_reminders_result(expected, order, came):
    def ledger(days: list[str]) -> set[tuple]:
        with transaction(expected, keep=False):
            if came is not None:
                come(expected, 9, came)
            for day in days:
                make_reminders(expected, at(day))
            return {row[:3] for row in rows(expected)}

    assert ledger([*order, *order]) == ledger(DAYS) == ledger([DAYS[-1]])
