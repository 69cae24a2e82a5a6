"""Giao ca: frozen, hashed, confirmed by two persons, with nothing that changed meanwhile left unseen."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from geo.errors import BadInput, NotAllowed
from layers.access.accounts import Who
from layers.access.roles import Role
from layers.seal import digest
from layers.watch.cases.ledger import Entry, append, open_case
from layers.watch.cases.models import Case, CaseEntry
from layers.watch.shift.book import Line, begin_shift, get_shift, write_line
from layers.watch.shift.handover import Confirmation, changes_since, confirm, digest_changes, get_handover, prepare
from layers.watch.shift.log import read_log
from layers.watch.shift.models import Handover, Shift

HOUR = timedelta(hours=1)
VALUES = {"kind": "silence", "began_at": datetime(2026, 11, 23, 1, tzinfo=UTC), "origin": "simulated"}


@pytest.fixture
def shift(do, people, now):
    return do(lambda c: begin_shift(c, people["an"], "Trung tâm", ["an"], now))


@pytest.fixture
def prepared(do, people, shift, now):
    return do(lambda c: prepare(c, people["an"], shift, ["binh"], now + HOUR))


def said(do, number, side, at):
    """What somebody who has read everything there is to read says."""

    def read(connection):
        row = get_handover(connection, number)
        return Confirmation(side, row.sha256, digest_changes(changes_since(connection, row, at)))

    return do(read)


def test_a_shift_stands_for_the_hours_of_the_settings(do, shift):
    row = do(lambda c: get_shift(c, shift))
    hours = [at.astimezone(UTC) for at in (row.planned_from, row.planned_until)]
    assert hours == [datetime(2026, 11, 23, 0, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC)]  # 7:00 to 15:00


def test_two_persons_confirm_and_only_then_the_shift_ends(do, people, shift, prepared, now):
    at = now + 2 * HOUR
    assert do(lambda c: confirm(c, people["an"], prepared, said(do, prepared, "from", at), at)) is None
    assert do(lambda c: get_shift(c, shift)).ended_at is None
    begun = do(lambda c: confirm(c, people["chi"], prepared, said(do, prepared, "to", at), at + HOUR))
    ended, after = do(lambda c: (get_shift(c, shift), get_shift(c, begun)))
    assert (ended.ended_at, after.began_at, after.ended_at) == (at + HOUR, at + HOUR, None)
    assert (after.people, after.desk) == (["binh", "chi"], ended.desk)
    assert after.planned_from == datetime(2026, 11, 23, 8, tzinfo=UTC)  # 14:05 is nearer to 15:00 than to 7:00


def test_one_person_cannot_be_both_sides(do, people, prepared, now):
    at = now + 2 * HOUR
    do(lambda c: confirm(c, people["an"], prepared, said(do, prepared, "from", at), at))
    with pytest.raises(NotAllowed, match="other person"):
        do(lambda c: confirm(c, people["an"], prepared, said(do, prepared, "to", at), at))


def test_only_who_was_on_duty_gives_away(do, people, prepared, now):
    at = now + 2 * HOUR
    with pytest.raises(NotAllowed, match="one of an"):
        do(lambda c: confirm(c, people["chi"], prepared, said(do, prepared, "from", at), at))


def test_the_database_itself_refuses_one_person_on_both_sides(connection: psycopg.Connection, prepared):
    with pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("UPDATE handover SET confirmed_from_by = 'an', confirmed_to_by = 'an'")


def test_what_changed_since_must_be_read_first(do, people, prepared, now):
    at = now + 2 * HOUR
    before = said(do, prepared, "to", at)
    case = do(lambda c: open_case(c, VALUES, Entry("opened", at)))
    with pytest.raises(BadInput, match="changed"):
        do(lambda c: confirm(c, people["binh"], prepared, before, at))
    changes = do(lambda c: changes_since(c, get_handover(c, prepared), at))
    assert [(x["section"], x["what"], x["item"]["key"]) for x in changes] == [("open_cases", "new", f"case:{case}")]
    do(lambda c: confirm(c, people["binh"], prepared, said(do, prepared, "to", at), at))
    kept = do(lambda c: c.execute(select(Handover.changes_to, Handover.sha256, Handover.summary)).one())
    assert kept.changes_to == changes
    assert kept.sha256 == digest(kept.summary)


def test_the_summary_that_was_read_is_the_one_that_counts(do, people, shift, prepared, now):
    at = now + 2 * HOUR
    stale = said(do, prepared, "to", at)
    do(lambda c: open_case(c, VALUES, Entry("opened", at)))
    anew = do(lambda c: prepare(c, people["an"], shift, [], at))
    with pytest.raises(BadInput, match="prepared anew"):
        do(lambda c: confirm(c, people["binh"], prepared, stale, at))
    with pytest.raises(BadInput, match="sha256"):
        do(lambda c: confirm(c, people["binh"], anew, stale, at))


@pytest.mark.parametrize("change", ["summary = '{}'", "sha256 = ''", "prepared_by = 'chi'", "shift_id = 9"])
def test_what_was_prepared_stays(do, prepared, change):
    with pytest.raises(ProgrammingError, match="handover"):
        do(lambda c: c.execute(text(f"UPDATE handover SET {change}")))


def test_a_confirmation_is_not_taken_back(do, people, prepared, now):
    at = now + 2 * HOUR
    do(lambda c: confirm(c, people["an"], prepared, said(do, prepared, "from", at), at))
    with pytest.raises(ProgrammingError, match="handover"):
        do(lambda c: c.execute(text("UPDATE handover SET confirmed_from_by = NULL")))
    with pytest.raises(BadInput, match="already"):
        do(lambda c: confirm(c, people["an"], prepared, said(do, prepared, "from", at), at))


def test_a_line_about_a_case_stands_in_both_books_and_once_in_the_log(do, people, shift, now):
    case = do(lambda c: open_case(c, VALUES, Entry("opened", now)))
    number = do(lambda c: c.scalar(select(Case.number)))
    do(lambda c: write_line(c, people["an"], shift, Line("gọi lại sau", number), now + HOUR))
    do(lambda c: append(c, case, Entry("call", now + HOUR, "binh", "officer", {"to": "owner", "result": "answered"})))
    do(lambda c: append(c, case, Entry("event", now + HOUR)))
    assert do(lambda c: list(c.scalars(select(CaseEntry.kind).order_by(CaseEntry.id)))) == [
        "opened", "note", "call", "event",
    ]  # fmt: skip
    log = do(lambda c: read_log(c, get_shift(c, shift), now + 2 * HOUR))
    assert [(line.actor, line.words.vi) for line in log.lines] == [
        (None, "mở vụ việc"), ("an", "gọi lại sau"), ("binh", "cuộc gọi – chủ tàu, nghe máy"),
    ]  # fmt: skip
    assert log.left_out == 1


def test_lines_are_for_a_shift_that_lasts_and_stay(do, people, shift, now):
    do(lambda c: write_line(c, people["an"], shift, Line("một dòng"), now))
    with pytest.raises(ProgrammingError, match="append-only"):
        do(lambda c: c.execute(text("UPDATE shift_note SET text = ''")))
    with pytest.raises(BadInput, match="before the shift"):
        do(lambda c: write_line(c, people["an"], shift, Line("sớm", None, now - HOUR), now))
    with pytest.raises(BadInput, match="not come"):
        do(lambda c: write_line(c, people["an"], shift, Line("muộn", None, now + HOUR), now))
    with pytest.raises(BadInput, match="no such case"):
        do(lambda c: write_line(c, people["an"], shift, Line("lạ", "VV-2026-999999"), now))
    do(lambda c: c.execute(Shift.__table__.update().values(ended_at=now + HOUR)))
    with pytest.raises(BadInput, match="ended"):
        do(lambda c: write_line(c, people["an"], shift, Line("sau"), now + 2 * HOUR))


def test_who_is_no_user_is_not_on_duty(do, people, now):
    with pytest.raises(BadInput, match="nobody-here"):
        do(lambda c: begin_shift(c, people["an"], "Bàn", ["an", "nobody-here"], now))
    with pytest.raises(BadInput, match="guest"):
        do(lambda c: begin_shift(c, Who(0, "guest", Role.OFFICER), "Bàn", [], now))
