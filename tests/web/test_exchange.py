"""What came over the axis, for those who answer for data and for nobody else."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest
from fastapi.testclient import TestClient

from ingest.deliveries import Sender
from ingest.exchange.desk import Desk
from ingest.exchange.take import Incoming, take_message
from layers.access.roles import Role
from layers.units.load import DATA

EXAMPLES = DATA.parents[1] / "docs" / "contracts" / "examples"
NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
SignIn = Callable[[Role], TestClient]


@pytest.fixture
def came(connection: psycopg.Connection) -> None:
    desk = Desk(Sender("axis_test", "simulated", "Trục thử"))
    for name in ("letter.edxml", "replacement.edxml", "vxp-revocation.json", "replacement.edxml"):
        take_message(connection, Incoming(EXAMPLES / name, name), desk, lambda: NOW)
    take_message(connection, Incoming(b"<edXML/>", "bad"), desk, lambda: NOW)


def test_a_message_tells_what_became_of_it(came: None, sign_in: SignIn) -> None:
    client = sign_in(Role.STEWARD)
    found = client.get("/api/exchange/messages").json()["messages"]
    told = [(m["message_type"], m["state"], m["paper_state"], m["seen"]) for m in reversed(found)]
    assert told == [
        ("edoc", "done", "replaced", 1),
        ("replacement", "done", "revoked", 2),
        ("revocation", "done", None, 1),
        ("edoc", "fail", None, 1),
    ]
    whole = client.get(f"/api/exchange/messages/{found[-1]['id']}").json()
    assert [step["state"] for step in whole["steps"]] == ["inbox", "processing", "done"]
    assert whole["published"] == [{"what": "school", "in_force": 0, "gone": 2}]
    assert whole["sha256"] == whole["kept_sha256"]


def test_pages_follow_one_another(came: None, sign_in: SignIn) -> None:
    client = sign_in(Role.OPERATOR)
    first = client.get("/api/exchange/messages", params={"limit": 3}).json()
    rest = client.get("/api/exchange/messages", params={"limit": 3, "before": first["next_before"]}).json()
    assert (len(first["messages"]), len(rest["messages"]), rest["next_before"]) == (3, 1, None)
    failed = client.get("/api/exchange/messages", params={"state": "fail", "type": "edoc"}).json()["messages"]
    assert [m["state"] for m in failed] == ["fail"]


@pytest.mark.parametrize("path", ["/api/exchange/messages", "/api/exchange/messages/1"])
def test_messages_are_for_those_who_answer_for_data(came: None, sign_in: SignIn, path: str) -> None:
    allowed = {Role.STEWARD, Role.OPERATOR, Role.ADMIN}
    for role in Role:
        expected = 200 if role in allowed else 401 if role is Role.GUEST else 403
        assert sign_in(role).get(path).status_code == expected, role


def test_what_is_not_there_is_not_found(sign_in: SignIn) -> None:
    client = sign_in(Role.ADMIN)
    for number in (0, -1, 7, 2**70):
        assert client.get(f"/api/exchange/messages/{number}").status_code in (404, 422)
    assert client.get("/api/exchange/messages", params={"state": "x"}).status_code == 422
