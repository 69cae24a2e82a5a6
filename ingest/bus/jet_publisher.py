"""The receivers' end of NATS JetStream: what many threads publish goes out by lanes, and is sent until it is held.

One message of a lane is on its way at a time, with all that waited for the lane in it: so a peer's bytes stay in
order through any retry, and never more than `LANES` messages are in flight, however many wait.
"""

import asyncio
import random
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from uuid import uuid4

from nats.js.api import Header

from geo.clock import system_clock
from ingest.bus.bus import BusFull
from ingest.bus.link import LANES, STREAM, SUBJECT, TROUBLE, BusPlan, Link, Say
from ingest.bus.pieces import PIECE, SENDER, Payload, lane_of, pack
from ingest.bus.record import Record, encode_record
from ingest.bus.segments import frame
from ingest.bus.settings import MIB
from ingest.bus.spool import all_gone

MOST_WAITING = 32 * MIB
ACK_S = 5.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0
CLOSE_S = 10.0


class _Batch:
    """What one `publish` gave to one lane."""

    def __init__(self, framed: list[bytes], done: Future[None]) -> None:
        self.framed, self.done = framed, done


class _Lane:
    """The batches that wait for one subject, and whether somebody is sending them."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.waiting: deque[_Batch] = deque()
        self.sending = False


class JetPublisher:
    """Publishes to the cluster of a plan; safe to call from several threads, and before the cluster is there."""

    def __init__(self, plan: BusPlan, name: str, say: Say = lambda _: None) -> None:
        self.sender = f"{name}-{uuid4().hex}"
        self._say = say
        self._link = Link(plan, name, say)
        self._lanes = [_Lane(number) for number in range(LANES)]
        self._used: set[int] = set()
        self._lock = threading.Lock()
        self._bytes = self._sent = 0
        self._away = self._closing = False
        self._ready: asyncio.Task[object] | None = None

    @property
    def waiting_bytes(self) -> int:
        """What was published and is not yet held by the cluster."""
        return self._bytes

    def publish(self, records: Sequence[Record]) -> Future[None]:
        """Done when the cluster holds all of them; fails with BusFull when too much waits already."""
        lanes: dict[int, list[bytes]] = {}
        for record in records:
            lane = lane_of(record.peer, self.sender, LANES)
            lanes.setdefault(lane, []).append(frame(encode_record(record)))
        done: Future[None] = Future()
        size = sum(len(one) for framed in lanes.values() for one in framed)
        with self._lock:
            if self._closing or (self._bytes and self._bytes + size > MOST_WAITING):
                done.set_exception(BusFull("more comes than the bus takes"))
                return done
            self._bytes += size
            self._used |= lanes.keys()
        self._link.loop.call_soon_threadsafe(self._enqueue, lanes, done)
        return done

    def close(self) -> None:
        """Send what waits, say that nobody is there any more, and let go; what cannot be sent in time is given up."""
        if self._closing:
            return
        last = [self._say_gone(lane) for lane in sorted(self._used)]
        self._closing = True
        for done in last:
            try:
                done.result(CLOSE_S)
            except TimeoutError:
                self._say(f"bus away: {self._bytes} bytes could not be sent; nobody was told that they are safe")
                break
        self._link.close()

    def _say_gone(self, lane: int) -> Future[None]:
        done: Future[None] = Future()
        framed = [frame(encode_record(all_gone(system_clock)))]
        self._link.loop.call_soon_threadsafe(self._enqueue, {lane: framed}, done)
        return done

    def _enqueue(self, lanes: dict[int, list[bytes]], done: Future[None]) -> None:
        """On the loop: into the lanes; the last of them to be sent answers."""
        left = len(lanes)

        def count(_: Future[None]) -> None:
            nonlocal left
            left -= 1
            if not left and not done.cancelled():
                done.set_result(None)

        for number, framed in lanes.items():
            part: Future[None] = Future()
            part.add_done_callback(count)
            lane = self._lanes[number]
            lane.waiting.append(_Batch(framed, part))
            if not lane.sending:
                lane.sending = True
                asyncio.ensure_future(self._drain(lane))  # noqa: RUF006 - `sending` is the reference

    async def _drain(self, lane: _Lane) -> None:
        """Send what waits for a lane, as it comes, one message after the other."""
        while lane.waiting:
            batches = list(lane.waiting)
            lane.waiting.clear()
            framed = [one for batch in batches for one in batch.framed]
            for payload in pack(framed):
                await self._send(lane.number, payload)
            with self._lock:
                self._bytes = max(0, self._bytes - sum(map(len, framed)))
            for batch in batches:
                batch.done.set_result(None)
        lane.sending = False

    async def _send(self, lane: int, payload: Payload) -> None:
        """Until the cluster says that it holds it; pauses grow. The id makes a second arrival harmless."""
        self._sent += 1
        headers = {Header.MSG_ID: f"{self.sender}-{self._sent}", SENDER: self.sender}
        if payload.piece:
            headers[PIECE] = payload.piece
        pause = FIRST_PAUSE_S
        while True:
            try:
                await self._make_ready()
                stream = await self._link.stream()
                await stream.publish(f"{SUBJECT}.{lane}", payload.data, timeout=ACK_S, stream=STREAM, headers=headers)
            except TROUBLE as error:
                self._tell(f"bus away ({type(error).__name__} {error}); sending again until it is held")
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
                pause = min(2 * pause, LONGEST_PAUSE_S)
            else:
                self._tell("")
                return

    async def _make_ready(self) -> None:
        """Make the streams, once for all lanes; after a failure anew."""
        if self._ready is None or (self._ready.done() and (self._ready.cancelled() or self._ready.exception())):
            self._ready = asyncio.ensure_future(self._link.ensure_streams())
        await asyncio.shield(self._ready)

    def _tell(self, trouble: str) -> None:
        """That the bus is away, and that it is back, once each."""
        if trouble and not self._away:
            self._say(trouble)
        elif self._away and not trouble:
            self._say("bus: what waited is being sent")
        self._away = bool(trouble)
