"""Invariants: each is shown to hold, is then broken for real, and is found; alarms open, last, close by themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from layers.access.roles import PUBLIC, Role
from layers.database import make_engine
from layers.health.cells import cells_add_up
from layers.health.invariants import INVARIANTS, ON_DUTY, Breach, Invariant
from layers.health.keep import check_due
from layers.health.lateness import sources_on_time
from layers.health.positions import none_from_future, position_heard
from layers.spec import Text

PATIENT = timedelta(seconds=30)
X = Text("x", "x")
WATCHED = Invariant(
    "watched",
    Text("x", "x"),
    Text("x", "x"),
    Text("x", "x"),
    ON_DUTY,
    PUBLIC,
    every=timedelta(seconds=10),
    patience=PATIENT,
)
OTHER = Invariant("other", X, X, X, ON_DUTY, PUBLIC)


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


class House:
    """One watched invariant whose breaches the test decides, and a clock it moves."""

    def __init__(self, engine, now):
        self.engine, self.now, self.breaches = engine, now, []

    def ask(self, seconds=10, *subjects, broken=False):
        self.now += timedelta(seconds=seconds)

        def find(connection, now):
            if broken:
                raise RuntimeError("no answer")
            return [Breach(name, f"{name} hỏng", f"{name} broken") for name in subjects]

        return check_due(self.engine, {"watched": find}, lambda: self.now, [WATCHED])

    def rows(self, query):
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    @property
    def alarms(self):
        return self.rows("SELECT subject, opened_at IS NOT NULL, closed_at IS NOT NULL FROM alarm ORDER BY id")


@pytest.fixture
def house(engine, now):
    return House(engine, now)


def test_a_breach_becomes_an_alarm_when_it_lasts_and_the_alarm_closes_by_itself(house):
    first = house.now + timedelta(seconds=10)
    assert house.ask(10, "a").opened == []
    assert house.ask(20, "a").opened == []
    assert house.ask(10, "a").opened == [("watched", "a", "a broken")]
    assert house.ask(10, "a").opened == []  # once
    assert house.rows("SELECT began_at, opened_at FROM alarm") == [(first, first + PATIENT)]
    assert house.ask(10).closed == [("watched", "a")]
    assert house.alarms == [("a", True, True)]
    house.ask(10, "a")
    assert house.alarms == [("a", True, True), ("a", False, False)]  # another breach is another alarm


def test_a_breach_that_is_over_before_its_patience_never_was_an_alarm(house):
    house.ask(10, "a")
    assert house.ask(10).closed == []
    assert house.alarms == []


def test_subjects_are_told_apart(house):
    for _ in range(4):
        house.ask(10, "a", "b")
    done = house.ask(10, "b", "c")
    assert done.closed == [("watched", "a")]
    assert house.alarms == [("a", True, True), ("b", True, False), ("c", False, False)]


def test_states_say_since_when(house):
    began = house.now + timedelta(seconds=10)
    house.ask(10)
    house.ask(10)
    assert house.rows("SELECT state, since FROM invariant") == [("kept", began)]
    house.ask(10, "a")
    assert house.rows("SELECT state, since, checked_at FROM invariant") == [
        ("broken", began + timedelta(seconds=20), began + timedelta(seconds=20))
    ]


def test_what_cannot_be_asked_is_unknown_keeps_its_alarms_and_stops_no_other(house, engine):
    for _ in range(4):
        house.ask(10, "a")
    done = house.ask(10, broken=True)
    assert (done.closed, [code for code, _ in done.unknown]) == ([], ["watched"])
    assert house.rows("SELECT state, detail FROM invariant") == [("unknown", "RuntimeError('no answer')")]
    assert house.alarms == [("a", True, False)]
    finds = {"watched": lambda *_: 1 / 0, "other": lambda *_: []}
    house.now += timedelta(minutes=1)
    assert check_due(engine, finds, lambda: house.now, [WATCHED, OTHER]).asked == 2


def test_each_is_asked_at_its_own_pace_and_after_a_clock_set_back(house):
    assert house.ask(10).asked == 1
    assert house.ask(9).asked == 0
    assert house.ask(1).asked == 1
    assert house.ask(-3600).asked == 1


def test_a_question_may_read_only(house, engine):
    def find(connection, now):
        connection.execute(text("DELETE FROM source"))
        return []

    done = check_due(engine, {"watched": find}, lambda: house.now, [WATCHED])
    assert "ReadOnly" in done.unknown[0][1]


def test_every_invariant_says_what_to_do_and_whom_to_call_in_both_languages():
    assert len({each.code for each in INVARIANTS}) == len(INVARIANTS)
    for each in INVARIANTS:
        for words in (each.title, each.wrong, each.todo, each.call):
            assert words.vi
            assert words.en
        assert each.readers >= {Role.OPERATOR, Role.ADMIN}
        assert Role.GUEST not in each.readers


@pytest.fixture
def ask(engine, now):
    """The subjects one question finds at a moment."""

    def run(find, later=timedelta(0)):
        with engine.connect() as connection:
            return [breach.subject for breach in find(connection, now + later)]

    return run


def _source(connection, code, cadence):
    return connection.execute(
        "INSERT INTO source (code, title_vi, title_en, origin, cadence) VALUES (%s, %s, %s, 'simulated', %s)"
        " RETURNING id",
        (code, code, code, cadence),
    ).fetchone()[0]


def _heard(connection, source, t):
    number = connection.execute("SELECT count(*) + 999000000 FROM transmitter").fetchone()[0]
    transmitter = connection.execute(
        "INSERT INTO transmitter (key, kind) VALUES (%s, 'ais') RETURNING id", (f"mmsi:{number}",)
    ).fetchone()[0]
    connection.execute(
        "INSERT INTO live (transmitter_id, t, heard_at, stored_at, source_id, lon_e7, lat_e7, version, geom)"
        " VALUES (%s, %s, %s, %s, %s, 0, 0, 1, ST_SetSRID(ST_MakePoint(0, 0), 4326))",
        (transmitter, t, t, t, source),
    )
    return transmitter


def test_a_source_of_positions_that_is_not_heard_is_found_by_its_own_cadence(connection, ask, now):
    for code, cadence in (("quick", timedelta(minutes=5)), ("slow", timedelta(hours=2)), ("any", None)):
        _heard(connection, _source(connection, code, cadence), now)
    assert ask(position_heard) == []
    assert ask(position_heard, timedelta(minutes=10)) == []
    assert ask(position_heard, timedelta(minutes=11)) == ["quick"]
    assert sorted(ask(position_heard, timedelta(hours=5))) == ["quick", "slow"]
    assert ask(sources_on_time, timedelta(hours=5)) == []  # said once, not twice


def test_a_position_of_the_future_is_found_and_one_within_the_allowance_is_not(connection, ask, now):
    source = _source(connection, "ahead", None)
    transmitter = _heard(connection, source, now)
    bounds = "FROM ('2031-01-01') TO ('2031-01-02')"
    connection.execute(f"CREATE TABLE position_far PARTITION OF position FOR VALUES {bounds}")
    put = (
        "INSERT INTO position (transmitter_id, t, payload_hash, source_id, delivery_id, heard_at, raw)"
        " VALUES (%s, %s, 1, %s, 1, %s, '')"
    )
    assert ask(none_from_future) == []
    connection.execute(put, (transmitter, "2031-01-01T12:00:00Z", source, now))
    assert ask(none_from_future) == ["ahead"]
    assert ask(none_from_future, timedelta(days=3650)) == []


def test_a_source_that_is_late_is_found_and_one_that_never_came_is_not(connection, ask, now):
    _source(connection, "never", timedelta(days=1))
    source = _source(connection, "daily", timedelta(days=1))
    connection.execute(
        "INSERT INTO delivery (source_id, label, started_at, finished_at) VALUES (%s, 'x', %s, %s)", (source, now, now)
    )
    assert ask(sources_on_time, timedelta(days=2)) == []
    assert ask(sources_on_time, timedelta(days=2, seconds=1)) == ["daily"]


SCHOOL = """
INSERT INTO school
    (id, code, content_hash, source_id, delivery_id, t, heard_at, stored_at, cell_id, name, stage, pupils, geom)
SELECT 1, 'T1', 1, %s, 1, %s, %s, %s, min(id), 'Trường thử', 'primary', 100,
    ST_SetSRID(ST_MakePoint(108.8, 15.1), 4326)
FROM cell
"""


def test_the_cells_add_up_and_a_sum_that_drifts_from_its_facts_is_found(connection, ask, now):
    find = cells_add_up()
    assert ask(find) == []
    connection.execute(SCHOOL, (_source(connection, "s", None), now, now, now))
    found = ask(find)
    assert found, "a row without its sums"
    assert all(subject.startswith("school.") for subject in found)


def test_a_cell_that_belongs_to_no_commune_is_found(connection, ask):
    connection.execute(
        "DELETE FROM unit_cell USING unit WHERE unit.key = unit_key AND unit.level = 'commune'"
        " AND unit.valid_to IS NULL AND cell_id = (SELECT min(id) FROM cell)"
    )
    found = ask(cells_add_up())
    assert any(subject.startswith("unit.") for subject in found)
