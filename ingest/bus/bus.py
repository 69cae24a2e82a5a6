"""The bus: receivers publish records, one loader takes them, and a record taken is kept until its rows are committed.

Two implementations: the spool (files on this machine) and NATS JetStream (several machines).
"""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import NamedTuple, Protocol

import psycopg

from ingest.bus.record import Record


class Held(NamedTuple):
    """A record as a loader holds it. `writer` names the stream it stands in, `at` its place there, `next` the next.

    Places grow within one writer. Records up to the loader's own committed place come with `again`: they were stored
    before and are handed out once more only so that what they left half-said can be understood. `sender` tells the
    processes apart that share a stream. `refused`: every loader that took it ended; it is to be kept as a reject.
    """

    record: Record
    writer: str
    at: int
    next: int
    again: bool = False
    sender: str = ""
    refused: bool = False


class Place(NamedTuple):
    """How far a loader is with one writer: everything before `done_to` is stored; messages begun and not finished
    began at or after `state_from`.
    """

    state_from: int
    done_to: int


class Publisher(Protocol):
    """The receivers' end; safe to call from several threads."""

    def publish(self, records: Sequence[Record]) -> Future[None]:
        """Done when all of them are safe from a crash; fails with `BusFull` when there is no room for them."""
        ...

    @property
    def waiting_bytes(self) -> int:
        """What was published and is not yet safe."""
        ...

    def close(self) -> None:
        """Make safe what waits, and let go."""
        ...


class Consumer(Protocol):
    """The loader's end: one at a time for every writer."""

    def start(self, connection: psycopg.Connection) -> None:
        """Begin, or begin anew after an error, from what the database says is done."""
        ...

    def take(self, most_bytes: int) -> list[Held]:
        """The next records, perhaps none; does not wait. Within a writer in order."""
        ...

    def look_for_writers(self, connection: psycopg.Connection) -> None:
        """Take over what nobody else loads; called now and then."""
        ...

    def note(self, connection: psycopg.Connection, writer: str, place: Place) -> None:
        """Remember how far we are, inside the transaction that stores the rows."""
        ...

    def settle(self, places: dict[str, Place]) -> None:
        """The transaction is committed: what stands before `state_from` is needed no more (NATS acks it now)."""
        ...

    def forget(self) -> None:
        """Clear out what is settled and has been kept long enough; called now and then."""
        ...

    def report(self) -> dict[str, int]:
        """What the heartbeat says of the bus, in plain numbers."""
        ...

    def close(self) -> None:
        """Let go; what is not settled comes again."""
        ...


class BusFull(Exception):
    """No room to make a record safe; it was not taken, and the sender must keep it."""


class BusAway(Exception):
    """The bus cannot be reached; what is in it stays there, and the loader tries again."""
