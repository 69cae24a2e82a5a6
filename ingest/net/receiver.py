"""Runs the sockets on a thread of their own, so that receiving goes on while a batch is being stored."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from geo.clock import Clock, system_clock
from ingest.net.intake import Intake, Peer, Segment

Say = Callable[[str], None]
FULL_TURN_S = 0.05


def say_nothing(_: str) -> None:
    """For whoever does not want to hear it."""


@dataclass(frozen=True)
class Patience:
    """How long we wait, in seconds, and how much we bear.

    After `silent_s` without a byte it is said; after `idle_s` the connection is given up (a client connects anew).
    Pauses before connecting anew double from `first_pause_s` to `longest_pause_s`, each shortened or drawn out by
    up to half. A peer that sends `unbroken_bytes` without a line end is not speaking lines.
    """

    silent_s: float = 60.0
    idle_s: float = 300.0
    connect_s: float = 10.0
    first_pause_s: float = 1.0
    longest_pause_s: float = 30.0
    unbroken_bytes: int = 1024 * 1024
    most_peers: int = 64


@dataclass(frozen=True)
class Door:
    """Where received bytes go, whose clock stamps them, and who is told what happens."""

    intake: Intake = field(default_factory=Intake)
    clock: Clock = system_clock
    say: Say = say_nothing

    async def put(self, peer: Peer, data: bytes) -> None:
        """Hand over bytes of a connection, waiting for room: so the sender is made to wait too."""
        segment = Segment(peer, self.clock(), data)
        if self.intake.offer(segment):
            return
        self.say(f"{peer.name}: more comes than is stored; the sender is made to wait")
        try:
            while not self.intake.offer(segment):
                await asyncio.sleep(FULL_TURN_S)
        except asyncio.CancelledError:
            self.intake.offer(segment, must=True)
            raise

    def drop_in(self, peer: Peer, arrived_at: datetime, data: bytes) -> None:
        """Hand over a datagram; one that finds no room is lost and counted."""
        if not self.intake.offer(Segment(peer, arrived_at, data)):
            if self.intake.dropped == 0:
                self.say(f"{peer.name}: more comes than is stored; datagrams are being lost")
            self.intake.dropped += 1

    def leave(self, peer: Peer) -> None:
        """The peer has gone: what it left half-said can be let go."""
        self.intake.offer(Segment(peer, self.clock(), b""))


class Socket(Protocol):
    """One way in: bound or aimed when it is made, so that a wrong address is an answer at once."""

    label: str

    async def run(self, door: Door) -> None:
        """Receive until cancelled."""
        ...

    def close(self) -> None:
        """Give the address back."""
        ...

    def lost(self) -> int:
        """Datagrams the system is known to have dropped before we could read them."""
        ...


class Receiver:
    """Several sockets behind one door, from `start` to `stop`."""

    def __init__(self, sockets: Sequence[Socket], door: Door) -> None:
        self.label = ", ".join(socket.label for socket in sockets)
        self.door = door
        self._sockets = sockets
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="ingest-receive", daemon=True)
        self._task: asyncio.Task[None] | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Begin to receive."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Receive no more; what has arrived stays in the intake. Again is harmless."""
        if self._thread.is_alive() and self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join()
        for socket in self._sockets:
            socket.close()
        if not self._loop.is_closed() and not self._thread.is_alive():
            self._loop.close()

    def check(self) -> None:
        """Raise what ended the receiving thread, if anything did: silence for that reason must not look like calm."""
        if self._failure is not None:
            raise self._failure

    def lost(self) -> int:
        """Datagrams known to be lost: dropped by the system, or by us for want of room."""
        return self.door.intake.dropped + sum(socket.lost() for socket in self._sockets)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._receive())
        self._loop.call_soon(self._ready.set)
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self._failure = error

    async def _receive(self) -> None:
        jobs: list[Coroutine[Any, Any, None]] = [socket.run(self.door) for socket in self._sockets]
        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(job)
