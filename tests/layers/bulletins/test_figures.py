"""What a report counts: against a plain reckoning, added up over days, as known at a moment."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from geo.errors import NotFound
from layers.bulletins.fisheries import FISHERIES
from layers.bulletins.make import make, read_rows
from layers.bulletins.period import DAY, Period, period_of
from layers.bulletins.spec import Asked
from layers.database import make_engine, write
from layers.watch.cases.ledger import Entry, append, open_case
from layers.watch.event_rows import EventRow
from tests.layers.bulletins.conftest import NOW, delivered, put_event

HOUR = timedelta(hours=1)
MONDAY = period_of("week", date(2026, 11, 18))
SECTIONS = {section.name: section for section in FISHERIES.sections}
same_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
lasting = st.tuples(st.integers(-100, 200), st.none() | st.integers(0, 150), st.integers(1, 3))


def rows(connection: Any, section: str, period: Period, known_at: datetime | None = None) -> Any:
    return read_rows(connection, SECTIONS[section], Asked(period, known_at, NOW))


@given(st.lists(lasting, max_size=8))
@same_database
def test_counts_are_a_plain_reckoning_and_days_add_up_to_their_week(engine, stretches):
    days = [period_of("day", MONDAY.first + n * DAY) for n in range(7)]
    with engine.connect() as connection:
        told = [
            (MONDAY.since + a * HOUR, None if n is None else MONDAY.since + (a + n) * HOUR, v) for a, n, v in stretches
        ]
        for number, (began, ended, vessel) in enumerate(told):
            put_event(connection, f"e{number}", began, ended, vessels=[vessel])
        week = rows(connection, "conducts", MONDAY)["boundary/beyond"]
        parts = [rows(connection, "conducts", day)["boundary/beyond"] for day in days]
        connection.rollback()
    assert week == _reckon(told, MONDAY)
    assert parts == [_reckon(told, day) for day in days]
    for name in ("begun", "ended", "hours"):
        assert week[name] == pytest.approx(sum(part[name] for part in parts), abs=1e-5)
    assert parts[-1]["lasting"] == week["lasting"]


def _reckon(told: Any, period: Period) -> dict[str, Any]:
    here = [(b, e, v) for b, e, v in told if b < period.until and (e is None or e >= period.since)]
    hours = [(min(e or period.until, period.until) - max(b, period.since)) / HOUR for b, e, _ in here]
    return {
        "begun": sum(b >= period.since for b, _, _ in here),
        "ended": sum(e is not None and e < period.until for _, e, _ in here),
        "lasting": sum(e is None or e >= period.until for _, e, _ in here),
        "boats": len({v for _, _, v in here}),
        "hours": pytest.approx(sum(hours), abs=1e-5),
    }


def test_every_additive_column_adds_up(engine):
    """Whatever a section calls additive adds up, on one busy week."""
    days = [period_of("day", MONDAY.first + n * DAY) for n in range(7)]
    with engine.begin() as connection:
        _busy_week(connection)
        for section in FISHERIES.sections:
            adds = [column.name for column in section.columns if column.adds]
            if not adds:
                continue
            week = rows(connection, section.name, MONDAY)
            parts = [rows(connection, section.name, day) for day in days]
            for key, values in week.items():
                for name in adds:
                    assert values[name] == pytest.approx(sum(p[key][name] for p in parts if key in p), abs=1e-5), (
                        section.name,
                        key,
                    )
        assert rows(connection, "cases", MONDAY)["silence"]["closed"] == 3
        assert rows(connection, "penalties", MONDAY)["unpaid"]["amount"] == 28_000_000
        assert rows(connection, "ports", MONDAY)["border/out"]["calls"] == 7


def _busy_week(connection: Any) -> None:
    for n in range(7):
        at = MONDAY.since + n * DAY + 3 * HOUR
        values = {"kind": "silence", "began_at": at, "origin": "simulated"}
        case = open_case(connection, values, Entry("opened", at))
        append(connection, case, Entry("call", at + HOUR, "an", "officer"))
        put_event(connection, f"s{n}", at, at + 40 * HOUR, conduct="silence", step="lost_6h")
        if n % 2:
            change = {"state": "closed", "closed_at": at + 2 * HOUR, "outcome": "in_port"}
            append(connection, case, Entry("state", at + 2 * HOUR, "an", "officer"), change)
        _book(
            connection, "port_call", f"c{n}", at, {"keeper": "border", "station": "Trạm", "direction": "out", "crew": 7}
        )
        penalty = {"agency": "Chi cục", "conduct": "x", "state": "unpaid", "amount_vnd": 1_000_000 * (n + 1)}
        _book(connection, "penalty", f"p{n}", at, penalty)


def _book(connection: Any, table: str, code: str, at: datetime, told: dict[str, Any]) -> None:
    values = {"id": 1, "code": code, "content_hash": 1, "source_id": 1, "delivery_id": 1, "t": at, "heard_at": at,
              "stored_at": at + HOUR, "vessel_no": "QNg-MP 0369", **told}  # fmt: skip
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def test_a_step_of_a_silence_counts_from_when_the_law_says_so(engine):
    day = period_of("day", date(2026, 11, 20))
    with engine.begin() as connection:
        ids = "SELECT id FROM rule WHERE conduct = 'silence' AND step = 'position_by_other_means'"
        rules = list(connection.execute(text(ids)).scalars())
        put_event(connection, "a", day.until - 5 * HOUR, None, conduct="silence", step="lost_6h", rule_ids=rules)
        assert rows(connection, "silences", day)["lost_6h"]["begun"] == 0
        found = rows(connection, "silences", period_of("day", date(2026, 11, 21)))["lost_6h"]
    assert (found["begun"], found["lasting"], found["hours"]) == (1, 1, 23.0)


def test_what_was_known_then_is_what_had_been_stored_then(engine):
    day = period_of("day", date(2026, 11, 20))
    at, later = day.since + HOUR, day.until + 30 * HOUR
    with engine.begin() as connection:
        put_event(connection, "late", at, at + HOUR, stored_at=later)
        put_event(connection, "gone", at, None, conduct="zone", step="wrong_belt", stored_at=at + HOUR)
        connection.execute(EventRow.__table__.update().where(EventRow.key == "gone").values(superseded_at=later))
        put_event(connection, "gone", at, None, conduct="zone", step="wrong_belt", what="withdrawn", stored_at=later)
        _book(connection, "penalty", "p", at, {"agency": "a", "conduct": "x", "state": "paid", "stored_at": later})
        then, now = (rows(connection, "conducts", day, known) for known in (day.until, None))
        assert [found["boundary/beyond"]["begun"] for found in (then, now)] == [0, 1]
        assert [found["zone/wrong_belt"]["begun"] for found in (then, now)] == [1, 0]
        paid = [rows(connection, "penalties", day, known)["paid"]["decisions"] for known in (day.until, later, None)]
    assert paid == [0, 1, 1]


def test_a_case_is_told_as_its_ledger_had_it(engine):
    day = period_of("day", date(2026, 11, 20))
    at, due = day.since + HOUR, day.since + 3 * HOUR
    with engine.begin() as connection:
        values = {"kind": "boundary", "began_at": at, "origin": "simulated", "due_at": due}
        case = open_case(connection, values, Entry("opened", at, body={"set": {"due_at": due.isoformat()}}))
        moved = {"due_at": (day.until + 9 * HOUR)}
        told = {"set": {"due_at": moved["due_at"].isoformat()}}
        append(connection, case, Entry("note", day.until + HOUR, "an", "officer", told), moved)
        assert connection.scalar(text("SELECT due_at FROM watch_case")) == moved["due_at"]
        assert rows(connection, "cases", day)["boundary"] == {"opened": 1, "closed": 0, "open": 1, "overdue": 1}
        assert rows(connection, "cases", period_of("day", date(2026, 11, 21)))["boundary"]["overdue"] == 1
        assert rows(connection, "cases", period_of("day", date(2026, 11, 22)))["boundary"]["opened"] == 0


def test_counts_of_records_are_their_rows_and_totals_the_sum(engine):
    day = period_of("day", date(2026, 11, 20))
    with engine.begin() as connection:
        for n, kind in enumerate(("silence", "distress", "distress")):
            values = {"kind": kind, "began_at": day.since, "origin": "simulated", "vessel_id": n}
            open_case(connection, values, Entry("opened", day.since + HOUR))
        put_event(connection, "a", day.since, None)
        content = make(connection, FISHERIES, Asked(day, None, NOW), boats=True)
    found = {section["name"]: section for section in content["sections"]}
    assert (found["distress"]["count"], found["beyond"]["count"]) == (2, 1)
    assert found["cases"]["total"]["values"]["opened"] == 3
    assert found["cases"]["total"]["before"]["opened"] == 0
    assert content["origin"] == "simulated"


def test_a_period_that_is_not_over_is_held_against_as_much_of_the_one_before(engine):
    now = datetime(2026, 11, 20, 3, tzinfo=UTC)  # 10:00 on Friday
    period = period_of("week", date(2026, 11, 20), now)
    with engine.begin() as connection:
        for n, at in enumerate((4 * DAY + 9 * HOUR, 4 * DAY + 11 * HOUR, 5 * DAY)):
            put_event(connection, f"b{n}", period.before().since + at, period.before().since + at)
        content = make(connection, FISHERIES, Asked(period, None, now), boats=False)
    (row,) = [
        r for s in content["sections"] if s["name"] == "conducts" for r in s["rows"] if r["key"] == "boundary/beyond"
    ]
    assert content["period"]["partial"]
    assert row["before"]["begun"] == 1
    assert row["same"] is None  # 52 weeks ago nothing had been delivered: no zero


def test_before_anything_came_there_is_no_report(database_url):
    engine = make_engine(database_url)
    with write(engine) as connection:
        asked = Asked(period_of("day", date(2026, 8, 1)), None, NOW)
        with pytest.raises(NotFound):
            make(connection, FISHERIES, asked, boats=False)
        delivered(connection)
        with pytest.raises(NotFound):
            make(connection, FISHERIES, asked, boats=False)
    engine.dispose()


def test_what_came_after_the_period_marks_it_no_less(engine):
    """A first delivery that only reaches back: the figures are of it, whenever it came."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE delivery SET t_from = started_at, started_at = :now"), {"now": NOW})
        asked = Asked(period_of("day", date(2026, 11, 20)), None, NOW + HOUR)
        content = make(connection, FISHERIES, asked, boats=False)
    assert content["origin"] == "simulated"
    assert "thu" in [source["code"] for source in content["sources"]]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(["day", "week", "month"]))
def test_periods_follow_one_another(day: date, kind: Any) -> None:
    period = period_of(kind, day)
    assert period.since <= period_of("day", day).since < period.until
    assert period.before().until == period.since
    assert period.before().kind == kind
    assert period.same_days().until <= period.since
    if kind != "month":
        assert period.same_days().since.weekday() == period.since.weekday()
