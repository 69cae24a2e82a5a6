"""Polling an axis: the stand-in of the demonstration over HTTP, and one that misbehaves."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import stamina

from fixtures.axis import SECRET, SYSTEM, Axis, running
from fixtures.letters import Letter, letter_of
from geo.errors import BadInput
from ingest.exchange.axis import AxisClient, AxisUnavailable, Post
from ingest.exchange.document import Organ
from ingest.exchange.settings import ExchangeSettings
from ingest.exchange.take import Incoming, take_message
from layers.database import connect

WHEN = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    stamina.set_testing(True, attempts=2)
    yield
    stamina.set_testing(False)


def _letter(name: str, data: bytes) -> Letter:
    return Letter(name, "H48.90", WHEN, f"{name}.edxml", data)


def _post(axis: Any, client: AxisClient) -> Post:
    return Post(axis.connection, client, axis.desk, lambda: axis.now)


def test_a_round_takes_everything_once_and_tells_the_axis(connection: psycopg.Connection, axis: Any) -> None:
    doc = "H48.90,2026,12"
    standing = Axis([
        _letter("b", axis.letter("14", kind="revocation", about=(doc,))),
        _letter("a", axis.letter("12", axis.first)),
        _letter("c", b"<edXML/>"),
        _letter("d", axis.letter("15", axis.first)),
    ])  # fmt: skip
    with running(standing) as url, AxisClient(url, SYSTEM, SECRET) as client:
        first = _post(axis, client).poll()
        assert (first.taken, first.told, first.summary.unaccounted) == (4, 1, 0)
        assert standing.states == {"b": "done", "a": "done", "c": "fail", "d": "done"}
        assert standing.told[0] == ("b", "acceptance")
        for name in standing.states:
            standing.states[name] = "inbox"
        again = _post(axis, client).poll()
        assert (again.taken, again.known) == (0, 4)
    assert axis.one("SELECT count(*) FROM school WHERE superseded_at IS NULL") == 2


def test_more_than_one_turn(connection: psycopg.Connection, axis: Any) -> None:
    standing = Axis([_letter(f"m{n}", b"<edXML/>" + b" " * n) for n in range(103)])
    with running(standing) as url, AxisClient(url, SYSTEM, SECRET) as client:
        assert _post(axis, client).poll().taken == 103


def test_an_axis_that_fails_is_asked_again_and_loses_nothing(connection: psycopg.Connection, axis: Any) -> None:
    class Failing(Axis):
        def get(self, name: str) -> bytes | None:
            return None if name == "a" and not self.told else super().get(name)

    standing = Failing([_letter("a", axis.letter("12", axis.first)), _letter("b", axis.letter("13", axis.second))])
    with running(standing) as url, AxisClient(url, SYSTEM, SECRET) as client:
        assert (_post(axis, client).poll().missed, standing.states["a"]) == (1, "inbox")
        assert _post(axis, client).poll().taken == 1
    with AxisClient(url, SYSTEM, SECRET) as client, pytest.raises(AxisUnavailable):
        _post(axis, client).poll()


def test_a_wrong_secret_is_told_in_words(axis: Any) -> None:
    with running(Axis([])) as url, AxisClient(url, SYSTEM, "x") as client, pytest.raises(AxisUnavailable, match="401"):
        _post(axis, client).poll()


def test_a_book_is_the_same_letter_for_the_same_content() -> None:
    one, two = letter_of("schools.geojson", b"{}", WHEN), letter_of("schools.geojson", b"{ }", WHEN)
    assert (one == letter_of("schools.geojson", b"{}", WHEN), one.id == two.id) == (True, False)


def test_an_agency_publishes_only_what_is_its_own(connection: psycopg.Connection, axis: Any) -> None:
    axis.desk = replace(axis.desk, may={"H48.90": frozenset({"zone"}), "H48.92": frozenset({"school"})})
    refused = axis.take(axis.letter("12", axis.first))
    assert (refused.state, "H48.90" in str(refused.detail), "school" in str(refused.detail)) == (
        "rejection",
        True,
        True,
    )
    assert axis.take(axis.letter("1", axis.first, sender=Organ("H48.92"))).state == "done"
    assert axis.take(axis.letter("13")).state == "done"


def test_who_publishes_what_is_read_from_the_settings() -> None:
    told = ExchangeSettings(exchange_senders="H48.01=school, zone; H48.02=his;").may()
    assert told == {"H48.01": {"school", "zone"}, "H48.02": {"his"}}
    with pytest.raises(BadInput, match="H48"):
        ExchangeSettings(exchange_senders="H48.01").may()


def test_a_letter_and_what_takes_it_back_never_miss_each_other(
    connection: psycopg.Connection, database_url: str, axis: Any
) -> None:
    """Taken at the same time by two processes: the second waits, and finds what the first stored."""
    assert axis.take(axis.letter("11")).state == "done"
    back = axis.letter("14", kind="revocation", about=("H48.90,2026,12",))
    with connect(database_url) as other, ThreadPoolExecutor(1) as pool:
        with connection.transaction():
            axis.take(axis.letter("12", axis.first))
            later = pool.submit(take_message, other, Incoming(back, "back"), axis.desk, lambda: axis.now)
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            with connect(database_url) as watch:
                while not later.done() and watch.execute(waiting).fetchone() == (0,):
                    watch.execute("SELECT pg_sleep(0.01)")
        assert later.result().state == "done"
    assert axis.one("SELECT count(*) FROM school WHERE superseded_at IS NULL") == 0
