"""MQTT: lines from a broker, acknowledged to it only when they are safe on our disk (QoS 1).

The session stays at the broker while we are away, so what comes meanwhile waits there; what it was not told of it
sends again, marked as such.
"""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any, NamedTuple

from paho.mqtt.client import CONNACK_ACCEPTED, Client, MQTTMessage, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from geo.errors import BadInput
from ingest.net.address import read_address
from ingest.net.intake import Peer
from ingest.net.pause import pause_s
from ingest.net.receiver import Door, Patience

PORTS = {"mqtt": 1883, "mqtts": 8883}
QOS = 1
AT_ONCE = 500
"""Messages that may wait in one batch: so many share one sync of the disk."""


class Broker(NamedTuple):
    """Where lines are published: `mqtts` is encrypted; the topic may hold `+` and `#`."""

    host: str
    port: int
    topic: str
    encrypted: bool

    @property
    def label(self) -> str:
        """For people."""
        return f"mqtt {self.host}:{self.port}/{self.topic}"


class Login(NamedTuple):
    """Who we are at the broker. `client` names our session there: no two processes may share it."""

    client: str
    user: str = ""
    password: str = ""


def read_broker(text: str, field: str) -> Broker:
    """`mqtt://HOST[:PORT][/TOPIC]`; without a topic all of them. BadInput names `field`."""
    scheme, found, rest = text.strip().partition("://")
    address, _, topic = rest.partition("/")
    if not found or scheme not in PORTS or not address or "@" in address:
        raise BadInput(
            f"{field} {text!r}: write mqtt://HOST[:PORT][/TOPIC] or mqtts://…; user and password are settings"
            " (OPSMAP_MQTT_USER, OPSMAP_MQTT_PASSWORD)",
            field=field,
        )
    whole = (
        address if address.rpartition(":")[2].isdigit() and "]" not in address[-1:] else f"{address}:{PORTS[scheme]}"
    )
    return Broker(*read_address(whole, field), topic or "#", scheme == "mqtts")


class MqttSocket:
    """Subscribed to one broker, again and again. `kept` says of lines sent again which of them we have already."""

    def __init__(
        self,
        broker: Broker,
        login: Login,
        kept: Callable[[Collection[bytes]], set[bytes]] = lambda _: set(),
        patience: Patience | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.label = broker.label
        self._broker, self._login, self.kept = broker, login, kept
        self._patience, self._jitter = patience or Patience(), jitter
        self._peers: OrderedDict[str, Peer] = OrderedDict()

    async def run(self, door: Door) -> None:
        """Connect, take what comes, and again after a pause that grows while nothing does."""
        failures = 0
        while True:
            heard, reason = await self._once(door)
            failures = 0 if heard else failures + 1
            pause = pause_s(failures, self._patience, self._jitter)
            door.say(f"{self.label}: {reason}; connects again in {pause:.1f} s")
            await asyncio.sleep(pause)

    async def _once(self, door: Door) -> tuple[bool, str]:
        line = _Line(self._broker, self._login, asyncio.get_running_loop())
        heard = False
        try:
            async with asyncio.timeout(self._patience.connect_s):
                await line.connect()
            door.say(f"{self.label}: connected")
            while batch := await line.take():
                await self._keep(batch, door)
                line.acknowledge(batch)
                heard = True
            return heard, line.reason
        except (OSError, TimeoutError, ValueError) as error:
            return heard, f"not connected ({error or 'no answer'})"
        finally:
            line.close()

    async def _keep(self, batch: list[MQTTMessage], door: Door) -> None:
        """Hand over, and wait until all of it is safe; in the order of arrival, a topic's messages together."""
        again = {line for message in batch if message.dup for line in _lines(message)}
        kept = self.kept(again) if again else set()
        said: OrderedDict[str, list[bytes]] = OrderedDict()
        for message in batch:
            lines = [line for line in _lines(message) if not (message.dup and line in kept)]
            if lines:
                said.setdefault(message.topic, []).extend(lines)
        for topic, lines in said.items():
            peer = self._peer(topic, door)
            if peer.refused is None:
                await door.put(peer, b"\n".join(lines) + b"\n")
                if peer.refused:
                    door.say(f"{peer.name}: {peer.refused}; this topic is passed over")

    def _peer(self, topic: str, door: Door) -> Peer:
        """Who speaks on a topic; the one heard longest ago makes room for a new one."""
        if topic not in self._peers and len(self._peers) >= self._patience.most_peers:
            door.leave(self._peers.popitem(last=False)[1])
        peer = self._peers.setdefault(topic, Peer(f"mqtt {self._broker.host}/{topic}"))
        self._peers.move_to_end(topic)
        return peer

    def close(self) -> None:
        """Nothing is held between connections."""

    def lost(self) -> int:
        """What is not acknowledged is sent again."""
        return 0


def _lines(message: MQTTMessage) -> list[bytes]:
    """The lines of a message; none of one that the broker keeps for newcomers: nobody knows how old it is."""
    return [] if message.retain else [line for line in bytes(message.payload).splitlines() if line.strip(b" \0")]


class _Line:
    """One connection, from the library's own thread to our loop."""

    def __init__(self, broker: Broker, login: Login, loop: asyncio.AbstractEventLoop) -> None:
        self._broker, self._loop = broker, loop
        self._connected: asyncio.Future[None] = loop.create_future()
        self._messages: asyncio.Queue[MQTTMessage | None] = asyncio.Queue()
        self.reason = "closed"
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=login.client,
            clean_session=False,
            protocol=MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        if broker.encrypted:
            self._client.tls_set()
        if login.user:
            self._client.username_pw_set(login.user, login.password or None)
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_disconnect = self._on_disconnect

    async def connect(self) -> None:
        """Connected and subscribed. OSError, ValueError when that cannot be."""
        await asyncio.to_thread(self._client.connect, self._broker.host, self._broker.port, 30)
        self._client.loop_start()
        await self._connected
        self._client.subscribe(self._broker.topic, QOS)

    async def take(self) -> list[MQTTMessage]:
        """What has come, waiting for the first; empty when the connection has ended."""
        batch = [await self._messages.get()]
        while len(batch) < AT_ONCE and batch[-1] is not None and not self._messages.empty():
            batch.append(self._messages.get_nowait())
        if batch[-1] is None:
            self._messages.put_nowait(None)
        return [message for message in batch if message is not None]

    def acknowledge(self, batch: list[MQTTMessage]) -> None:
        """Tell the broker that these need not be sent again."""
        for message in batch:
            self._client.ack(message.mid, message.qos)

    def close(self) -> None:
        """Hang up."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(self, _client: Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        failure = None if code == CONNACK_ACCEPTED else OSError(f"the broker says: {code}")
        self._tell(self._settle, failure)

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self._tell(self._messages.put_nowait, message)

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, code: Any, _properties: Any) -> None:
        self.reason = f"broken off ({code})"
        self._tell(self._settle, OSError(self.reason))
        self._tell(self._messages.put_nowait, None)

    def _settle(self, failure: OSError | None) -> None:
        if self._connected.done():
            return
        if failure is None:
            self._connected.set_result(None)
        else:
            self._connected.set_exception(failure)

    def _tell(self, what: Callable[..., object], *values: object) -> None:
        with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
            self._loop.call_soon_threadsafe(what, *values)
