"""What the web process holds in memory while ten thousand boats move and a few people watch."""

import asyncio
import time

import websockets
from fleet import BOATS, fixes, launch
from goals import Goal, say
from ground import Ground
from serving import Served, served, sign_in

from ingest.deliveries import Delivery
from ingest.write import Batch
from layers.access.roles import Role
from layers.database import connect

GOAL_MB = 400
WATCHERS = 5
MOVING = 500
SECONDS = 18
HEADER_BYTES, RECORD_BYTES, COUNT_AT = 40, 24, 32


class Watcher:
    """One open map: counts what it is told."""

    def __init__(self) -> None:
        self.in_snapshot = 0
        self.moved = 0

    async def watch(self, server: Served, until: float) -> None:
        """Take every frame until the time is over."""
        address = f"ws://127.0.0.1:{server.port}/live"
        async with websockets.connect(address, additional_headers={"Cookie": server.cookie}, max_size=None) as stream:
            while (left := until - time.monotonic()) > 0:
                try:
                    message = await asyncio.wait_for(stream.recv(), left)
                except TimeoutError:
                    return
                if isinstance(message, bytes):
                    self.take(message)

    def take(self, frame: bytes) -> None:
        """Count the records of a binary frame; its kind is byte 5, 0 for a snapshot."""
        count = int.from_bytes(frame[COUNT_AT : COUNT_AT + 4], "little")
        assert len(frame) == HEADER_BYTES + count * RECORD_BYTES, f"{len(frame)} bytes for {count} records"
        if frame[5] == 0:
            self.in_snapshot = count
        else:
            self.moved += count


async def write_on(delivery: Delivery, until: float) -> int:
    """Move some boats every second; how many fixes were written."""
    written = 0
    while time.monotonic() < until:
        first = written % BOATS
        await asyncio.to_thread(delivery.write, Batch(fixes(first, first + MOVING, minutes_ago=0)))
        written += MOVING
        await asyncio.sleep(1)
    return written


async def watch(server: Served, delivery: Delivery) -> list[Watcher]:
    """Watchers and writer side by side, over at least one sweep of every boat's status."""
    until = time.monotonic() + SECONDS
    watchers = [Watcher() for _ in range(WATCHERS)]
    await asyncio.gather(*(watcher.watch(server, until) for watcher in watchers), write_on(delivery, until))
    return watchers


def run(ground: Ground) -> Goal:
    """The resident memory of `opsmap serve`, in MB."""
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        delivery = launch(connection)
        with served(ground.cluster.url(name), ground.folder) as server:
            sign_in(server, connection, Role.OFFICER)
            before = server.memory_mb()
            watchers = asyncio.run(watch(server, delivery))
            after = server.memory_mb()
    for watcher in watchers:
        assert watcher.in_snapshot == BOATS, f"a snapshot of {watcher.in_snapshot} boats"
        assert watcher.moved, "nothing moved"
    say(f"web memory: {WATCHERS} maps saw {BOATS} boats, {watchers[0].moved} of them moving")
    detail = {"boats": BOATS, "live_clients": WATCHERS, "at_start": round(before["VmRSS"])}
    detail |= {"highest": round(after["VmHWM"])}
    return Goal("web process memory", after["VmRSS"], GOAL_MB, unit="MB", most=True, detail=detail)
