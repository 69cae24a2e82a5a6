"""Twelve months of a pilot, two of which nobody recorded: what its report must say of them is known beforehand."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from geo.clock import start_of_day
from geo.workdays import add_months
from layers.bulletins.make import make
from layers.bulletins.period import Period, period_of
from layers.bulletins.pilot import PILOT
from layers.bulletins.spec import Asked
from layers.database import make_engine
from layers.watch.cases.ledger import Entry, append, open_case

FIRST = date(2025, 10, 1)
PERIOD = period_of("twelve", FIRST)
AFTER = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
MISSING = (date(2026, 2, 1), date(2026, 5, 1))
OUTAGE = (datetime(2026, 3, 10, 2, tzinfo=UTC), datetime(2026, 3, 10, 6, 30, tzinfo=UTC))
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Told = Callable[..., Any]


@pytest.fixture
def engine(database_url: str) -> Any:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def twelve(engine: Any) -> Any:
    """A database with such twelve months in it."""
    with engine.begin() as connection:
        put_twelve(connection)
    return engine


def put_life(connection: Connection, process: str, since: datetime, until: datetime, state: str = "up") -> None:
    row = "INSERT INTO process_life (process, state, since, until, told_by) VALUES (:p, :s, :a, :b, :p)"
    connection.execute(text(row), {"p": process, "s": state, "a": since, "b": until})


def put_twelve(connection: Connection) -> None:
    """Web and worker up whenever anything is recorded, but the web not in OUTAGE; cases, calls, answers, lessons."""
    months = [add_months(FIRST, n) for n in range(12)]
    for month in (month for month in months if month not in MISSING):
        since, until = start_of_day(month), start_of_day(add_months(month, 1))
        put_life(connection, "work", since, until)
        if since < OUTAGE[0] < until:
            put_life(connection, "web", since, OUTAGE[0])
            put_life(connection, "web", OUTAGE[1], until)
        else:
            put_life(connection, "web", since, until)
        _put_counts(connection, month)
        _put_case(connection, since + 26 * HOUR)


def _put_counts(connection: Connection, month: date) -> None:
    answers = "INSERT INTO request_day VALUES (:day, 'api', 2, 900, 50, 30, 12, 6, 2)"
    connection.execute(text(answers), {"day": month + timedelta(days=3)})
    for role, use, times in (("leader", "page", 40), ("leader", "api", 900), ("operator", "page", 220)):
        row = "INSERT INTO role_month VALUES (:month, :role, :use, :times)"
        connection.execute(text(row), {"month": month, "role": role, "use": use, "times": times})


def _put_case(connection: Connection, at: datetime) -> None:
    case = open_case(connection, {"kind": "silence", "began_at": at, "origin": "simulated"}, Entry("opened", at))
    seen = at + 12 * MINUTE
    append(connection, case, Entry("acknowledged", seen, "an", "operator"), {"acknowledged_at": seen})
    append(connection, case, Entry("call", at + 30 * MINUTE, "an", "operator"))
    closed = at + 5 * HOUR
    change = {"state": "closed", "closed_at": closed, "outcome": "in_port"}
    append(connection, case, Entry("state", closed, "an", "operator"), change)


@pytest.fixture
def told() -> Told:
    """Makes the report of a period and gives the rows of each section by key."""

    def tell(engine: Any, period: Period = PERIOD, known_at: datetime | None = None) -> Any:
        with engine.connect() as connection:
            content = make(connection, PILOT, Asked(period, known_at, AFTER), boats=True)
        return {s["name"]: {row["key"]: row["values"] for row in s["rows"]} for s in content["sections"]}

    return tell
