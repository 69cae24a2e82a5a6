"""The real app over a real database, and browsers of every role."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from fastapi.testclient import TestClient

from layers.access.accounts import make_link
from layers.access.roles import Role
from web.main import create_app
from web.settings import WebSettings

SignIn = Callable[[Role], TestClient]


def live_now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def client(database_url: str) -> Iterator[TestClient]:
    """A browser nobody is signed in on."""
    app = create_app(WebSettings(), database_url, live_now)
    with TestClient(app, base_url="http://testserver", raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def sign_in(client: TestClient, connection: psycopg.Connection) -> SignIn:
    """Sign the browser in as a role, by a one-click link; `guest` signs out."""

    def signed(role: Role) -> TestClient:
        client.cookies.clear()
        if role is not Role.GUEST:
            token = make_link(connection, role, live_now)
            answer = client.get("/login", params={"link": token}, follow_redirects=False)
            assert answer.status_code == 303
            assert answer.headers["location"] == "/"
        return client

    return signed
