"""The zones, kept ready in the web process and made anew when their layer has changed."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from layers.database import read
from layers.watch.zones import ZoneWatch, read_zones, watch_zones
from web.live.hub import Hub

LAYER = "zone"


class ZoneKeeper:
    """Gives the zones of the layer's version that the hub last heard of."""

    def __init__(self, engine: AsyncEngine, hub: Hub) -> None:
        self._engine, self._hub = engine, hub
        self._lock = asyncio.Lock()
        self._kept: tuple[int, ZoneWatch] | None = None

    async def watch(self) -> ZoneWatch:
        """The zones; read once per version, however many ask at once."""
        async with self._lock:
            version = self._hub.version(LAYER)
            if self._kept is None or self._kept[0] != version:
                async with read(self._engine) as connection:
                    rows = await read_zones(connection)
                self._kept = (version, await asyncio.to_thread(watch_zones, rows))
            return self._kept[1]
