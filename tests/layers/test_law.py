"""The law by date and length: five days, five citation sets; overlaps and holes; no file over a person."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, literal, select, text

from geo.clock import start_of_day
from layers.database import downgrade, make_engine, upgrade, write
from layers.units.load import DATA, read_csv
from layers.watch.law import CONDUCTS, choose, citations, ladder, law_statement, permitted_belts, pick_threshold
from layers.watch.law_dates import find_holes, find_overlap, key_of
from layers.watch.law_seed import rule_of, seed_law
from layers.watch.rules import Rule, in_force, rules_statement, threshold_s

FIVE = (date(2024, 5, 18), date(2024, 5, 19), date(2024, 5, 20), date(2025, 11, 17), date(2026, 1, 26))


@dataclass(frozen=True)
class Draft:
    valid_from: datetime
    valid_to: datetime | None
    min_length_m: float = 0
    max_length_m: float | None = None
    kind: str = "duty"
    conduct: str = "silence"
    step: str = "report_due"
    reading: str = "text"


def rows_of(db: Connection, *conducts: str) -> list[Any]:
    return list(db.execute(law_statement(conducts or tuple(CONDUCTS))))


@pytest.mark.parametrize("length_m", [16.0, 23.9, 24.0, 30.0])
def test_one_silence_on_five_days_gets_five_citation_sets(db: Connection, length_m: float) -> None:
    rows = rows_of(db)
    sets = [citations(choose(rows, "silence", length_m, start_of_day(day))) for day in FIVE]
    assert len(set(sets)) == 5
    decrees = [{d for kind, d, _ in found if kind in ("duty", "penalty")} for found in sets]
    assert decrees == [
        {"NĐ 26/2019/NĐ-CP", "NĐ 42/2019/NĐ-CP"},
        {"NĐ 37/2024/NĐ-CP", "NĐ 42/2019/NĐ-CP"},
        {"NĐ 37/2024/NĐ-CP", "NĐ 38/2024/NĐ-CP"},
        {"NĐ 37/2024/NĐ-CP", "NĐ 301/2025/NĐ-CP"},
        {"NĐ 41/2026/NĐ-CP", "NĐ 301/2025/NĐ-CP"},
    ]


def test_a_day_begins_at_midnight_in_viet_nam(db: Connection) -> None:
    rows, midnight = rows_of(db), start_of_day(date(2024, 5, 19))
    assert midnight.isoformat() == "2024-05-18T17:00:00+00:00"
    before, after = (choose(rows, "silence", 20, at) for at in (midnight - timedelta(seconds=1), midnight))
    assert before.first_duty is not None
    assert (before.first_duty.decree, after.first_duty.decree) == ("NĐ 26/2019/NĐ-CP", "NĐ 37/2024/NĐ-CP")


def test_lengths_choose_the_fine_the_lead_and_the_belt(db: Connection) -> None:
    rows, at = rows_of(db), start_of_day(date(2026, 3, 1))
    big, small = (choose(rows, "silence", length, at) for length in (24, 23.99))
    assert big.penalty is not None
    assert small.penalty is not None
    assert (big.penalty.fine_from, big.penalty.fine_to) == (300_000_000, 500_000_000)
    assert (small.penalty.fine_from, small.penalty.fine_to) == (100_000_000, 300_000_000)
    assert [law.lead.lead for law in (big, small) if law.lead] == ["central", "province"]
    belts = [permitted_belts(choose(rows, "zone", length, at)) for length in (11.9, 12, 14.9, 15)]
    assert belts == [{"belt_coastal"}, {"belt_inshore"}, {"belt_inshore"}, {"belt_offshore"}]
    assert not choose(rows, "must_carry", 14.99, at).duties
    assert choose(rows, "must_carry", 15, at).duties


def test_two_texts_that_conflict_both_stand_and_one_is_applied(db: Connection) -> None:
    law = choose(rows_of(db), "silence", 18, start_of_day(date(2026, 3, 1)))
    told = [(row.reading, row.threshold_s) for row in law.duties if row.step == "report_due"]
    assert told == [("text", 7200), ("practice", 10800)]
    assert pick_threshold(law, "report_due") == 7200
    assert ladder(law) == (("late", 9000.0), ("lost_6h", 21600.0), ("lost_10d", 864000.0))


def test_nothing_that_nobody_read_passes_for_verified_or_free(db: Connection) -> None:
    rows = rows_of(db)
    assert not any(row.verified for row in rows)
    assert all(row.source.strip() for row in rows)
    unread = choose(rows, "zone", 20, start_of_day(date(2026, 3, 1))).penalty
    assert unread is not None
    assert unread.fine_from is None
    assert not choose(rows, "retention", 20, start_of_day(date(2026, 1, 24))).verified


def test_the_files_do_not_overlap_and_leave_no_hole_by_accident(db: Connection) -> None:
    rows = rows_of(db)
    for n, row in enumerate(rows):
        assert find_overlap(rows[n + 1 :], row) is None
    assert [hole for key in {key_of(row) for row in rows} for hole in find_holes(rows, key)] == []


def moment(day: int) -> datetime:
    return start_of_day(date(2024, 1, 1) + timedelta(days=day))


spans = st.tuples(st.integers(0, 40), st.integers(1, 20) | st.none(), st.integers(0, 20), st.integers(1, 9) | st.none())


@given(spans, spans)
def test_rows_overlap_when_some_day_and_length_has_both(one, other) -> None:
    a, b = (
        Draft(moment(since), None if days is None else moment(since + days), low, None if wide is None else low + wide)
        for since, days, low, wide in (one, other)
    )
    both = any(
        choose([a, b], "silence", length, moment(day)).duties == (a, b)
        or choose([b, a], "silence", length, moment(day)).duties == (b, a)
        for day in range(62)
        for length in range(31)
    )
    assert (find_overlap([a], b) is a) == both
    assert (find_overlap([b], a) is b) == both


def test_a_hole_is_found_per_length() -> None:
    rows = [Draft(moment(0), moment(5)), Draft(moment(5), moment(9), 24), Draft(moment(8), None)]
    key = key_of(rows[0])
    assert [(hole.since, hole.until, hole.min_length_m) for hole in find_holes(rows, key)] == [
        (moment(5), moment(8), 0)
    ]


def test_thresholds_in_sql_are_those_chosen_in_python(db: Connection) -> None:
    rules = db.execute(rules_statement(("silence",))).all()
    for day in FIVE:
        for step in ("report_due", "position_by_other_means", "port_for_repair"):
            told = db.execute(select(threshold_s("silence", step, literal(18.0))), {"now": start_of_day(day)}).scalar()
            assert told == in_force(rules, "silence", step, start_of_day(day)).threshold_s
    assert db.execute(select(threshold_s("silence", "report_due")), {"now": moment(-9999)}).scalar() is None


@pytest.fixture
def own(database_url: str) -> Any:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


def files() -> tuple[list[Any], list[Any]]:
    return read_csv(DATA / "rules.csv"), read_csv(DATA / "legal-references.csv")


def test_bands_of_length_take_their_own_threshold(own: Engine, now: datetime) -> None:
    rules, references = files()
    mine = [row for row in rules if not row["code"].startswith("silence.report_due.nd41")]
    whole = next(row for row in rules if row["code"] == "silence.report_due.nd41")
    mine.append(whole | {"code": "a", "max_length_m": "24", "threshold_s": "10800"})
    mine.append(whole | {"code": "b", "min_length_m": "24"})
    with write(own) as connection:
        seed_law(connection, mine, references, now)
        found = [
            connection.execute(select(threshold_s("silence", "report_due", literal(x))), {"now": now}).scalar()
            for x in (10.0, 15.0, 23.9, 24.0, 90.0)
        ]
    assert found == [10800, 10800, 10800, 7200, 7200]


def test_a_new_version_of_the_files_never_overwrites_a_person(own: Engine, now: datetime) -> None:
    rules, references = files()
    later = now + timedelta(days=1)
    edited = [
        row | {"threshold_s": "9999"} if row["code"].startswith("silence.report_due.nd41") else row for row in rules
    ]
    edited = [row | {"text_en": "new words"} if row["code"] == "silence.report_grace" else row for row in edited]
    gone = [row for row in edited if row["code"] != "track.gap_ais"]
    with write(own) as connection:
        connection.execute(text("UPDATE rule SET stored_by = 'nguoi mo phong' WHERE code = 'silence.report_due.nd41'"))
        connection.execute(
            text("UPDATE rule SET superseded_at = stored_at, superseded_by = 'x' WHERE code = 'zone.belt.0.nd26'")
        )
        seed_law(connection, gone, references, later)
        told = {row.code: row for row in connection.execute(law_statement(tuple(CONDUCTS)))}
        before = {row.code: row for row in connection.execute(law_statement(tuple(CONDUCTS), now))}
        seed_law(connection, gone, references, later)
        assert len(list(connection.execute(law_statement(tuple(CONDUCTS))))) == len(told)
    assert told["silence.report_due.nd41"].threshold_s == 7200
    assert "zone.belt.0.nd26" not in told
    assert told["silence.report_grace"].text_en == "new words"
    assert before["silence.report_grace"].text_en == "Half an hour allowed for the satellite path"
    assert "track.gap_ais" not in told
    assert len(told) == len(rules) - 2


def test_every_line_of_the_file_is_a_row() -> None:
    rules, _ = files()
    assert {row["conduct"] for row in rules} == set(CONDUCTS)
    assert all(Rule(**rule_of(row)).valid_from is not None for row in rules)


def test_rows_of_before_are_taken_over_and_their_days_mended(database_url: str, own: Engine, now: datetime) -> None:
    downgrade(database_url, "0013_spool")
    with write(own) as connection:
        kept = connection.execute(text("SELECT count(*) FROM rule")).scalar()
        connection.execute(text("UPDATE rule SET valid_from = '2024-05-19' WHERE valid_from = '2024-05-18 17:00+00'"))
    assert kept > 10
    upgrade(database_url)
    with write(own) as connection:
        seed_law(connection, *files(), now)
        rows = list(connection.execute(law_statement(tuple(CONDUCTS))))
    assert len(rows) == len(files()[0])
    assert start_of_day(date(2024, 5, 19)) in {row.valid_from for row in rows}
    assert datetime(2024, 5, 19, tzinfo=UTC) not in {row.valid_from for row in rows}
