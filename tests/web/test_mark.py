"""What is replayed is marked on pages that were open before it began: the mark goes out before the first boat."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg
import pytest
from fastapi.testclient import TestClient

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch
from layers.access.roles import Role

SignIn = Callable[[Role], TestClient]


def live_now() -> datetime:
    return datetime.now(UTC)


def deliver(connection: psycopg.Connection, code: str, origin: str) -> None:
    t = unix_ms(live_now())
    fix = Fix("mmsi:999000001", t, t, t, 1_110_000_000, 140_000_000, 50, 900, None, 0, 1, 1, 0, b"raw")
    Delivery(connection, Sender(code, origin), "test", live_now).writer.write_batch(Batch([fix]))


def messages(socket: Any, most: int = 60) -> Iterator[Any]:
    for _ in range(most):
        message = socket.receive()
        yield message["bytes"] if message.get("text") is None else orjson.loads(message["text"])


def is_mark(message: Any, origin: str) -> bool:
    return isinstance(message, dict) and message["type"] == "ingest" and message["origin_mark"] == origin


@pytest.mark.parametrize("role", [Role.OFFICER, Role.GUEST])
def test_an_open_page_is_told_when_a_replay_begins(sign_in: SignIn, connection: psycopg.Connection, role: Role) -> None:
    deliver(connection, "coast", "real")
    client = sign_in(role)
    with client.websocket_connect("/live") as socket:
        assert any(is_mark(message, "real") for message in messages(socket))
        deliver(connection, "replay:night.nmea", "replayed")
        for message in messages(socket):
            assert not isinstance(message, bytes)
            if is_mark(message, "replayed"):
                break
        else:
            pytest.fail("the mark never came")
    assert client.get("/api/status").json()["origin_mark"] == "replayed"
