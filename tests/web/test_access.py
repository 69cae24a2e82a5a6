"""Signing in, and the matrix of who may see what: equal bytes where roles must differ fail the build."""

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest
from fastapi.testclient import TestClient

from geo.tilegrid import tile_at
from layers.access import accounts
from layers.access.roles import OFFICERS, Role
from layers.access.scope import scope
from layers.registry import load_layers

LAYERS = load_layers()
SignIn = Callable[[Role], TestClient]
PutBoat = Callable[[int, float, float], None]
BOATS_TILE = tile_at(111.0, 14.0, 8)


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_no_two_roles_of_different_scope_get_equal_bytes(layer: str, sign_in: SignIn, put_boat: PutBoat) -> None:
    for number in range(5):
        put_boat(number, 111.0 + number * 0.01, 14.0)
    path = f"/tiles/{layer}/{BOATS_TILE.z}/{BOATS_TILE.x}/{BOATS_TILE.y}.mvt"
    bodies: dict[str, set[tuple[int, bytes, str | None]]] = {}
    for role in Role:
        answer = sign_in(role).get(path)
        body = (answer.status_code, answer.content, answer.headers.get("etag"))
        bodies.setdefault(scope(role, LAYERS[layer]).digest, set()).add(body)
    assert all(len(same) == 1 for same in bodies.values())
    if layer == "vessel":
        assert len(bodies) == 2
    different = [next(iter(same)) for same in bodies.values()]
    assert len(set(different)) == len(bodies)
    assert len({tag for _, _, tag in different}) == len(bodies)


def test_one_roles_etag_never_serves_another(sign_in: SignIn, put_boat: PutBoat) -> None:
    put_boat(1, 111.0, 14.0)
    path = f"/tiles/vessel/{BOATS_TILE.z}/{BOATS_TILE.x}/{BOATS_TILE.y}.mvt"
    officer = sign_in(Role.OFFICER).get(path)
    guest = sign_in(Role.GUEST).get(path, headers={"if-none-match": officer.headers["etag"]})
    assert guest.status_code == 200
    assert guest.content != officer.content
    assert "private" in officer.headers["cache-control"]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("path", ["/api/vessels", "/api/vessels/t1"])
def test_boats_are_for_officers(path: str, role: Role, sign_in: SignIn, put_boat: PutBoat) -> None:
    put_boat(1, 111.0, 14.0)
    expected = 200 if role in OFFICERS else 401 if role is Role.GUEST else 403
    answer = sign_in(role).get(path)
    assert answer.status_code == expected
    if expected != 200:
        assert b"999000001" not in answer.content


def test_a_guests_stream_is_a_density_and_an_officers_is_boats(sign_in: SignIn, put_boat: PutBoat) -> None:
    put_boat(1, 111.01, 14.01)
    for role, mode in ((Role.GUEST, "density"), (Role.LEADER, "density"), (Role.OFFICER, "exact")):
        with sign_in(role).websocket_connect("/live") as socket:
            assert socket.receive_json()["mode"] == mode
            seen = [socket.receive() for _ in range(3)]
        text = b"".join((m.get("text") or "").encode() + (m.get("bytes") or b"") for m in seen)
        assert (b"999000001" in text) is (mode == "exact")


def test_a_foreign_page_may_not_open_the_stream(client: TestClient) -> None:
    with pytest.raises(Exception), client.websocket_connect("/live", headers={"origin": "http://elsewhere.example"}):  # noqa: B017, PT011
        pass


def test_a_link_signs_in_once(client: TestClient, connection: psycopg.Connection) -> None:

    token = accounts.make_link(connection, Role.OFFICER, lambda: datetime.now(UTC))
    first = client.get("/login", params={"link": token}, follow_redirects=False)
    assert "HttpOnly" in first.headers["set-cookie"]
    assert client.get("/api/me").json()["role"] == "officer"
    client.cookies.clear()
    second = client.get("/login", params={"link": token}, follow_redirects=False)
    assert second.headers["location"] == "/login?error=link"
    assert client.get("/api/me").json()["role"] == "guest"


ORIGIN = {"origin": "http://testserver"}


def test_password_login(client: TestClient, connection: psycopg.Connection) -> None:

    password = accounts.new_password()
    accounts.add_account(connection, "can-bo", Role.OFFICER, password, lambda: datetime.now(UTC))
    stored = connection.execute("SELECT password_hash FROM account").fetchone()
    assert stored is not None
    assert stored[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    form = {"username": "can-bo", "password": password}
    assert client.post("/login", data=form).status_code == 403
    assert client.post("/login", data=form, headers={"origin": "http://elsewhere.example"}).status_code == 403
    for wrong in ({**form, "password": "x"}, {**form, "username": "nobody"}):
        answer = client.post("/login", data=wrong, headers=ORIGIN, follow_redirects=False)
        assert answer.headers["location"] == "/login?error=password"
    client.post("/login", data=form, headers=ORIGIN, follow_redirects=False)
    assert client.get("/api/me").json() == {"role": "officer", "name": "can-bo", "can": {"boats": True, "alarms": True}}
    client.post("/logout", headers=ORIGIN, follow_redirects=False)
    assert client.get("/api/me").json()["role"] == "guest"


def test_a_session_ended_on_the_server_is_ended(sign_in: SignIn, connection: psycopg.Connection) -> None:
    client = sign_in(Role.OFFICER)
    connection.execute("UPDATE session SET ended_at = now()")
    client.app.state.opsmap.sessions.clear()  # type: ignore[attr-defined]
    assert client.get("/api/me").json()["role"] == "guest"


def test_tokens_are_stored_as_hashes_only(sign_in: SignIn, connection: psycopg.Connection) -> None:
    client = sign_in(Role.OFFICER)
    token = client.cookies["opsmap_session"]
    row = connection.execute("SELECT token_hash FROM session").fetchone()
    assert row is not None
    assert token.encode() not in bytes(row[0])
