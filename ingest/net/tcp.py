"""TCP both ways: we connect to a receiver, or receivers connect to us."""

import asyncio
import random
import socket
from collections.abc import Callable
from contextlib import suppress

from geo.errors import BadInput
from ingest.net.intake import Peer
from ingest.net.pause import pause_s
from ingest.net.receiver import Door, Patience

CHUNK = 64 * 1024
_KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}


class TcpClient:
    """Connects to `host:port` and stays connected. `jitter` gives numbers from 0 to 1."""

    def __init__(
        self, host: str, port: int, patience: Patience | None = None, jitter: Callable[[], float] = random.random
    ) -> None:
        self.label = f"tcp {host}:{port}"
        self._address = (host, port)
        self._patience = patience or Patience()
        self._jitter = jitter

    async def run(self, door: Door) -> None:
        """Connect, read, and again after a pause that grows while nothing comes."""
        failures = 0
        while True:
            heard, reason = await self._once(door)
            failures = 0 if heard else failures + 1
            pause = pause_s(failures, self._patience, self._jitter)
            door.say(f"{self.label}: {reason}; connects again in {pause:.1f} s")
            await asyncio.sleep(pause)

    async def _once(self, door: Door) -> tuple[bool, str]:
        """One connection from beginning to end: whether anything was heard, and why it ended."""
        try:
            async with asyncio.timeout(self._patience.connect_s):
                reader, writer = await asyncio.open_connection(*self._address)
        except (OSError, TimeoutError) as error:
            return False, f"not connected ({error or 'no answer'})"
        door.say(f"{self.label}: connected")
        return await converse(reader, writer, Peer(self.label), door, self._patience)

    def close(self) -> None:
        """Nothing is held between connections."""

    def lost(self) -> int:
        """TCP loses nothing on the way."""
        return 0


class TcpServer:
    """Takes connections at `host:port`; port 0 lets the system choose (`port` says which). BadInput if it is taken."""

    def __init__(self, host: str, port: int, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._socket = _listening(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.label = f"tcp server {host}:{self.port}"
        self._talking: set[asyncio.Task[None]] = set()
        self._refused = 0

    async def run(self, door: Door) -> None:
        """Take connections until cancelled; those under way end with it."""

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(asyncio.CancelledError):  # that is how the server ends it
                await self._talk(reader, writer, door)

        server = await asyncio.start_server(talk, sock=self._socket)
        try:
            await server.serve_forever()
        finally:
            for task in tuple(self._talking):
                task.cancel()
            await asyncio.gather(*self._talking, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, door: Door) -> None:
        peer = Peer("tcp {}:{}".format(*writer.get_extra_info("peername")[:2]))
        if len(self._talking) >= self._patience.most_peers:
            self._refused += 1
            door.say(f"{peer.name}: refused, {self._patience.most_peers} are connected ({self._refused} so far)")
            writer.transport.abort()
            return
        task = asyncio.current_task()
        assert task is not None  # a coroutine runs in a task
        self._talking.add(task)
        try:
            door.say(f"{peer.name}: connected")
            _, reason = await converse(reader, writer, peer, door, self._patience)
            door.say(f"{peer.name}: {reason}")
        finally:
            self._talking.discard(task)

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()

    def lost(self) -> int:
        """TCP loses nothing on the way."""
        return 0


async def converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: Peer, door: Door, patience: Patience
) -> tuple[bool, str]:
    """Hand over what a connection says until it ends: whether it said anything, and why it ended."""
    keep_alive(writer.get_extra_info("socket"))
    heard, idle_s, unbroken = False, 0.0, 0
    try:
        while True:
            try:
                async with asyncio.timeout(patience.silent_s):
                    data = await reader.read(CHUNK)
            except TimeoutError:
                idle_s += patience.silent_s
                if idle_s >= patience.idle_s:
                    return heard, f"silent for {idle_s:.0f} s, given up"
                door.say(f"{peer.name}: connected but silent for {idle_s:.0f} s")
                continue
            if not data:
                return heard, "closed by the other side"
            heard, idle_s = True, 0.0
            await door.put(peer, data)
            unbroken = 0 if b"\n" in data else unbroken + len(data)
            if unbroken > patience.unbroken_bytes:
                return heard, f"{unbroken} bytes without a line end, hung up"
            if peer.refused:
                return heard, f"{peer.refused}, hung up"
    except OSError as error:
        return heard, f"broken off ({error.strerror or error})"
    finally:
        door.leave(peer)
        writer.transport.abort()


def keep_alive(connection: socket.socket) -> None:
    """Let the system notice within a minute when the other side is no longer there."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family, backlog=64)
    except OSError as error:
        raise BadInput(
            f"{host}:{port} cannot be listened at ({error.strerror}); choose another", field="listen"
        ) from None
