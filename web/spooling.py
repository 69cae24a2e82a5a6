"""The web process's own end of the bus: opened with the first thing posted; a process nobody posts to has none."""

import asyncio
from collections.abc import Sequence

import structlog
from cachetools import TTLCache

from ingest.bus.bus import BusFull, Publisher
from ingest.bus.choice import bus_plan, open_publisher
from ingest.bus.record import Record
from ingest.bus.settings import SpoolSettings
from layers.access.accounts import Who

PATIENCE_S = 10.0
"""So long somebody who posts is kept waiting for a disk or a cluster that does not answer."""
REMEMBERED_S = 15 * 60.0
_log = structlog.get_logger()


class WebSpool:
    """Makes records safe before anybody is answered.

    `senders` remembers who sent with which key, so that posting goes on while the database is away.
    """

    def __init__(self, settings: SpoolSettings) -> None:
        bus_plan(settings)  # a wrong address is an answer at the start, not to whoever posts first
        self._settings = settings
        self._bus: Publisher | None = None
        self.senders: TTLCache[tuple[str | None, str], tuple[Who, str]] = TTLCache(1_000, REMEMBERED_S)

    async def keep(self, records: Sequence[Record]) -> None:
        """Return when they are safe; BusFull when there is no room, or when that takes too long: they may still be
        stored later, and sending them again does no harm.
        """
        if self._bus is None:
            try:
                self._bus = open_publisher(self._settings, "web", lambda told: _log.warning("bus", told=told))
            except OSError as error:
                raise BusFull(str(error)) from None
        done = asyncio.wrap_future(self._bus.publish(records))
        try:
            await asyncio.wait_for(asyncio.shield(done), PATIENCE_S)
        except TimeoutError:
            raise BusFull("it takes too long to make it safe") from None

    def close(self) -> None:
        """Let go."""
        if self._bus is not None:
            self._bus.close()
