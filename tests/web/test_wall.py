"""The wall's door: which screens exist, who may command it, and that guests in the room see no boat."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import psycopg
import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from geo.clock import system_clock
from layers.access.accounts import make_link
from layers.access.roles import OFFICERS, Role
from layers.database import make_engine, write
from layers.wall.state import change
from web.main import create_app
from web.settings import WebSettings

SignIn = Callable[[Role], TestClient]
PutBoat = Callable[[int, float, float], None]
ORIGIN = {"origin": "http://testserver"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cols=5&rows=3&col=5&row=0", "col"),
        ("cols=5&rows=3&col=0&row=3", "row"),
        ("cols=5&rows=3&col=-1&row=0", "col"),
        ("cols=5&rows=3", "col"),
        ("cols=0&rows=3&col=0&row=0", "cols"),
        ("cols=9999999999&rows=3&col=0&row=0", "cols"),
        ("cols=five&rows=3&col=0&row=0", "cols"),
        ("cols=2.5&rows=3&col=0&row=0", "cols"),
        ("cols=&rows=3&col=0&row=0", "cols"),
        ("cols=2&rows=21&col=0&row=0", "rows"),
        ("cols=2&rows=2&col=0&row=0&bezel=4000", "bezel"),
        ("cols=1&rows=1&screens=5by3", "screens"),
        ("cols=1&rows=1&screens=0x3", "screens"),
        ("cols=2&rows=2&col=0&row=0&screens=2x2", "screens"),
        ("cols=<script>&rows=1", "cols"),
        ("cols=٥&rows=1", "cols"),
    ],
)
def test_a_screen_that_does_not_exist_is_told_with_the_remedy(query: str, field: str, reading: SignIn) -> None:
    client = reading(Role.GUEST)
    page = client.get(f"/wall?{query}", headers={"accept": "text/html"})
    assert page.status_code == 400
    assert f'data-field="{field}"' in page.text
    assert "/wall?cols=5&amp;rows=3&amp;col=2&amp;row=1" in page.text
    assert "<script" not in page.text
    problem = client.get(f"/wall?{query}", headers={"accept": "application/json"})
    assert problem.status_code == 400
    assert problem.json()["field"] == field


@pytest.mark.parametrize("role", list(Role))
def test_who_may_command_the_wall(role: Role, sign_in: SignIn) -> None:
    client = sign_in(role)
    allowed = role in {Role.OFFICER, Role.OPERATOR, Role.ADMIN}
    answer = client.post("/api/wall", json={"scene": "fisheries"}, headers=ORIGIN)
    assert answer.status_code == (200 if allowed else 401 if role is Role.GUEST else 403)
    assert client.get("/api/wall").json() == {
        "guest": False,
        "scene": "fisheries" if allowed else None,
        "can_control": allowed,
    }


def test_two_who_press_at_once_both_have_their_way(database_url: str, connection: psycopg.Connection) -> None:
    """Who lets the scenes rotate must not bring back guests that somebody else sees out in that moment."""
    engine = make_engine(database_url)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

    def rotate() -> tuple[bool, str | None]:
        with write(engine) as mine:
            return tuple(mine.execute(change(system_clock(), "b", scene="")).one()[:2])

    with write(engine) as ours:
        ours.execute(change(system_clock(), "a", guest=True, scene="health"))
    with ThreadPoolExecutor(1) as other:
        with write(engine) as ours:
            ours.execute(change(system_clock(), "a", guest=False))
            pressed = other.submit(rotate)
            while connection.execute(waiting).fetchone() == (0,):
                connection.rollback()  # the list of who waits is read anew by each transaction
                assert not pressed.done()
        assert pressed.result() == (False, None)
    engine.dispose()


def test_orders_are_kept_over_a_restart_and_bad_ones_refused(sign_in: SignIn, database_url: str) -> None:
    client = sign_in(Role.OPERATOR)
    assert client.post("/api/wall", json={"guest": True}, headers=ORIGIN).json()["guest"] is True
    held = client.post("/api/wall", json={"scene": "health"}, headers=ORIGIN).json()
    assert (held["guest"], held["scene"]) == (True, "health")
    with TestClient(create_app(WebSettings(), database_url, system_clock)) as again:
        assert again.get("/api/wall").json() == {"guest": True, "scene": "health", "can_control": False}
    assert client.post("/api/wall", json={"scene": "moon"}, headers=ORIGIN).status_code == 404
    assert client.post("/api/wall", json={"scene": "x" * 99}, headers=ORIGIN).status_code == 422
    assert client.post("/api/wall", json={"guest": True}, headers={"origin": "http://else.test"}).status_code == 403
    assert client.post("/api/wall", json={"scene": ""}, headers=ORIGIN).json()["scene"] is None


def test_the_scenes_say_where_how_long_and_what(reading: SignIn) -> None:
    scenes = reading(Role.GUEST).get("/api/scenes").json()["scenes"]
    assert [s["name"] for s in scenes][:3] == ["province", "fisheries", "health"]
    assert all(s["seconds"] > 0 and s["panels"] and "background" in s["layers"] for s in scenes)
    health = next(s for s in scenes if s["name"] == "health")
    assert health["measure"] == "health_facility.beds"


def test_a_link_signs_a_screen_in_once_and_for_long(client: TestClient, connection: psycopg.Connection) -> None:
    token = make_link(connection, Role.VIEWER, system_clock)
    address = f"/wall?cols=5&rows=3&col=2&row=1&token={token}"
    answer = client.get(address, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/wall?cols=5&rows=3&col=2&row=1"
    assert "max-age=34560000" in answer.headers["set-cookie"].lower()
    assert client.get("/api/me").json()["role"] == "viewer"
    again = client.get(address, follow_redirects=False)
    assert again.headers["location"] == "/wall?cols=5&rows=3&col=2&row=1"
    client.cookies.clear()
    assert client.get(address, follow_redirects=False).headers["location"] == "/login?error=link"


def frames(socket: Any, until: Callable[[dict[str, Any]], bool], most: int = 40) -> list[Any]:
    """What arrives, up to and with the first JSON message that fits."""
    found: list[Any] = []
    for _ in range(most):
        message = socket.receive()
        if message["type"] == "websocket.close":
            raise WebSocketDisconnect
        if message.get("text") is None:
            found.append(message["bytes"])
            continue
        found.append(orjson.loads(message["text"]))
        if until(found[-1]):
            return found
    raise AssertionError("it never came")


def is_hello(mode: str) -> Callable[[dict[str, Any]], bool]:
    return lambda message: message["type"] == "hello" and message["mode"] == mode


def test_guests_in_the_room_turn_every_open_wall_at_once(sign_in: SignIn, put_boat: PutBoat) -> None:
    put_boat(1, 111.0, 14.0)
    client = sign_in(Role.OFFICER)
    with client.websocket_connect("/live?wall=1") as wall, client.websocket_connect("/live") as desk:
        before = frames(wall, lambda m: m["type"] == "ingest")
        assert is_hello("exact")(before[0])
        assert any(isinstance(m, dict) and m["type"] == "wall" and m["guest"] is False for m in before)
        frames(desk, lambda m: m["type"] == "ingest")
        client.post("/api/wall", json={"guest": True}, headers=ORIGIN)
        turned = frames(wall, is_hello("density"))
        assert frames(wall, lambda m: m["type"] == "wall")[-1]["guest"] is True
        rest = frames(wall, lambda m: m["type"] == "counts")
        assert not [m for m in rest if isinstance(m, bytes) or m["type"] == "who"]
        assert turned
        desk.send_text('{"type": "ping", "t": 1}')  # an officer's own desk goes on as before
        heard = frames(desk, lambda m: m["type"] == "pong")
        assert not [m for m in heard if isinstance(m, dict) and m["type"] in ("hello", "wall")]
        client.post("/api/wall", json={"guest": False}, headers=ORIGIN)
        frames(wall, is_hello("exact"))


def test_a_screen_opened_while_guests_are_here_never_hears_of_a_boat(sign_in: SignIn, put_boat: PutBoat) -> None:
    put_boat(1, 111.0, 14.0)
    client = sign_in(Role.OFFICER)
    client.post("/api/wall", json={"guest": True}, headers=ORIGIN)
    with client.websocket_connect("/live?wall=1") as wall:
        heard = frames(wall, lambda m: m["type"] == "counts")
    assert is_hello("density")(heard[0])
    assert "999000001" not in str(heard)
    assert not [m for m in heard if isinstance(m, bytes)]


@pytest.mark.parametrize("role", sorted(OFFICERS))
def test_a_walls_own_session_may_ask_for_no_boat_while_guests_are_here(
    role: Role, client: TestClient, connection: psycopg.Connection, put_boat: PutBoat
) -> None:
    put_boat(1, 111.0, 14.0)
    client.get(f"/wall?cols=1&rows=1&token={make_link(connection, role, system_clock)}", follow_redirects=False)
    assert client.get("/api/vessels").status_code == 200
    if role is Role.POST:  # may see boats, may not command the wall
        return
    assert client.post("/api/wall", json={"guest": True}, headers=ORIGIN).status_code == 200
    refused = client.get("/api/vessels")
    assert refused.status_code == 401
    assert b"999000001" not in refused.content
    assert client.post("/api/wall", json={"guest": False}, headers=ORIGIN).status_code == 200
    assert client.get("/api/vessels").status_code == 200


def test_sources_say_when_they_last_delivered(sign_in: SignIn, connection: psycopg.Connection) -> None:
    client = sign_in(Role.GUEST)
    answer = client.get("/api/sources").json()
    assert {s["state"] for s in answer["sources"] if s["code"] == "units"} <= {"none", "fresh"}
    connection.execute("DELETE FROM delivery")
    connection.execute("UPDATE source SET cadence = interval '1 hour' WHERE code = 'units'")
    for hours, state in ((0.5, "fresh"), (1.5, "late"), (5, "stale")):
        connection.execute(
            "INSERT INTO delivery (source_id, label, started_at, finished_at) SELECT id, 'f.csv', now() - %s * interval"
            " '1 hour', now() - %s * interval '1 hour' FROM source WHERE code = 'units'",
            (hours, hours),
        )
        found = next(s for s in client.get("/api/sources").json()["sources"] if s["code"] == "units")
        assert (found["state"], found["cadence_s"], found["last_delivery"]["rejected"]) == (state, 3600, 0)
        assert found["age_s"] == pytest.approx(hours * 3600, abs=60)
        assert found["reminders"] == []
        connection.execute("DELETE FROM delivery WHERE label = 'f.csv'")


def test_refused_lines_of_the_last_delivery_are_counted(sign_in: SignIn, connection: psycopg.Connection) -> None:
    connection.execute(
        "INSERT INTO delivery (source_id, label, started_at, summary)"
        " SELECT id, 'f', now(), '{\"rejected\": {\"bad_row\": 2, \"bad_field\": 1}}' FROM source WHERE code = 'units'"
    )
    found = sign_in(Role.GUEST).get("/api/sources").json()["sources"]
    units = next(s for s in found if s["code"] == "units")
    assert (units["last_delivery"]["open"], units["last_delivery"]["rejected"]) == (True, 3)
