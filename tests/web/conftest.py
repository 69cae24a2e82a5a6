"""The real app over a real database, and browsers of every role."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from fastapi.testclient import TestClient

from geo.clock import start_of_day
from geo.workdays import DAY
from layers.access.accounts import ensure_account, make_link
from layers.access.roles import Role
from layers.database import connect, transaction
from layers.surveys.rounds import Asking, open_round, tie_to_agency
from web.main import create_app
from web.settings import WebSettings

SignIn = Callable[[Role], TestClient]


def live_now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def reading(reading_url: str) -> Iterator[SignIn]:
    """A browser on one app for tests that only read; gives it signed in as a role."""
    with connect(reading_url) as connection:
        app = create_app(WebSettings(), reading_url, live_now)
        with TestClient(app, base_url="http://testserver", raise_server_exceptions=False) as made:
            yield lambda role: signed_in(made, connection, role)


def signed_in(client: TestClient, connection: psycopg.Connection, role: Role) -> TestClient:
    """The browser, signed in as a role by a one-click link; `guest` signs out."""
    client.cookies.clear()
    if role is not Role.GUEST:
        token = make_link(connection, role, live_now)
        answer = client.get("/login", params={"link": token}, follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
    return client


@pytest.fixture
def client(database_url: str) -> Iterator[TestClient]:
    """A browser nobody is signed in on."""
    app = create_app(WebSettings(), database_url, live_now)
    with TestClient(app, base_url="http://testserver", raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def sign_in(client: TestClient, connection: psycopg.Connection) -> SignIn:
    """Sign the browser in as a role, by a one-click link; `guest` signs out."""

    return lambda role: signed_in(client, connection, role)


@pytest.fixture
def rounds_open(connection: psycopg.Connection) -> dict[str, int]:
    """Two rounds that are open, and the steward's account tied to Sở Y tế."""
    yesterday = live_now().date() - DAY
    with transaction(connection):
        ensure_account(connection, "demo-steward", Role.STEWARD, live_now)
        tie_to_agency(connection, "demo-steward", "so_y_te")
        opened = start_of_day(yesterday)
        asking = {s: Asking(s, yesterday, "thử", "simulated") for s in ("systems", "indicators")}
        return {survey: open_round(connection, one, opened) for survey, one in asking.items()}
