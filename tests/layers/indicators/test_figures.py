"""The kept figures are at all times what the observations say: through corrections, quarrels and revocations."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import text

from layers.database import make_engine, transaction
from layers.indicators.current import AS_KNOWN, IN_FORCE, best_sql, rebuild_figures
from layers.indicators.store import Given, Observed, restore_observations, retract_observations, store_observations
from layers.sources.papers import Heading, change_state, record_paper
from layers.sources.register import ensure_source

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))
_FIGURES = "SELECT indicator, subject, period_to, id, value, status, source_id, said, contested FROM "


def observed(value: int | None, status: str = "official", subject: str = "522", indicator: str = "thu_ns") -> Observed:
    number = None if value is None else Decimal(value)
    return Observed(indicator, "unit", subject, *OCTOBER, number, "tỷ đồng", status, 5, b"x")


def given(connection: psycopg.Connection, source: str, paper: str, at: datetime = NOW) -> Given:
    number = ensure_source(connection, source, "simulated")
    return Given(number, 1, record_paper(connection, Heading(paper), (number, 1), None, at), at, at)


def figures(connection: psycopg.Connection) -> list[tuple]:
    return connection.execute(f"{_FIGURES} figure ORDER BY 1, 2, 3").fetchall()


def by_hand(connection: psycopg.Connection) -> list[tuple]:
    return connection.execute(f"{_FIGURES} ({best_sql(IN_FORCE)}) AS every ORDER BY 1, 2, 3".encode()).fetchall()


@pytest.mark.parametrize("seed", range(3))
def test_after_any_history_they_are_those_of_the_observations(connection, seed):
    dice = random.Random(seed)
    papers: list[int] = []
    for turn in range(40):
        at = NOW + timedelta(minutes=turn)
        with transaction(connection):
            if papers and dice.random() < 0.25:
                paper = papers.pop(dice.randrange(len(papers)))
                retract_observations(connection, paper, paper, at)
                change_state(connection, paper, "revoked", at)
                restore_observations(connection, paper, at)
            else:
                place = given(connection, dice.choice("ab"), f"p{turn}", at)
                papers.append(place.paper_id)
                subjects = dice.sample(["522", "524", "525"], 2)
                status = dice.choice(["estimate", "preliminary", "official"])
                store_observations(
                    connection, [observed(dice.choice([None, 1, 2, 3]), status, s) for s in subjects], place
                )
        assert figures(connection) == by_hand(connection)
    rebuild_figures(connection)
    assert figures(connection) == by_hand(connection)


def test_official_stands_before_preliminary_and_a_number_before_none(connection):
    with transaction(connection):
        store_observations(connection, [observed(7, "estimate")], given(connection, "a", "1"))
        assert figures(connection)[0][4:6] == (7, "estimate")
        store_observations(connection, [observed(None, "official")], given(connection, "a", "2"))
        assert figures(connection)[0][4:6] == (7, "estimate")
        store_observations(connection, [observed(5, "official")], given(connection, "a", "3"))
        assert figures(connection)[0][4:6] == (5, "official")  # below what was published: shown, and both kept
        assert figures(connection)[0][7:] == (2, False)
    assert connection.execute("SELECT count(*) FROM observation").fetchone() == (3,)


def test_two_sources_that_disagree_are_contested(connection):
    with transaction(connection):
        store_observations(connection, [observed(5)], given(connection, "a", "1"))
        store_observations(connection, [observed(5)], given(connection, "b", "2"))
        assert figures(connection)[0][8] is False
        store_observations(connection, [observed(6)], given(connection, "b", "3"))
        assert figures(connection)[0][8] is True


def test_what_was_known_then_can_be_asked(connection, database_url):
    with transaction(connection):
        store_observations(connection, [observed(5, "preliminary")], given(connection, "a", "1"))
        store_observations(connection, [observed(4)], given(connection, "a", "2", NOW + timedelta(days=9)))
    engine = make_engine(database_url)
    with engine.connect() as asked:
        for days, value in ((-1, []), (1, [5]), (10, [4])):
            place = {"known": NOW + timedelta(days=days)}
            assert [row.value for row in asked.execute(text(best_sql(AS_KNOWN, then=True)), place)] == value
    engine.dispose()
