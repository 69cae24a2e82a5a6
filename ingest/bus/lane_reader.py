"""Pulls the messages of one lane, in order, from a message on; its consumer is made anew whenever it is lost."""

import asyncio
from collections import deque
from typing import NamedTuple

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError

from ingest.bus.link import STREAM, SUBJECT, TROUBLE, Link

PULL = 16
"""Messages asked for at a time."""
EXPIRES_S = 2.0
"""A pull is answered within this, if only by the word that nothing has come; a second later its consumer is lost."""
MOST_BUFFERED = 2 << 20
ROOM_TURN_S = 0.02
PAUSE_S = 0.5
FORGOTTEN_S = 30.0
"""What the cluster keeps of a consumer nobody pulls from."""
UNSETTLED_S = 3600.0
"""Longer than anything stays half-said (`ingest.bus.conversation`), so that nothing comes twice to one reader."""
_NOTHING = {"404", "408"}


class Message(NamedTuple):
    """One message: its number in the stream, and what it holds."""

    number: int
    message: Msg


class LaneReader:
    """A lane from message `first` on. `buffer` is filled on the link's loop and emptied by whoever takes."""

    def __init__(self, link: Link, lane: int, first: int) -> None:
        self.buffer: deque[Message] = deque()
        self.pending = 0
        self._link, self._lane, self._next = link, lane, first
        self._running = link.spawn(self._run())

    def stop(self) -> None:
        """Pull no more."""
        self._running.cancel()

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except TROUBLE:
                await asyncio.sleep(PAUSE_S)

    async def _follow(self) -> None:
        """Pull through one consumer until it is lost."""
        client, stream = await self._link.client(), await self._link.stream()
        made = await stream.add_consumer(STREAM, self._config())
        inbox = client.new_inbox()
        subscription = await client.subscribe(inbox)
        try:
            while True:
                while sum(len(held.message.data) for held in self.buffer) >= MOST_BUFFERED:
                    await asyncio.sleep(ROOM_TURN_S)
                await self._pull(client, f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{made.name}", inbox, subscription)
        finally:
            await subscription.unsubscribe()

    def _config(self) -> ConsumerConfig:
        return ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=max(1, self._next),
            filter_subject=f"{SUBJECT}.{self._lane}",
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=UNSETTLED_S,
            max_ack_pending=-1,
            inactive_threshold=FORGOTTEN_S,
            num_replicas=1,
            mem_storage=True,
        )

    async def _pull(self, client: Client, ask: str, inbox: str, subscription: Subscription) -> None:
        wanted = {"batch": PULL, "expires": int(EXPIRES_S * 1e9)}
        await client.publish(ask, orjson.dumps(wanted), reply=inbox)
        for _ in range(PULL):
            message = await subscription.next_msg(timeout=EXPIRES_S + 1)
            status = (message.headers or {}).get("Status")
            if status in _NOTHING:
                return
            if status:
                raise APIError(code=int(status), description=str(message.headers))
            self._take(message)

    def _take(self, message: Msg) -> None:
        told = message.metadata
        self.pending = told.num_pending
        if told.sequence.stream >= self._next:
            self._next = told.sequence.stream + 1
            self.buffer.append(Message(told.sequence.stream, message))
