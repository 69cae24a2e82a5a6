"""Feeds without an end: takes what has come, commits at most once a second, says every two seconds that it lives.

When the database goes away, feeds go on taking until they hold enough; the batch that could not be stored is stored
when the database is back. Storing it twice is harmless: the key of a fact is its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

import orjson
import psycopg

from geo.clock import Clock, system_clock, unix_ms
from ingest.feed import BATCH, LiveFeed
from ingest.lasting import LastingConnection
from layers.database import transaction
from layers.pilot.life import keep_life
from layers.sources.pulse import note_life
from layers.versions import notify
from layers.vessels.track_keeper import keep_tracks

COMMIT_EVERY = timedelta(seconds=1)
BEAT_EVERY = timedelta(seconds=2)
TRACKS_EVERY = timedelta(seconds=30)
NOTE_EVERY = timedelta(seconds=60)
TRY_EVERY = timedelta(seconds=1)
LAST_TRIES = 4
TURN_S = 0.1
PROCESS = "ingest"

_BEAT = """
INSERT INTO heartbeat (process, beat_at, detail) VALUES (%(process)s, %(now)s, %(detail)s)
ON CONFLICT (process) DO UPDATE SET beat_at = excluded.beat_at, detail = excluded.detail
"""


@dataclass(frozen=True)
class Pace:
    """Time and ending of a live loop, in the hands of whoever starts it.

    A UTC clock, a way to wait, a way to stop, and someone to tell what happens to the database.
    """

    clock: Clock = system_clock
    wait: Callable[[float], object] = field(default_factory=lambda: Event().wait)
    stop: Callable[[], bool] = lambda: False
    say: Callable[[str], None] = lambda _: None


def run_feeds(feeds: Sequence[LiveFeed], connection: LastingConnection, pace: Pace) -> int:
    """Run feeds side by side until `pace.stop()`; everything taken is then stored, and deliveries are closed.

    Returns how many outcomes could not be stored because the database was away at the end; 0 is the rule.
    """
    loop = Loop(feeds, connection, pace)
    while not pace.stop():
        loop.turn(pace.clock())
        pace.wait(TURN_S)
    return loop.end()


class Job:
    """Something to be done every so often."""

    def __init__(self, every: timedelta, work: Callable[[datetime], object], last: datetime | None = None) -> None:
        self.every, self.work, self.last = every, work, last


class Loop:
    """The turns of a live process: what is due, and what to do while the database is away."""

    def __init__(self, feeds: Sequence[LiveFeed], connection: LastingConnection, pace: Pace) -> None:
        self._feeds, self._connection, self._pace = feeds, connection, pace
        self._began = self._tried = pace.clock()
        self._away_since: datetime | None = None
        self._storing = Job(COMMIT_EVERY, self._store)
        self._jobs = (
            self._storing,
            Job(BEAT_EVERY, self._beat),
            Job(TRACKS_EVERY, self._keep_tracks),
            Job(NOTE_EVERY, self._note, self._began),
        )

    def turn(self, now: datetime) -> None:
        """Take what has come, and do what is due."""
        for feed in self._feeds:
            feed.take(now)
        if any(feed.waiting >= BATCH for feed in self._feeds):
            self._storing.last = None
        for job in self._jobs:
            if is_due(job.last, now, job.every):
                job.last = now
                self._try(now, job.work)

    def end(self) -> int:
        """Store all that was taken and held back, close the deliveries; how many outcomes could not be stored."""
        there = True
        for feed in self._feeds:
            feed.close()
        for feed in self._feeds:
            while there and feed.take(self._pace.clock()):
                there = self._insist(self._store)
            feed.finish()
        if there and self._insist(self._store) and self._insist(self._close):
            self._insist(self._keep_tracks)
        return sum(feed.waiting for feed in self._feeds)

    def _insist(self, work: Callable[[datetime], object]) -> bool:
        """Try a few times, a second apart: the end has to come."""
        for _ in range(LAST_TRIES):
            if self._try(self._pace.clock(), work, at_once=True):
                return True
            self._pace.wait(TRY_EVERY.total_seconds())
        return False

    def _try(self, now: datetime, work: Callable[[datetime], object], at_once: bool = False) -> bool:
        """Do it if the database is there; False when it is not, or has just gone."""
        if self._away_since is not None and not at_once and not is_due(self._tried, now, TRY_EVERY):
            return False
        self._tried = now
        try:
            if self._connection.renew():
                for feed in self._feeds:
                    feed.delivery.use(self._connection.current)
            work(now)
        except psycopg.OperationalError as error:
            if self._away_since is None:
                self._away_since = now
                self._pace.say(f"database away ({str(error).strip().partition(chr(10))[0]}); receiving goes on")
            return False
        if self._away_since is not None:
            self._pace.say(f"database back after {(now - self._away_since).total_seconds():.0f} s")
            self._away_since = None
        return True

    def _store(self, _now: datetime) -> None:
        for feed in self._feeds:
            feed.store()

    def _keep_tracks(self, now: datetime) -> None:
        keep_tracks(self._connection.current, now)

    def _beat(self, now: datetime) -> None:
        beat(self._connection.current, now, {"lines": sum(feed.lines for feed in self._feeds)})

    def _note(self, now: datetime) -> None:
        for feed in self._feeds:
            feed.sum_up((now - self._began).total_seconds())
            feed.delivery.note()

    def _close(self, now: datetime) -> None:
        for feed in self._feeds:
            feed.sum_up((now - self._began).total_seconds())
            feed.delivery.close()


def is_due(last: datetime | None, now: datetime, every: timedelta) -> bool:
    """The time has come, or the clock was set back."""
    return last is None or not timedelta(0) <= now - last < every


def beat(connection: psycopg.Connection, now: datetime, detail: dict[str, int], process: str = PROCESS) -> None:
    """One heartbeat: a row for whoever asks; for the process of live positions, a word to whoever listens."""
    with transaction(connection):
        row = {"process": process, "now": now, "detail": orjson.dumps(detail).decode()}
        connection.execute(_BEAT, row)
        note_life(connection, process, now)
        keep_life(connection, process, now)
        if process == PROCESS:
            notify(connection, {"beat": process, "at": unix_ms(now)})
