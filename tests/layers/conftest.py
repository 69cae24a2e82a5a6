"""A connection to the units for tests that only read them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine

from layers.database import make_engine


@pytest.fixture(scope="module")
def engine(reading_url: str) -> Iterator[Engine]:
    made = make_engine(reading_url)
    yield made
    made.dispose()


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection
