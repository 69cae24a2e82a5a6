"""A delivery: one run of one source, from its first line to its summary."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson
import psycopg

from geo.clock import Clock
from geo.text import compose
from ingest.adapters import adapter_named
from ingest.summary import Summary
from ingest.write import Batch, Writer
from layers.database import transaction
from layers.sources.pulse import NO_AGES, Ages, Came, move_pulse
from layers.sources.register import ensure_source
from layers.vessels.track_keeper import keep_all_tracks

_OPEN = """
INSERT INTO delivery (source_id, label, started_at, form, adapter, said, parent_id, replay_of, paper_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
_CLOSE = """
UPDATE delivery SET finished_at = %(now)s, summary = %(summary)s, sha256 = coalesce(%(sha256)s, sha256)
WHERE id = %(id)s RETURNING source_id
"""
_PREFACE = """
UPDATE delivery SET prefaces = array_append(coalesce(prefaces, '{}'), %(preface)s)
WHERE id = %(id)s AND NOT coalesce(prefaces, '{}') @> ARRAY[%(preface)s::bytea]
"""


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


class Opened(NamedTuple):
    """What a delivery knows of itself from the start; fields as in `layers.sources.models.Delivery`."""

    form: str | None = None
    adapter: str | None = None
    said: dict[str, Any] | None = None
    parent_id: int | None = None
    replay_of: int | None = None
    paper_id: int | None = None


UNKNOWN = Opened()


class Delivery:
    """Opens the delivery's row, writes its outcomes in batches, and closes it with the summary."""

    def __init__(
        self, connection: psycopg.Connection, sender: Sender, label: str, clock: Clock, opened: Opened = UNKNOWN
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._moved_lines = 0
        self._prefaces: set[bytes] = set()
        self.summary = Summary()
        with transaction(connection):
            self.source_id = ensure_source(connection, sender.code, sender.origin, sender.title, sender.cadence)
            self.id = open_delivery(connection, self.source_id, label, clock, opened)
        self.writer = Writer(connection, self.source_id, self.id, clock)

    def write(self, batch: Batch) -> None:
        """Store a batch and count what came of it."""
        result = self.writer.write_batch(batch)
        self._moved_lines += batch.lines
        self.summary.stored += result.stored
        self.summary.duplicates += result.messages - result.stored

    def begin_anew(self, connection: psycopg.Connection, summary: Summary) -> None:
        """Go on over another connection from what the database says of it: what waited is forgotten."""
        self.use(connection)
        self.summary, self._moved_lines = summary, summary.lines
        self._prefaces.clear()
        self.writer = Writer(connection, self.source_id, self.id, self._clock)

    def use(self, connection: psycopg.Connection) -> None:
        """Go on over another connection: the one before was lost."""
        self._connection = self.writer.connection = connection

    def keep_preface(self, preface: bytes) -> None:
        """Remember a header line that the lines of this delivery are read under; nothing for an empty one."""
        if preface and preface not in self._prefaces:
            self._connection.execute(_PREFACE, {"preface": preface, "id": self.id})
            self._prefaces.add(preface)

    def note(self) -> None:
        """Put the summary so far into the row of a delivery that is still under way."""
        with transaction(self._connection):
            self._connection.execute(
                "UPDATE delivery SET summary = %s WHERE id = %s", (self.summary.as_json(), self.id)
            )
            moved = self._move_rest()
        self._moved_lines += moved

    def close(self, digest: bytes | None = None) -> None:
        """Finish the row with the summary; `digest` is the SHA-256 of what was read."""
        with transaction(self._connection):
            told = {"now": self._clock(), "summary": self.summary.as_json(), "sha256": digest, "id": self.id}
            self._connection.execute(_CLOSE, told)
            moved = self._move_rest()
        self._moved_lines += moved

    def keep_tracks(self) -> None:
        """Bring the drawn tracks up to what was written."""
        keep_all_tracks(self._connection, self._clock())

    def _move_rest(self) -> int:
        """Lines that held nothing to store belong to the pulse too; how many those were."""
        rest = max(0, self.summary.lines - self._moved_lines)
        if rest:
            move_pulse(self._connection, self.source_id, Came(lines=rest), self._clock())
        return rest


def open_delivery(
    connection: psycopg.Connection, source_id: int, label: str, clock: Clock, opened: Opened = UNKNOWN
) -> int:
    """A new delivery's id."""
    said = None if opened.said is None else orjson.dumps(opened.said).decode()
    adapter = opened.adapter or (adapter_named(opened.form) if opened.form else None)
    told = (opened.form, adapter, said, opened.parent_id, opened.replay_of, opened.paper_id)
    row = connection.execute(_OPEN, (source_id, compose(label), clock(), *told)).fetchone()
    assert row is not None  # RETURNING always gives the row
    return int(row[0])


def close_delivery(
    connection: psycopg.Connection,
    delivery_id: int,
    summary: Summary,
    now: datetime,
    sha256: bytes | None = None,
    ages: Ages = NO_AGES,
) -> None:
    """Finish the delivery of a file or a message, in the caller's transaction, and move its source's pulse.

    `sha256` is that of the raw file kept for it; `ages` how old its rows were.
    """
    told = {"now": now, "summary": summary.as_json(), "sha256": sha256, "id": delivery_id}
    row = connection.execute(_CLOSE, told).fetchone()
    assert row is not None  # it was opened
    counts = (summary.lines, summary.messages, summary.stored, summary.duplicates, summary.rejected.total())
    move_pulse(connection, row[0], Came(*counts, ages), now)
