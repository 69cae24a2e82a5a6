"""A database with people who can be on duty, and a writer over it."""

from collections.abc import Callable
from typing import Any

import pytest

from layers.access.accounts import Who, add_account
from layers.access.roles import Role
from layers.database import make_engine, write

Write = Callable[[Callable[[Any], Any]], Any]
PEOPLE = ("an", "binh", "chi")


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def people(connection, now) -> dict[str, Who]:
    return {n: Who(add_account(connection, n, Role.OFFICER, None, lambda: now), n, Role.OFFICER) for n in PEOPLE}


@pytest.fixture
def do(engine) -> Write:
    """Do something in one transaction of its own."""

    def work(what: Callable[[Any], Any]) -> Any:
        with write(engine) as connection:
            return what(connection)

    return work
