"""A delivery: one run of one source, from its first line to its summary."""

from dataclasses import dataclass
from datetime import timedelta

import psycopg

from geo.clock import Clock
from geo.text import compose
from ingest.summary import Summary
from ingest.write import Batch, Writer
from layers.database import transaction
from layers.sources.register import ensure_source
from layers.vessels.track_keeper import keep_all_tracks


@dataclass(frozen=True)
class Sender:
    """Whose data it is: the source's code, origin (`real`, `simulated`, `replayed`) and title.

    `instead_of` is another source whose rows stand down once a file of this one is in. `cadence` is how often it should
    deliver, for a source that has none yet.
    """

    code: str
    origin: str = "real"
    title: str | None = None
    instead_of: str | None = None
    cadence: timedelta | None = None


class Delivery:
    """Opens the delivery's row, writes its outcomes in batches, and closes it with the summary."""

    def __init__(self, connection: psycopg.Connection, sender: Sender, label: str, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self.summary = Summary()
        with transaction(connection):
            self.source_id = ensure_source(connection, sender.code, sender.origin, sender.title, sender.cadence)
            self.id = open_delivery(connection, self.source_id, label, clock)
        self.writer = Writer(connection, self.source_id, self.id, clock)

    def write(self, batch: Batch) -> None:
        """Store a batch and count what came of it."""
        result = self.writer.write_batch(batch)
        self.summary.stored += result.stored
        self.summary.duplicates += result.messages - result.stored

    def use(self, connection: psycopg.Connection) -> None:
        """Go on over another connection: the one before was lost."""
        self._connection = self.writer.connection = connection

    def note(self) -> None:
        """Put the summary so far into the row of a delivery that is still under way."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE delivery SET summary = %s WHERE id = %s", (self.summary.as_json(), self.id)
            )

    def close(self, digest: bytes | None = None) -> None:
        """Finish the row with the summary; `digest` is the SHA-256 of what was read."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE delivery SET finished_at = %s, summary = %s, sha256 = %s WHERE id = %s",
                (self._clock(), self.summary.as_json(), digest, self.id),
            )

    def sign(self, adapter: str) -> None:
        """Say which code understands it, with its version."""
        with transaction(self._connection):
            self._connection.execute("UPDATE delivery SET adapter = %s WHERE id = %s", (adapter, self.id))

    def keep_tracks(self) -> None:
        """Bring the drawn tracks up to what was written."""
        keep_all_tracks(self._connection, self._clock())


def open_delivery(connection: psycopg.Connection, source_id: int, label: str, clock: Clock) -> int:
    """A new delivery's id."""
    row = connection.execute(
        "INSERT INTO delivery (source_id, label, started_at) VALUES (%s, %s, %s) RETURNING id",
        (source_id, compose(label), clock()),
    ).fetchone()
    assert row is not None  # RETURNING always gives the row
    return int(row[0])
