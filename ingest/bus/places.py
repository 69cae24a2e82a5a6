"""How far the loader is with each writer: noted in the transaction that stores the rows, whatever the bus.

A place also counts how many loaders began behind it and never got further: that is how a record that ends every loader
that takes it is told from a loader that somebody killed.
"""

from collections import deque
from collections.abc import Callable

import psycopg

from geo.clock import Clock
from ingest.bus.bus import Held, Place
from layers.database import transaction

WARY_AFTER = 1
"""So many loaders ended behind a place: what was read there is handed out one by one, each counted for itself."""
MOST_TRIES = 5
"""So many loaders ended behind a place: its next record is refused."""

_PLACE = "SELECT state_from, done_to FROM spool_place WHERE writer = %s"
_NOTE = """
INSERT INTO spool_place AS p (writer, name, state_from, done_to, noted_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (writer) DO UPDATE SET
    name = excluded.name, state_from = excluded.state_from, done_to = excluded.done_to, noted_at = excluded.noted_at,
    tries = CASE WHEN excluded.done_to > p.done_to THEN 0 ELSE p.tries END
"""
_TRY = """
INSERT INTO spool_place AS p (writer, name, state_from, done_to, noted_at, tries) VALUES (%s, '', %s, %s, %s, 1)
ON CONFLICT (writer) DO UPDATE SET tries = p.tries + 1 RETURNING tries
"""


def read_place(connection: psycopg.Connection, writer: str) -> Place | None:
    """How far the database says it is with a writer."""
    row = connection.execute(_PLACE, (writer,)).fetchone()
    return None if row is None else Place(int(row[0]), int(row[1]))


def note_place(connection: psycopg.Connection, writer: str, name: str, place: Place, clock: Clock) -> None:
    """Remember it, in the caller's transaction; `name` is for people."""
    connection.execute(_NOTE, (writer, name, place.state_from, place.done_to, clock()))


class Caution:
    """Hands out one writer's records; after loaders have ended behind its place one by one, the culprit marked.

    Only the first begin of a process counts: an error of the database is no fault of a record.
    """

    def __init__(self, writer: str, clock: Clock) -> None:
        self._writer, self._clock = writer, clock
        self._back: deque[Held] = deque()
        self._counted = self._wary = False
        self._tries = 0
        self._alone: int | None = None

    def begin(self) -> None:
        """Begin anew: what was held back is forgotten, it will be read again."""
        self._back.clear()
        self._alone = None

    def hand_out(self, connection: psycopg.Connection, read: Callable[[], list[Held]]) -> list[Held]:
        """What may be taken now of what `read` brings."""
        if self._alone is not None:
            return []
        if not self._back:
            self._wary = self._wary and not self._counted  # all that was suspected is through
            self._back.extend(read())
        if not self._counted and (new := next((held for held in self._back if not held.again), None)):
            self._count(connection, new)
        if self._wary:
            return self._hand_out_one()
        found = list(self._back)
        self._back.clear()
        return found

    def settle(self, done_to: int) -> None:
        """Everything before is stored: what came through is not to blame; the next one is counted for itself."""
        if self._alone is not None and done_to >= self._alone:
            self._alone, self._counted = None, not self._back

    def _count(self, connection: psycopg.Connection, new: Held) -> None:
        """Write down that this process tries, before anything can end it."""
        with transaction(connection):
            row = connection.execute(_TRY, (self._writer, new.at, new.at, self._clock())).fetchone()
        self._tries, self._counted = int(row[0]) if row else 0, True
        self._wary = self._wary or self._tries > WARY_AFTER

    def _hand_out_one(self) -> list[Held]:
        """What is handed out again anyhow, and one more; nothing after it until that one is settled."""
        found: list[Held] = []
        while self._back and self._back[0].again:
            found.append(self._back.popleft())
        if self._back:
            held = self._back.popleft()
            self._alone = held.next
            found.append(held._replace(refused=self._tries > MOST_TRIES))
        return found
