"""What every job of the worker is given: where the database is, whose clock, the way onto the bus, whom to tell."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Lock

import psycopg

from geo.clock import Clock, system_clock
from ingest.bus.bus import Publisher
from ingest.bus.choice import open_publisher
from ingest.bus.settings import SpoolSettings
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
    _bus: Publisher | None = None
    _lock: Lock = field(default_factory=Lock)

    def connect(self) -> AbstractContextManager[psycopg.Connection]:
        """A connection of its own (autocommit) for the time of a block."""
        return connect(self.url)

    def bus(self) -> Publisher:
        """The way onto the bus of this process. OSError when it cannot be had."""
        with self._lock:
            if self._bus is None:
                self._bus = open_publisher(self.spool_settings, WRITER, self.say)
            return self._bus

    def close(self) -> None:
        """Make safe what waits, and let go."""
        if self._bus is not None:
            self._bus.close()
