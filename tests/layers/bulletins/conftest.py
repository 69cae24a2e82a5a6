"""A database that has been delivered to since September 2026, and events put into it as detectors would."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from layers.database import make_engine, write
from layers.watch.event_rows import EventRow

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
FIRST = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def engine(database_url):
    made = make_engine(database_url)
    with write(made) as connection:
        delivered(connection)
    yield made
    made.dispose()


def delivered(connection: Connection) -> None:
    """One delivery of a simulated source, long ago."""
    source = (
        "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('thu', 'Nguồn thử', 'A source', 'simulated')"
    )
    number = connection.execute(text(source + " RETURNING id")).scalar_one()
    row = "INSERT INTO delivery (source_id, label, started_at) VALUES (:source, 'thu', :at)"
    connection.execute(text(row), {"source": number, "at": FIRST})


def put_event(connection: Connection, key: str, began: datetime, ended: datetime | None, **told: Any) -> None:
    """One word on an event."""
    stored = began + timedelta(hours=1)
    values = {"key": key, "what": "new", "conduct": "boundary", "step": "beyond", "vessels": [1], "transmitters": [1],
              "began_at": began, "ended_at": ended, "lon_e7": 0, "lat_e7": 0, "facts": {}, "rule_ids": [],
              "origin": "simulated", "found_at": stored, "stored_at": stored}  # fmt: skip
    connection.execute(insert(EventRow).values(**(values | told)))
