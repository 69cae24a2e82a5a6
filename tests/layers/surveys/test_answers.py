"""Rounds and answers in a real database: saved whole, never over somebody else's, standing judged in working days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from geo.clock import start_of_day
from geo.errors import BadInput, Conflict, NotFound
from geo.workdays import Workdays
from layers.database import transaction
from layers.sources.expected import read_workdays
from layers.surveys.answers import Save, read_history, read_present, read_standings, save_answer
from layers.surveys.gap_read import read_known, read_told
from layers.surveys.rounds import Asking, Round, find_round, former_round, open_round, read_agencies, read_editions

OPENS = date(2026, 2, 9)
"""Tết 2026 lies within its ten working days."""
NOW = start_of_day(OPENS) + timedelta(hours=9)
ROW = {"name": "Một", "exchange": ["api"]}


def asked(connection: psycopg.Connection, survey: str = "systems", opens_on: date = OPENS) -> Round:
    with transaction(connection):
        number = open_round(connection, Asking(survey, opens_on, "thử", "simulated"), start_of_day(opens_on))
    return find_round(connection, number)


def save(connection: psycopg.Connection, made: Round, rows: Any, at: datetime = NOW, **more: Any) -> int:
    told = {"state": "draft", "by": "người thử", "over": None} | more
    with transaction(connection):
        return save_answer(connection, Save(made.id, told.pop("agency", "so_y_te"), rows=rows, **told), at).id


def test_the_plans_surveys_are_there_by_edition(connection: psycopg.Connection) -> None:
    editions = {e.code: e for e in read_editions(connection)}
    assert set(editions) == {"systems.2025", "systems.2026", "indicators.2025", "indicators.2026"}
    assert asked(connection).edition.code == "systems.2026"
    assert asked(connection, opens_on=date(2025, 11, 3)).edition.code == "systems.2025"
    agencies = read_agencies(connection)
    for edition in editions.values():
        assert set(edition.body.agencies) <= set(agencies)
        assert not edition.verified
    owners = {row[0] for row in connection.execute("SELECT DISTINCT owner FROM indicator WHERE superseded_at IS NULL")}
    assert owners <= {agency.title_vi for agency in agencies.values()}


def test_nobody_saves_over_what_they_have_not_read(connection: psycopg.Connection) -> None:
    made = asked(connection)
    first = save(connection, made, [ROW])
    with pytest.raises(Conflict):
        save(connection, made, [])
    assert save(connection, made, [ROW], over=first) == first  # the same again is nothing new
    sent = save(connection, made, [ROW], over=first, state="submitted")
    assert save(connection, made, [ROW], over=sent) == sent  # nor is a draft of what was sent
    draft = save(connection, made, [ROW, {"name": "Hai"}], over=sent)
    present = read_present(connection, made.id, "so_y_te")
    assert present.draft is not None
    assert present.submitted is not None
    assert (present.draft.id, present.submitted.id) == (draft, sent)  # what was sent counts until the next is
    assert [s.id for s in read_history(connection, made.id, "so_y_te")] == [draft, sent, first]
    save(connection, made, [], over=draft, state="submitted")
    assert read_present(connection, made.id, "so_y_te").draft is None


def test_standing_is_counted_in_working_days(connection: psycopg.Connection) -> None:
    made, calendar = asked(connection), read_workdays(connection)
    due = made.due_on(calendar)
    assert due == Workdays().after(OPENS, 10)
    assert (due - OPENS).days > 14  # over Tết
    noon = start_of_day(due) + timedelta(hours=12)
    save(connection, made, [ROW], noon, state="submitted")
    two_later = start_of_day(calendar.after(due, 2)) + timedelta(hours=12)
    save(connection, made, [ROW], two_later, state="submitted", agency="so_gddt")
    save(connection, made, [ROW], noon, agency="thong_ke")
    found = {s.agency: s for s in read_standings(connection, made, (calendar, two_later))}
    assert set(found) == set(made.agencies)
    told = {code: (found[code].state, found[code].workdays) for code in ("so_y_te", "so_gddt", "thong_ke", "so_noi_vu")}
    assert told == {
        "so_y_te": ("on_time", 0), "so_gddt": ("late", 2), "thong_ke": ("missing", 2), "so_noi_vu": ("missing", 2),
    }  # fmt: skip
    assert found["thong_ke"].present.draft is not None
    before = {s.agency: s.state for s in read_standings(connection, made, (calendar, noon))}
    assert before["so_noi_vu"] == "not_due"


def test_the_last_round_an_agency_was_asked_in(connection: psycopg.Connection) -> None:
    old, other = asked(connection, opens_on=date(2025, 11, 3)), asked(connection, "indicators")
    new = asked(connection)
    before = former_round(connection, new, "so_y_te")
    assert before is not None
    assert before.id == old.id
    assert former_round(connection, other, "so_y_te") is None


def test_only_the_last_submitted_word_of_an_agency_counts(connection: psycopg.Connection) -> None:
    old, new = asked(connection, opens_on=date(2025, 11, 3)), asked(connection)
    save(connection, old, [{"name": "Cũ", "exchange": "none"}], state="submitted")
    save(connection, old, [{"name": "Khác", "exchange": "file"}], state="submitted", agency="so_gddt")
    save(connection, new, [ROW], state="submitted")
    save(connection, new, [{"name": "Nháp", "exchange": ["api"]}], agency="so_gddt")
    told = {(system.agency, system.name): system.exchange for system in read_told(connection).systems}
    assert told == {("so_y_te", "Một"): ("api",), ("so_gddt", "Khác"): ("file",)}


def test_the_gap_of_a_province_that_was_never_told_anything(connection: psycopg.Connection) -> None:
    known = read_known(connection, OPENS)
    assert len(known.catalogue) > 150
    assert known.fed == {}
    assert set(known.grace) == {"day", "month", "quarter", "year"}


@pytest.mark.parametrize(
    "asking",
    [
        Asking("nothing", OPENS, "thử", "real"),
        Asking("systems", date(2020, 1, 1), "thử", "real"),
        Asking("systems", OPENS, "thử", "real", within_days=0),
        Asking("systems", OPENS, "thử", "real", agencies=["so_khong_co"]),
        Asking("systems", date(2031, 1, 1), "thử", "real"),
    ],
)
def test_what_nobody_can_be_asked(connection: psycopg.Connection, asking: Asking) -> None:
    with pytest.raises(BadInput):
        open_round(connection, asking, datetime(2026, 2, 9, tzinfo=UTC))


def test_an_agency_that_is_not_asked(connection: psycopg.Connection) -> None:
    with pytest.raises(NotFound):
        asked(connection, "indicators").check_asked("thanh_tra")
