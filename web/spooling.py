"""The web process's own spool: opened with the first thing posted, so that a process nobody posts to has none."""

import asyncio
from collections.abc import Sequence

import structlog

from ingest.bus.bus import BusFull
from ingest.bus.record import Record
from ingest.bus.settings import SpoolSettings
from ingest.bus.spool import Spool, open_spool

_log = structlog.get_logger()


class WebSpool:
    """Makes records safe before anybody is answered."""

    def __init__(self, settings: SpoolSettings) -> None:
        self._settings = settings
        self._spool: Spool | None = None

    async def keep(self, records: Sequence[Record]) -> None:
        """Return when they are on the disk; BusFull when there is no room."""
        if self._spool is None:
            try:
                self._spool = open_spool(self._settings, "web", lambda told: _log.warning("spool", told=told))
            except OSError as error:
                raise BusFull(str(error)) from None
        await asyncio.wrap_future(self._spool.publish(records))

    def close(self) -> None:
        """Let go."""
        if self._spool is not None:
            self._spool.close()
