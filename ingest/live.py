"""Streams without an end: takes what has come, commits at most once a second, says every two seconds that it lives."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from threading import Event

import orjson
import psycopg

from geo.clock import Clock, system_clock, unix_ms
from ingest.load import Pipeline
from ingest.outcome import Outcome
from ingest.source import bounded
from ingest.write import Batch, Writer
from layers.database import transaction
from layers.versions import notify
from layers.vessels.track_keeper import keep_tracks

ReadChunk = Callable[[], Iterable[bytes]]

COMMIT_EVERY = timedelta(seconds=1)
BEAT_EVERY = timedelta(seconds=2)
TRACKS_EVERY = timedelta(seconds=30)
TURN_S = 0.1
BATCH = 8_000
PROCESS = "ingest"

_BEAT = """
INSERT INTO heartbeat (process, beat_at, detail) VALUES (%(process)s, %(now)s, %(detail)s)
ON CONFLICT (process) DO UPDATE SET beat_at = excluded.beat_at, detail = excluded.detail
"""


@dataclass(frozen=True)
class Pace:
    """Time and ending of a live loop, in the hands of whoever starts it: a UTC clock, a way to wait, a way to stop."""

    clock: Clock = system_clock
    wait: Callable[[float], object] = field(default_factory=lambda: Event().wait)
    stop: Callable[[], bool] = lambda: False


class LiveFeed:
    """One stream: where its lines come from, who understands them, who stores them.

    `read_chunk` gives the lines that have come since the last call (perhaps none) and does not block for long.
    """

    def __init__(self, read_chunk: ReadChunk, writer: Writer, pipeline: Pipeline) -> None:
        self._read_chunk = read_chunk
        self._writer = writer
        self._pipeline = pipeline
        self._waiting: list[Outcome] = []
        self._arrived_ms: int | None = None
        self.stored = 0

    @property
    def lines(self) -> int:
        """Lines taken so far."""
        return self._pipeline.lines

    def take(self, now: datetime) -> None:
        """Understand what has come; `now` stamps its arrival."""
        self._pipeline.refresh()
        numbered = enumerate(self._read_chunk(), self._pipeline.lines + 1)
        lines = [bounded(raw.rstrip(b"\r\n"), now, number) for number, raw in numbered]
        self._waiting += self._pipeline.push(lines)
        self._waiting += self._pipeline.expire()
        if self._waiting and self._arrived_ms is None:
            self._arrived_ms = unix_ms(now)

    def finish(self) -> None:
        """Let go of what was held back."""
        self._waiting += self._pipeline.finish()

    def store(self) -> int:
        """Commit what is waiting; how many facts were new. What cannot be stored stays waiting."""
        stored = 0
        while self._waiting:
            batch = Batch(islice(self._waiting, BATCH), self._arrived_ms)
            stored += self._writer.write_batch(batch).stored
            del self._waiting[:BATCH]
        self._arrived_ms = None
        self.stored += stored
        return stored


def run_live(read_chunk: ReadChunk, writer: Writer, pipeline: Pipeline, pace: Pace | None = None) -> None:
    """Run one feed until `pace.stop()`; see `run_feeds`."""
    run_feeds([LiveFeed(read_chunk, writer, pipeline)], writer.connection, pace or Pace())


def run_feeds(feeds: Sequence[LiveFeed], connection: psycopg.Connection, pace: Pace) -> None:
    """Run feeds side by side until `pace.stop()`; everything taken is stored before it returns.

    Database errors end the loop: the supervisor starts it again, and the feed fills the gap.
    """
    committed = beaten = kept = None
    while not pace.stop():
        now = pace.clock()
        for feed in feeds:
            feed.take(now)
        if is_due(committed, now, COMMIT_EVERY):
            committed = now
            for feed in feeds:
                feed.store()
        if is_due(beaten, now, BEAT_EVERY):
            beaten = now
            beat(connection, now, {"lines": sum(feed.lines for feed in feeds)})
        if is_due(kept, now, TRACKS_EVERY):
            kept = now
            keep_tracks(connection, now)
        pace.wait(TURN_S)
    for feed in feeds:
        feed.finish()
        feed.store()


def is_due(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """The time has come, or the clock was set back."""
    return last is None or not timedelta(0) <= now - last < every


def beat(connection: psycopg.Connection, now: datetime, detail: dict[str, int]) -> None:
    """One heartbeat: a row for whoever asks, a notification for whoever listens."""
    with transaction(connection):
        row = {"process": PROCESS, "now": now, "detail": orjson.dumps(detail).decode()}
        connection.execute(_BEAT, row)
        notify(connection, {"beat": PROCESS, "at": unix_ms(now)})
