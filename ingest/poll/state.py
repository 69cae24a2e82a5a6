"""What is remembered of each feed between two questions: its row in `feed_state`."""

from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import namedtuple_row

from ingest.poll.fetch import Answer, FeedFailed, Known
from layers.database import transaction

_READ = "SELECT tried_at, etag, last_modified, since, sha256 FROM feed_state WHERE name = %s"
_TRIED = """
INSERT INTO feed_state (name, tried_at) VALUES (%(name)s, %(now)s)
ON CONFLICT (name) DO UPDATE SET tried_at = excluded.tried_at
"""
_SUCCEEDED = """
UPDATE feed_state SET succeeded_at = %(now)s, outcome = %(outcome)s, failures = 0, etag = %(etag)s,
    last_modified = %(last_modified)s, since = %(since)s, sha256 = coalesce(%(sha256)s, sha256),
    size = coalesce(%(size)s, size)
WHERE name = %(name)s
"""
_FAILED = """
UPDATE feed_state SET outcome = 'failed', failures = failures + 1, failed_at = %(now)s, error_vi = %(vi)s,
    error_en = %(en)s
WHERE name = %(name)s
"""


class Remembered(NamedTuple):
    """The last time we asked (UTC), what we have, where the next question begins, the last body's hash."""

    tried_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    since: datetime | None = None
    sha256: bytes | None = None

    @property
    def known(self) -> Known:
        """What the server is told that we have."""
        return Known(self.etag, self.last_modified)


def read_state(connection: psycopg.Connection, name: str) -> Remembered:
    """What is remembered of a feed; nothing of one that was never asked."""
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        row: Any = cursor.execute(_READ, (name,)).fetchone()
    return Remembered() if row is None else Remembered(*row)


def note_try(connection: psycopg.Connection, name: str, now: datetime) -> None:
    """We are about to ask."""
    with transaction(connection):
        connection.execute(_TRIED, {"name": name, "now": now})


def note_success(
    connection: psycopg.Connection, name: str, now: datetime, answer: Answer, begun: tuple[str, datetime]
) -> None:
    """It answered; `begun`: the outcome (`new`, `same`), and where the next question begins."""
    outcome, since = begun
    values = {
        "name": name,
        "now": now,
        "outcome": outcome,
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "since": since,
        "sha256": answer.sha256 or None,
        "size": answer.size if answer.fresh else None,
    }
    with transaction(connection):
        connection.execute(_SUCCEEDED, values)


def note_failure(connection: psycopg.Connection, name: str, now: datetime, error: FeedFailed) -> None:
    """It did not, in words; what we have stays."""
    with transaction(connection):
        connection.execute(_FAILED, {"name": name, "now": now, "vi": error.vi, "en": error.detail})
