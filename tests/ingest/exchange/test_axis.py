"""Polling an axis: the stand-in of the demonstration over HTTP, and one that misbehaves."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import stamina

from fixtures.axis import SECRET, SYSTEM, Axis, running
from fixtures.letters import Letter, letter_of
from ingest.exchange.axis import AxisClient, AxisUnavailable, Post

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
