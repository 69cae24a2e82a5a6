"""What is due by when, and how it stands: over Tết nobody is late, and nobody is missing who could not have come."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from geo.workdays import Workdays
from layers.database import connect, downgrade, transaction, upgrade
from layers.indicators.store import Given, Observed, store_observations
from layers.sources.department_files import FileNote, note_file
from layers.sources.expected import Expectation, judge, read_expected
from layers.sources.expected_edit import keep_expectation
from layers.sources.register import ensure_source
from layers.sources.template_body import read_template
from layers.sources.templates import keep_template

FRIDAY_BEFORE_TET = date(2026, 2, 13)
RULE = Expectation("s", "form_a", 1, "workday", 5, 1, date(2026, 1, 1), None, "Sở mô phỏng", "Văn phòng", "000")
BODY = {
    "name": "form_a", "source": "s", "title": {"vi": "Mẫu", "en": "Form"}, "valid_from": "2026-01-01",
    "subject": {"kind": "unit", "level": "commune", "column": "Xã"}, "columns": [{"title": "Số", "indicator": "so_a"}],
}  # fmt: skip


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00+07:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("received", "state"),
    [
        ("2026-02-13", ("on_time", 0)),
        ("2026-02-15", ("on_time", 0)),  # two calendar days later, in the days before Tết
        ("2026-02-22", ("on_time", 0)),  # the Sunday after it
        ("2026-02-23", ("late", 1)),
        ("2026-02-25", ("late", 3)),
    ],
)
def test_days_off_are_nobodys_delay(received, state):
    assert judge(FRIDAY_BEFORE_TET, at(received), at("2026-03-01"), Workdays()) == state
    missing = {"on_time": "not_due", "late": "missing"}
    assert judge(FRIDAY_BEFORE_TET, None, at(received), Workdays()) == (missing[state[0]], state[1])


def test_every_period_has_its_state(connection, now):
    keep_expectation(connection, RULE, now)
    keep_expectation(connection, RULE, now)  # the same rule again changes nothing
    source = ensure_source(connection, "s", "simulated")
    form = keep_template(connection, read_template(BODY), "test", now)

    def come(month: int, day: str) -> None:
        period = (date(2026, month, 1), date(2026, month + 1, 1))
        note_file(connection, FileNote(source, "f", b"x", 1, "test", "taken", at(day), None, form.id, period=period))

    come(7, "2026-08-07")  # the fifth working day
    come(8, "2026-09-09")  # 1 and 2 September are days off: the fifth is the 9th
    come(9, "2026-10-09")
    come(9, "2026-10-20")  # revised
    found = read_expected(connection, "s", date(2026, 7, 1), date(2026, 12, 1), at("2026-11-20"))
    told = [(s.since.month, str(s.due), s.state, s.workdays, s.revised) for s in found]
    assert told == [
        (11, "2026-12-07", "not_due", 0, 0),
        (10, "2026-11-06", "missing", 10, 0),
        (9, "2026-10-07", "late", 2, 1),
        (8, "2026-09-09", "on_time", 0, 0),
        (7, "2026-08-07", "on_time", 0, 0),
    ]
    assert connection.execute("SELECT count(*) FROM expected_delivery").fetchone() == (1,)
    assert found[0].rule.words() == ("ngày làm việc thứ 5 tháng sau", "working day 5 of the next month")


def test_a_template_is_kept_in_versions(connection, now):
    first = keep_template(connection, read_template(BODY), "a", now)
    assert keep_template(connection, read_template(BODY), "b", now) == first
    second = keep_template(connection, read_template(BODY | {"note": "đổi"}), "b", now)
    assert (second.version, second.made_by) == (2, "b")


def test_rules_of_before_get_a_name_and_are_known_from_the_upgrade_on(database_url):
    downgrade(database_url, "0031_citizens")
    with connect(database_url) as before:
        before.execute(
            "INSERT INTO expected_delivery (source, template, every_months, due_kind, due_number, due_months,"
            " valid_from, agency, verified)"
            " VALUES ('s', 'form_a', 1, 'workday', 5, 1, '2020-01-01', 'Sở mô phỏng', false)"
        )
    upgrade(database_url)
    with connect(database_url) as after:
        rows = after.execute("SELECT code, what FROM expected_delivery").fetchall()
        assert rows == [("s.template.form_a.2020-01-01", "template")]
        keep_expectation(after, RULE._replace(valid_from=date(2020, 1, 1)), at("2026-11-20"))  # finds it by its name
        assert after.execute("SELECT count(*) FROM expected_delivery").fetchone() == (2,)
        (state, *_) = read_expected(after, "s", date(2020, 1, 1), date(2020, 12, 1), at("2026-11-20"))
        assert state.known_since >= date(2026, 11, 20)  # nobody is reminded as if told years ago


def test_what_an_indicator_is_expected_of_came_with_any_file(connection, now):
    keep_expectation(connection, RULE._replace(what="indicator", template="so_a"), now)
    source = ensure_source(connection, "s", "simulated")
    day = date(2026, 8, 1)
    seen = Observed("so_a", "unit", "522", day, date(2026, 9, 1), Decimal(3), "cái", "official", 1, b"3")
    with transaction(connection):
        store_observations(connection, [seen], Given(source, 1, None, at("2026-09-08"), at("2026-09-08")))
    found = read_expected(connection, "s", date(2026, 7, 1), date(2026, 9, 1), at("2026-11-20"))
    assert [(s.since.month, s.state) for s in found] == [(8, "on_time"), (7, "missing")]
    early = read_expected(connection, "s", day, date(2026, 9, 1), at("2026-09-05"))
    assert [(s.state, s.received_at) for s in early] == [("not_due", None)]  # what comes later has not come yet
