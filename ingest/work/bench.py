"""What every job of the worker is given: where the database is, whose clock, the way onto the bus, whom to tell."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Lock

import psycopg

from geo.clock import Clock, system_clock
from ingest.bus.settings import SpoolSettings
from ingest.bus.spool import Spool, open_spool
from layers.database import connect

WRITER = "work"
Say = Callable[[str], None]


@dataclass
class Bench:
    """Shared by jobs that run side by side; `bus` is opened with the first thing that has to go onto it."""

    url: str
    spool_settings: SpoolSettings
    clock: Clock = system_clock
    say: Say = lambda _: None
    _spool: Spool | None = None
    _lock: Lock = field(default_factory=Lock)

    def connect(self) -> AbstractContextManager[psycopg.Connection]:
        """A connection of its own (autocommit) for the time of a block."""
        return connect(self.url)

    def bus(self) -> Spool:
        """The spool of this process. OSError when it cannot be had."""
        with self._lock:
            if self._spool is None:
                self._spool = open_spool(self.spool_settings, WRITER, self.say)
            return self._spool

    def close(self) -> None:
        """Make safe what waits, and let go."""
        if self._spool is not None:
            self._spool.close()
