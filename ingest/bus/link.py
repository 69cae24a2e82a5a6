"""A connection to a NATS cluster, on a thread and a loop of its own; callers of other threads never wait for it long.

What both ends of the bus share: the names of the stream and its lanes, and making the streams where they are missing.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from datetime import timedelta
from typing import Any, NamedTuple, TypeVar

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, StorageType, StreamConfig, StreamInfo
from nats.js.errors import NotFoundError

from ingest.bus.bus import BusAway

STREAM, DEAD_STREAM = "OPSMAP", "OPSMAP_DEAD"
SUBJECT, DEAD_SUBJECT = "opsmap.in", "opsmap.dead"
LANES = 16
"""Peers share this many lanes; within one, messages go one after the other. Never change it under a filled stream."""
SAME_WITHIN_S = 600.0
"""Within this a message sent twice is known by its id; later it stands there twice, harmless by the keys of facts."""
CALL_S = 10.0
TROUBLE = (NatsError, OSError, asyncio.TimeoutError)
"""What an unreachable cluster, or one that is choosing a leader, is told by; asked again, it answers."""

Say = Callable[[str], None]
Result = TypeVar("Result")


class BusPlan(NamedTuple):
    """Where the cluster is, how many of it hold each message, and how long messages stay, stored or not."""

    servers: Sequence[str]
    replicas: int
    keep: timedelta


class Link:
    """One connection, made when it can be; until then whatever is asked of it waits or fails."""

    def __init__(self, plan: BusPlan, name: str, say: Say) -> None:
        self.plan, self._say = plan, say
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="bus", daemon=True)
        self._thread.start()
        self._opening = self.spawn(self._connect(name))

    def spawn(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        """Begin something on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def call(self, work: Coroutine[Any, Any, Result], within_s: float = CALL_S) -> Result:
        """Do something on the loop and wait; BusAway when that takes too long or the cluster cannot do it now."""
        doing = self.spawn(work)
        try:
            return doing.result(within_s)
        except TROUBLE as error:
            doing.cancel()
            raise BusAway(f"{type(error).__name__} {error}".strip()) from None

    async def client(self) -> Client:
        """The connection, once there is one."""
        return await asyncio.wrap_future(self._opening)

    async def stream(self) -> JetStreamContext:
        """The connection's JetStream."""
        return (await self.client()).jetstream(timeout=CALL_S)

    async def ensure_streams(self) -> StreamInfo:
        """The stream of records, made with that of the dead letters if they are missing."""
        stream = await self.stream()
        await self._ensure(stream, DEAD_STREAM, f"{DEAD_SUBJECT}.>", 0.0)
        return await self._ensure(stream, STREAM, f"{SUBJECT}.*", self.plan.keep.total_seconds())

    async def _ensure(self, stream: JetStreamContext, name: str, subject: str, keep_s: float) -> StreamInfo:
        try:
            return await stream.stream_info(name)
        except NotFoundError:
            config = StreamConfig(
                name=name,
                subjects=[subject],
                storage=StorageType.FILE,
                num_replicas=self.plan.replicas,
                max_age=keep_s,
                duplicate_window=SAME_WITHIN_S,
                discard=DiscardPolicy.NEW,
            )
            return await stream.add_stream(config)

    def close(self) -> None:
        """Let go of the connection and end the thread."""
        self.spawn(self._disconnect()).result(CALL_S)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def _connect(self, name: str) -> Client:
        return await nats.connect(
            servers=list(self.plan.servers),
            name=name,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,
            connect_timeout=2,
            error_cb=_ignore,
            disconnected_cb=self._tell("bus: connection lost"),
            reconnected_cb=self._tell("bus: connected again"),
        )

    async def _disconnect(self) -> None:
        """The connection, and then whatever is still under way on the loop."""
        if self._opening.done() and not self._opening.cancelled() and self._opening.exception() is None:
            await self._opening.result().close()
        self._opening.cancel()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=1.0)

    def _tell(self, told: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def tell() -> None:
            self._say(told)

        return tell


async def _ignore(_: Exception) -> None:
    """Every caller sees its own errors; nats-py would print a traceback for each attempt to connect."""
