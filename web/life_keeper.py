"""The web process's own beats and counters: written every few seconds, with what it lived through when it could not."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import psycopg

from geo.clock import Clock
from ingest.live import is_due
from layers.database import connect, transaction
from layers.pilot.life import keep_life, say_unanswered
from layers.pilot.usage import Tally, add_tally

PROCESS = "web"
BEAT_S = 5.0
WRITE_EVERY = timedelta(seconds=60)


class LifeKeeper:
    """Beats until stopped. `tally` is what has been counted and not yet written."""

    def __init__(self, url: str, clock: Clock, tally: Tally) -> None:
        self._url, self._clock, self._tally = url, clock, tally
        self._unanswered_since: datetime | None = None
        self._written_at: datetime | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin beside the requests."""
        self._written_at = self._clock()
        self._task = asyncio.create_task(self._keep_on())

    async def stop(self) -> None:
        """End, and write down what was counted."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await asyncio.to_thread(self.beat, self._tally.take())

    def beat(self, taken: Tally) -> bool:
        """One beat: that we live, since when the database did not answer, what was counted; whether it is kept."""
        now = self._clock()
        try:
            with connect(self._url) as connection:
                self._write(connection, now, taken)
        except psycopg.Error:
            self._unanswered_since = self._unanswered_since or now
            return False
        return True

    def _write(self, connection: psycopg.Connection, now: datetime, taken: Tally) -> None:
        if self._unanswered_since is not None and self._unanswered_since < now:
            say_unanswered(connection, self._unanswered_since, now, PROCESS)
            self._unanswered_since = None
        with transaction(connection):
            keep_life(connection, PROCESS, now)
            add_tally(connection, taken)

    async def _keep_on(self) -> None:
        while True:
            now = self._clock()
            due = is_due(self._written_at, now, WRITE_EVERY)
            taken = self._tally.take() if due else Tally()  # here, where the requests count too
            if not await asyncio.to_thread(self.beat, taken):
                self._tally.give_back(taken)
            elif due:
                self._written_at = now
            await asyncio.sleep(BEAT_S)
