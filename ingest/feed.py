"""A live feed: what one stream has brought and is not yet stored."""

from collections.abc import Callable
from datetime import datetime

import psycopg

from geo.clock import unix_ms
from ingest.deliveries import Delivery
from ingest.load import preface_of
from ingest.outcome import Fix, Outcome, Reject
from ingest.stream import Stream
from ingest.summary import Summary
from ingest.vms.whose import name_waiting
from ingest.write import Batch

BATCH = 8_000
MOST_WAITING = 5 * BATCH


class LiveFeed:
    """One stream and the delivery it is stored under. `on_stored` is called whenever nothing waits any more."""

    def __init__(self, stream: Stream, delivery: Delivery, on_stored: Callable[[], None] = lambda: None) -> None:
        self._stream = stream
        self._on_stored = on_stored
        self._waiting: list[Outcome] = []
        self._arrived_ms: int | None = None
        self.delivery = delivery

    @property
    def lines(self) -> int:
        """Lines taken so far."""
        return self._stream.tally().lines

    @property
    def waiting(self) -> int:
        """Outcomes taken and not stored."""
        return len(self._waiting)

    def take(self, now: datetime) -> bool:
        """Understand what has come by `now`, unless enough is waiting; whether anything had."""
        room = MOST_WAITING - len(self._waiting)
        found = self._stream.take(now, room) if room > 0 else []
        self._waiting += found
        if self._waiting and self._arrived_ms is None:
            self._arrived_ms = unix_ms(now)
        return bool(found)

    def close(self) -> None:
        """Let nothing more come."""
        self._stream.close()

    def finish(self) -> None:
        """Let go of what was held back."""
        self._waiting += self._stream.finish()

    def store(self) -> None:
        """Commit what is waiting. What cannot be stored now stays waiting; what never can be becomes a reject."""
        store_waiting(self.delivery, self._waiting, self._arrived_ms)
        self._arrived_ms = None
        self.delivery.keep_preface(preface_of(self._stream))
        self._on_stored()

    def sum_up(self, seconds: float) -> Summary:
        """The summary so far, as it stands in the delivery's row."""
        lines, extra, ignored, lost = self._stream.tally()
        summary = self.delivery.summary
        joined = summary.ignored["fragment_joined"]
        summary.ignored = ignored.copy()
        if joined:
            summary.ignored["fragment_joined"] = joined
        summary.lines, summary.extra_sentences, summary.lost_datagrams = lines, extra, lost
        summary.seconds = seconds
        return summary


def store_waiting(delivery: Delivery, waiting: list[Outcome], arrived_ms: int | None) -> None:
    """Store and count outcomes, and take them off the list as they are; what never can be stored becomes a reject.

    Reports that name a boat get the device it had (`ingest.vms.whose`). Errors of the database leave the rest waiting.
    """
    name_waiting(delivery.writer.connection, waiting)
    size = BATCH
    while waiting:
        batch = Batch(waiting[:size], arrived_ms)
        try:
            delivery.write(batch)
        except psycopg.DataError as error:
            if size == 1:
                waiting[0] = refuse(waiting[0], error)
            size = max(1, min(size, len(waiting)) // 2)
            continue
        delivery.summary.count(batch.facts, batch.rejects)
        del waiting[:size]
        size = min(2 * size, BATCH)


def refuse(outcome: Outcome, error: psycopg.DataError) -> Reject:
    """Something the database will not hold, as a reject: it must not stop the stream."""
    reason = str(error).partition("\n")[0]
    if isinstance(outcome, Reject):
        return outcome._replace(reason="unstorable", detail=reason, heard_ms=None)
    kind = "position" if isinstance(outcome, Fix) else "report"
    return Reject("unstorable", f"{kind} of {outcome.key}: {reason}", outcome.raw, None, None, outcome.lines)
