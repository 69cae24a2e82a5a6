"""What is due by when, and how it stands: over Tết nobody is late, and nobody is missing who could not have come."""

from datetime import UTC, date, datetime

import pytest

from geo.workdays import Workdays
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
