"""The report of twelve months of which two are missing: figures equal the records, and the missing months are named."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from geo.clock import start_of_day
from geo.errors import BadInput, Conflict
from geo.workdays import add_months
from layers.bulletins.kept import get_kept, keep, whole
from layers.bulletins.period import latest_day, period_of
from layers.bulletins.pilot import PILOT
from layers.bulletins.pilot.months import say_months
from layers.bulletins.spec import Asked
from layers.pilot.lessons import Said, write_lesson
from layers.sources.department_files import FileNote, note_file
from layers.sources.expected_edit import keep_expectation
from layers.sources.register import ensure_source
from layers.sources.template_body import read_template
from layers.sources.templates import keep_template
from tests.layers.pilot.conftest import AFTER, FIRST, MISSING, OUTAGE, PERIOD
from tests.layers.test_expected import BODY, RULE, at

NAMED = "02/2026, 05/2026"
MISSING_KEYS = {f"{month:%Y-%m}" for month in MISSING}


def test_missing_months_are_named_one_by_one_and_never_averaged_over(twelve, told):
    report = told(twelve)
    areas = ("uptime", "answers", "use", "cases", "reports")
    for key, row in report["months"].items():
        words = "không có ghi nhận" if key in MISSING_KEYS else "có"
        assert {row[area]["vi"] for area in areas} == {words}
        assert row["indicators"]["vi"] == "không có ghi nhận"
    for part in ("web", "work", "database"):
        row = report["uptime"][part]
        assert (row["recorded"], row["of_months"], row["missing"]["vi"], row["share"]) == (10, 12, NAMED, None)
    assert report["uptime"]["watch"]["missing"]["vi"] == "cả 12 tháng"
    for section, names in (("case_times", ("opened", "seen", "seen_min", "closed")), ("answers", ("answers", "share"))):
        for key, row in report[section].items():
            assert all((row[name] is None) is (key in MISSING_KEYS) for name in names), (section, key)
    assert report["route_answers"]["api"]["share"] is None
    assert report["route_answers"]["api"]["missing"]["vi"] == NAMED


def test_figures_are_what_the_records_say(twelve, told):
    report = told(twelve)
    march = report["uptime_months"]["web/2026-03"]
    down = (OUTAGE[1] - OUTAGE[0]) // timedelta(minutes=1)
    assert (march["down"], march["absent"], march["up"]) == (down, 0, 31 * 1440 - down)
    assert march["share"] == pytest.approx(100 * (1 - down / (31 * 1440)))
    case = report["case_times"]["2025-12"]
    assert (case["opened"], case["seen"], case["seen_min"], case["called_min"], case["closed_h"]) == (1, 1, 12, 30, 5)
    assert (report["answers"]["2025-12"]["within_1s"], report["answers"]["2025-12"]["share"]) == (980, 98.0)
    use = report["use"]["2025-12/leader"]
    assert (use["page"], use["api"], use["sessions"], use["role"]["vi"]) == (40, 900, None, "Lãnh đạo")
    found = report["findings"]
    assert found["outage/web"]["hours"] == pytest.approx(4.5)
    assert found["outage/web"]["link"] == "/api/pilot/lives?from=2026-03-10T02:00:00Z&to=2026-03-10T06:30:00Z"
    assert found["unseen"]["hours"] == pytest.approx(31 * 24)  # May, the longer of the two
    assert found["missing/uptime"]["what"]["vi"].endswith(NAMED)
    assert found["case"]["hours"] == pytest.approx(0.2)


def test_deliveries_are_held_to_working_days(engine, connection, told):
    keep_expectation(connection, RULE, AFTER)
    source = ensure_source(connection, "s", "simulated")
    form = keep_template(connection, read_template(BODY), "test", AFTER)

    def come(year: int, month: int, day: str) -> None:
        first = date(year, month, 1)
        period = (first, add_months(first, 1))
        note_file(connection, FileNote(source, "f", b"x", 1, "test", "taken", at(day), None, form.id, period=period))

    come(2026, 1, "2026-02-06")  # the fifth working day of February
    come(2026, 7, "2026-08-11")  # that was the 7th: two working days late, four days on the calendar
    row = told(engine)["deliveries"]["s"]
    assert (row["due"], row["on_time"], row["late"], row["missing"]) == (8, 1, 1, 6)
    assert (row["share"], row["late_by"], row["late_most"]) == (12.5, 2.0, 2)
    assert row["missing_periods"]["vi"] == "02/2026–06/2026 (5), 08/2026"
    then = told(engine, known_at=at("2026-08-10"))["deliveries"]["s"]
    assert (then["late"], then["missing_periods"]["vi"]) == (0, "02/2026–07/2026 (6)")


def test_a_sources_silence_counts_only_while_we_ran(twelve, told):
    """It fell silent before the period, and spoke once in it: of two silences the longer that we lived through."""
    with twelve.begin() as connection:
        source = "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('s', 'Nguồn', 'S', 'real') RETURNING id"
        number = connection.execute(text(source)).scalar_one()
        spoke = start_of_day(date(2026, 1, 11))
        for hour in (PERIOD.since - timedelta(days=60), spoke):
            pulse = "INSERT INTO source_pulse VALUES (:s, :h, :h, 9, 9, 9, 0, 0, 9, 0, 0, 0, 0, 0, 30)"
            connection.execute(text(pulse), {"s": number, "h": hour})
    report = told(twelve)
    silence = report["findings"]["silence/s"]
    # from January to the end there are 263 days less an hour, of which we lived all but February and May
    assert silence["hours"] == pytest.approx((263 - 28 - 31) * 24 - 1)
    assert silence["since"] == (spoke + timedelta(hours=1)).isoformat()
    arrived = report["arrivals"]["s"]
    assert (arrived["messages"], arrived["recorded"], arrived["of_months"]) == (9, 1, 12)
    assert arrived["missing"]["vi"] == "10/2025–12/2025 (3), 02/2026–09/2026 (8)"


def test_it_is_made_of_nothing_too_and_says_so(engine, told):
    report = told(engine)
    assert {value["vi"] for row in report["months"].values() for name, value in row.items() if name != "month"} == {
        "không có ghi nhận"
    }
    assert report["uptime"]["database"]["up"] is None
    assert report["lessons"] == {}


def test_a_published_version_stays_and_says_what_is_otherwise_later(twelve):
    asked = Asked(PERIOD, None, AFTER)
    with twelve.begin() as connection:
        number = keep(connection, PILOT, asked, "an")
        assert keep(connection, PILOT, asked, "an") == number  # nothing new, no new version
        connection.execute(text("UPDATE role_month SET times = times + 1 WHERE month = '2025-12-01'"))
        assert keep(connection, PILOT, asked, "an") > number
        row = get_kept(connection, number, boats=True)
    assert (row.kind, row.first_day) == ("twelve", FIRST)
    assert whole(row)["sections"][0]["name"] == "months"


def test_lessons_stay_and_a_new_row_takes_their_place(engine, told):
    with engine.begin() as connection:
        first = write_lesson(connection, Said("people", "Trực đêm cần hai người"), "an", AFTER)
        second = write_lesson(connection, Said("people", "Trực đêm cần ba người", first), "binh", AFTER)
        other = write_lesson(connection, Said("rules", "Nhầm"), "an", AFTER)
        write_lesson(connection, Said("rules", "Ghi nhầm việc", other, withdrawn=True), "an", AFTER)
    rows = told(engine)["lessons"]
    assert [(row["text"], row["category"]["vi"]) for row in rows.values()] == [
        ("Trực đêm cần ba người", "Nhân sự, đào tạo")
    ]
    for said in (Said("people", "lại", first), Said("people", " "), Said("x", "y"), Said("people", "z", 99)):
        with pytest.raises(BadInput) as found, engine.begin() as connection:
            write_lesson(connection, said, "an", AFTER)
        assert isinstance(found.value, Conflict) is (said.replaces == first)
    with pytest.raises(Exception, match="pilot_lesson"), engine.begin() as connection:
        connection.execute(text("DELETE FROM pilot_lesson WHERE id = :id"), {"id": second})


@given(st.sets(st.integers(0, 11)))
def test_missing_months_can_be_read_back_from_their_words(missing):
    codes = [f"{add_months(FIRST, n):%Y-%m}" for n in sorted(missing)]
    words = say_months(codes, 12)["missing_vi"]
    if len(missing) == 12:
        assert words == "cả 12 tháng"
        return
    read: set[int] = set()
    for part in words.split(", ") if words else []:
        ends = [date.fromisoformat("-".join(reversed(end.split("/"))) + "-01") for end in part.split(" ")[0].split("–")]
        first, last = (12 * day.year + day.month - 12 * FIRST.year - FIRST.month for day in (ends[0], ends[-1]))
        read |= set(range(first, last + 1))
    assert read == missing


def test_twelve_months_are_named_by_their_first():
    today = date(2026, 11, 23)
    assert latest_day("twelve", today) == date(2025, 12, 1)
    period = period_of("twelve", date(2025, 12, 17))
    told = (period.first, period.last, period.before().first)
    assert told == (date(2025, 12, 1), date(2026, 11, 30), date(2024, 12, 1))
    assert period_of("twelve", period.first) == period
