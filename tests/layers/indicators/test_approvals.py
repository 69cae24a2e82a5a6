"""Maker and checker: what waits stands beside what is in force; of any moment it is known what was approved then."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import text

from geo.errors import BadInput, Conflict, NotAllowed
from layers.access.accounts import Who
from layers.access.roles import Role
from layers.database import make_engine, transaction
from layers.indicators.approve import Verdict, decide
from layers.indicators.current import AS_KNOWN, IN_FORCE, best_sql
from layers.indicators.store import (
    Given,
    Kept,
    Observed,
    restore_observations,
    retract_observations,
    store_observations,
)
from layers.sources.papers import Heading, change_state, record_paper
from layers.sources.register import ensure_source

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
OCTOBER = (date(2026, 10, 1), date(2026, 11, 1))
OPERATOR, ADMIN = Who(1, "truc", Role.OPERATOR), Who(2, "quan-tri", Role.ADMIN)
_FIGURES = "SELECT indicator, subject, id, value, status, said, contested, pending FROM "
Bring = Callable[..., Kept]


def observed(value: int | None, status: str = "official", subject: str = "522") -> Observed:
    number = None if value is None else Decimal(value)
    return Observed("thu_ns", "unit", subject, *OCTOBER, number, "tỷ đồng", status, 5, b"x")


@pytest.fixture
def bring(connection: psycopg.Connection) -> Bring:
    """Bring one figure as an account, or as a machine; a delivery of its own."""

    def brought(value: int | None, by: str | None, minute: int = 0, **said: str) -> Kept:
        at = NOW + timedelta(minutes=minute)
        with transaction(connection):
            source = ensure_source(connection, said.pop("source", "a"), "simulated")
            number = delivery(connection, source, at)
            paper = record_paper(connection, Heading(f"p{number}"), (source, number), None, at)
            return store_observations(connection, [observed(value, **said)], Given(source, number, paper, at, at, by))

    return brought


def delivery(connection: psycopg.Connection, source: int, at: datetime) -> int:
    row = connection.execute(
        "INSERT INTO delivery (source_id, label, started_at) VALUES (%s, 't', %s) RETURNING id",
        (source, at),
    ).fetchone()
    assert row is not None
    return int(row[0])


def policy(connection: psycopg.Connection, mode: str, side: str = "person", **of: str) -> None:
    connection.execute(
        "INSERT INTO approval_policy (code, of_source, indicator, side, mode, source, verified, valid_from)"
        " VALUES (%s, %s, %s, %s, %s, 'thử', false, '2020-01-01')",
        (f"thu.{mode}.{side}", of.get("of_source"), of.get("indicator"), side, mode),
    )


def last(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT max(id) FROM submission").fetchone()
    assert row is not None
    return int(row[0])


def judge(connection: psycopg.Connection, submission: int, decision: str, minute: int, who: Who = OPERATOR) -> None:
    with transaction(connection):
        decide(connection, submission, Verdict(decision, "sai đơn vị tính"), who, NOW + timedelta(minutes=minute))


def shown(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT value, status, pending FROM figure ORDER BY subject").fetchall()


def test_what_a_person_brings_is_shown_with_its_mark_until_another_approves(connection, bring):
    bring(5, None)
    bring(7, "so-tai-chinh", 1)
    assert shown(connection) == [(7, "official", True)]
    judge(connection, last(connection), "approved", 2)
    assert shown(connection) == [(7, "official", False)]
    rows = connection.execute("SELECT value, superseded_at FROM observation ORDER BY id").fetchall()
    assert rows == [(5, NOW + timedelta(minutes=2)), (7, None)]
    said = connection.execute("SELECT username, action, subject, reason FROM audit").fetchall()
    assert said == [("truc", "figures.approved", f"submission {last(connection)}", "sai đơn vị tính")]


def test_what_is_returned_stays_readable_and_counts_no_more(connection, bring):
    bring(5, None)
    bring(7, "so-tai-chinh", 1)
    judge(connection, last(connection), "returned", 2)
    assert shown(connection) == [(5, "official", False)]
    assert connection.execute("SELECT value FROM observation WHERE retracted_at IS NOT NULL").fetchall() == [(7,)]
    bring(6, "so-tai-chinh", 3)
    assert shown(connection) == [(6, "official", True)]


def test_hidden_until_approved_nobody_sees_it(connection, bring):
    policy(connection, "hide", indicator="thu_ns", of_source="a")
    bring(5, None)
    bring(7, "so-tai-chinh", 1)
    assert shown(connection) == [(5, "official", False)]
    judge(connection, last(connection), "approved", 2)
    assert shown(connection) == [(7, "official", False)]


def test_the_policy_that_says_most_holds(connection, bring):
    policy(connection, "auto", of_source="a")
    bring(5, "so-tai-chinh")
    assert shown(connection) == [(5, "official", False)]
    bring(6, "so-tai-chinh", source="b", subject="524")
    assert shown(connection)[1] == (6, "official", True)
    policy(connection, "show", "machine", indicator="thu_ns")
    bring(7, None, 1, subject="525")
    assert shown(connection)[2] == (7, "official", True)
    assert connection.execute("SELECT made_by FROM submission ORDER BY id").fetchall() == [("so-tai-chinh",), (None,)]


def test_nobody_approves_what_they_brought(connection, bring):
    bring(5, "truc")
    with pytest.raises(NotAllowed, match="another account"):
        judge(connection, last(connection), "approved", 1)
    with pytest.raises(NotAllowed, match="another account"):
        judge(connection, last(connection), "returned", 1)
    for other in (Who(3, "so", Role.STEWARD), Who(0, "khóa", Role.ADMIN, key=True)):
        with pytest.raises(NotAllowed, match="signed in as a person"):
            judge(connection, last(connection), "approved", 1, other)
    assert shown(connection) == [(5, "official", True)]
    judge(connection, last(connection), "approved", 1, ADMIN)
    assert shown(connection) == [(5, "official", False)]


def test_a_decision_is_made_once_and_an_approval_may_be_taken_back(connection, bring):
    bring(5, None)
    bring(7, "so", 1)
    one = last(connection)
    with pytest.raises(BadInput, match="reason"), transaction(connection):
        decide(connection, one, Verdict("returned", "  "), OPERATOR, NOW)
    judge(connection, one, "approved", 2)
    with pytest.raises(Conflict, match="already"):
        judge(connection, one, "approved", 3)
    judge(connection, one, "returned", 4, ADMIN)
    assert shown(connection) == [(5, "official", False)]
    with pytest.raises(Conflict, match="already"):
        judge(connection, one, "approved", 5)
    told = connection.execute("SELECT decision, decided_by FROM approval ORDER BY id").fetchall()
    assert told == [("approved", "truc"), ("returned", "quan-tri")]
    for table in ("approval", "submission"):
        with pytest.raises(psycopg.errors.DatabaseError):
            connection.execute(f"DELETE FROM {table}".encode())


def test_a_newer_version_takes_the_place_of_the_one_that_waits(connection, bring):
    bring(5, "so")
    former = last(connection)
    assert bring(5, "so", 1) == Kept(0, 1, 0)
    assert bring(6, "so", 2) == Kept(1, 0, 1)
    with pytest.raises(Conflict, match="newer version"):
        judge(connection, former, "approved", 3)
    assert shown(connection) == [(6, "official", True)]


@pytest.mark.parametrize("seed", range(6))
def test_at_every_moment_it_is_known_what_was_approved_then(connection, bring, database_url, seed):
    dice = random.Random(seed)
    policy(connection, "hide", of_source="b", indicator="thu_ns")
    was: dict[datetime, list[tuple[object, ...]]] = {}
    for turn in range(1, 45):
        one = pick(connection, dice, "SELECT id FROM submission ORDER BY id")
        paper = pick(connection, dice, "SELECT id FROM paper WHERE state = 'valid' ORDER BY id")
        if paper is not None and dice.random() < 0.15:
            revoke(connection, paper, turn)
        elif one is not None and dice.random() < 0.4:
            try:
                judge(connection, one, dice.choice(["approved", "returned"]), turn, dice.choice([OPERATOR, ADMIN]))
            except (Conflict, NotAllowed):
                continue
        else:
            said = {"source": dice.choice("ab"), "subject": dice.choice(["522", "524"])}
            status = dice.choice(["estimate", "preliminary", "official"])
            bring(dice.choice([None, 1, 2, 3]), dice.choice([None, "so", "truc"]), turn, status=status, **said)
        was[NOW + timedelta(minutes=turn)] = figures(connection, "figure")
        assert figures(connection, f"({best_sql(IN_FORCE)}) AS every") == figures(connection, "figure")
    engine = make_engine(database_url)
    with engine.connect() as asked:
        for at, then in was.items():
            sql = f"{_FIGURES} ({best_sql(AS_KNOWN, then=True)}) AS every ORDER BY 1, 2"
            assert [tuple(row) for row in asked.execute(text(sql), {"known": at})] == then
    engine.dispose()


def pick(connection: psycopg.Connection, dice: random.Random, sql: str) -> int | None:
    rows = connection.execute(sql.encode()).fetchall()
    return int(dice.choice(rows)[0]) if rows else None


def revoke(connection: psycopg.Connection, paper: int, minute: int) -> None:
    at = NOW + timedelta(minutes=minute)
    with transaction(connection):
        retract_observations(connection, paper, paper, at)
        change_state(connection, paper, "revoked", at)
        restore_observations(connection, paper, at)


def figures(connection: psycopg.Connection, what: str) -> list[tuple[object, ...]]:
    return connection.execute(f"{_FIGURES} {what} ORDER BY 1, 2".encode()).fetchall()
