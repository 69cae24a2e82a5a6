"""A loader's life: turns, heartbeats, tracks, clearing out; and patience while the database or the bus is away."""

from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg

from ingest.bus.bus import BusAway, Consumer
from ingest.bus.loader import Loader
from ingest.lasting import LastingConnection
from ingest.live import BEAT_EVERY, LAST_TRIES, TRACKS_EVERY, TRY_EVERY, Job, Pace, beat, is_due
from layers.books.weigh import keep_books
from layers.vessels.track_keeper import keep_tracks

IDLE_TURN_S = 0.05
LOOK_EVERY = timedelta(seconds=2)
BOOKS_EVERY = timedelta(seconds=5)
FORGET_EVERY = timedelta(seconds=30)


class LoaderLife:
    """Runs a loader over a bus until told to stop."""

    def __init__(self, loader: Loader, consumer: Consumer, connection: LastingConnection, pace: Pace) -> None:
        self._loader, self._consumer, self._lasting, self._pace = loader, consumer, connection, pace
        self._away_since: datetime | None = None
        self._what = ""
        self._tried: datetime | None = None
        self._told: dict[int, str] = {}
        self._jobs = (
            Job(BEAT_EVERY, self._beat),
            Job(LOOK_EVERY, lambda _: consumer.look_for_writers(connection.current)),
            Job(TRACKS_EVERY, lambda now: keep_tracks(connection.current, now)),
            Job(BOOKS_EVERY, lambda now: keep_books(connection.current, now)),
            Job(FORGET_EVERY, lambda _: consumer.forget()),
        )

    def run(self, check: Callable[[], None] = lambda: None) -> None:
        """Until `pace.stop()`; `check` raises when what feeds the spool has failed."""
        while not self._pace.stop():
            check()
            if not self.turn(self._pace.clock()):
                self._pace.wait(IDLE_TURN_S)

    def turn(self, now: datetime) -> bool:
        """What has come, and what is due; whether more may be waiting."""
        if self._away_since is not None and not is_due(self._tried, now, TRY_EVERY):
            return False
        came = False

        def work() -> None:
            nonlocal came
            came = self._loader.turn(now)
            for job in self._jobs:
                if is_due(job.last, now, job.every):
                    job.last = now
                    self._do(job, now)

        return self._try(now, work) and came

    def drain(self) -> bool:
        """Store all that is in the spool, and close the deliveries; False when the database is away."""

        def work() -> None:
            while self._loader.turn(self._pace.clock()):
                pass
            self._loader.end(self._pace.clock())
            keep_tracks(self._lasting.current, self._pace.clock())

        for _ in range(LAST_TRIES):
            if self._try(self._pace.clock(), work):
                return True
            self._pace.wait(TRY_EVERY.total_seconds())
        return False

    def _do(self, job: Job, now: datetime) -> None:
        """One of the jobs beside loading: what fails in it is told, and what comes in is stored all the same."""
        try:
            job.work(now)
            self._told.pop(id(job), None)
        except (psycopg.OperationalError, BusAway):
            raise
        except Exception as error:  # whatever it is, a table that cannot be drawn or weighed stops no position
            told = f"{type(error).__name__}: {error}".strip()
            if self._told.get(id(job)) != told:
                self._told[id(job)] = told
                self._pace.say(f"a job beside loading failed, and is tried again: {told}")

    def _try(self, now: datetime, work: Callable[[], None]) -> bool:
        self._tried = now
        try:
            work()
        except (psycopg.OperationalError, BusAway) as error:
            if self._away_since is None:
                self._away_since = now
                self._what = "bus" if isinstance(error, BusAway) else "database"
                why = str(error).strip().partition("\n")[0]
                self._pace.say(f"{self._what} away ({why}); what comes is kept")
            return False
        if self._away_since is not None:
            self._pace.say(f"{self._what} back after {(now - self._away_since).total_seconds():.0f} s")
            self._away_since = None
        return True

    def _beat(self, now: datetime) -> None:
        lines = sum(summary.lines for summary in self._loader.books.summaries())
        detail = {"lines": lines, **self._consumer.report()}
        beat(self._lasting.current, now, detail, "spool")
        if self._loader.books.summaries():  # a loader nothing has come to does not vouch for the positions on the map
            beat(self._lasting.current, now, detail)
