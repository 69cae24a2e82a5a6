"""What a run over rejects carries along, and what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psycopg

from geo.clock import Clock
from ingest.deliveries import Sender
from ingest.outcome import Reject
from ingest.rejects import faults_json, fold_reject, printable
from layers.sources.rejects import Anew, From, Open, refuse_anew


@dataclass(frozen=True)
class Work:
    """A connection (autocommit), who asked for it (a user's name), and the clock."""

    connection: psycopg.Connection
    by: str
    clock: Clock


@dataclass
class Tally:
    """`looked` at, of which `understood`, which gave `stored` new facts; `left`: why deliveries could not be read."""

    looked: int = 0
    understood: int = 0
    stored: int = 0
    left: list[str] | None = None

    def leave(self, why: str, count: int) -> None:
        """Rejects that stay as they are."""
        self.looked += count
        self.left = [*(self.left or []), why]


Progress = Callable[[Tally], None]


def sender_of(from_: From) -> Sender:
    """Whose data a delivery is."""
    return Sender(from_.code, from_.origin, from_.title)


def refuse_again(work: Work, rejects: Sequence[tuple[Open, Reject]]) -> None:
    """Note why each is refused today; in the caller's transaction."""
    for found, reject in rejects:
        detail = printable(reject.detail)
        told = (detail, faults_json(reject), fold_reject(detail, found.raw))
        refuse_anew(work.connection, Anew(found.id, found.reason, reject.reason, *told), work.by, work.clock())
