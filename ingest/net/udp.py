"""UDP: receivers send datagrams at us. Nobody waits and nobody repeats: what is lost is counted where it can be."""

import asyncio
import socket
import struct
from collections import OrderedDict

from geo.errors import BadInput
from ingest.net.intake import Peer
from ingest.net.receiver import Door

PORT = 10110
BUFFER = 16 * 1024 * 1024
LARGEST = 64 * 1024
AT_ONCE = 512
MOST_PEERS = 256
GREETING = b"UdPbC\0"
"""How an IEC 61162-450 datagram begins."""
_SO_RCVBUFFORCE, _SO_RXQ_OVFL = 33, 40
_COUNT = struct.Struct("I")


class UdpSocket:
    """Takes datagrams at `host:port` (a multicast group is joined); port 0 lets the system choose.

    Each datagram holds whole lines; the last needs no line end. Peers are told apart by address, not by port: many
    senders take a new port for every datagram. BadInput if the port cannot be had.
    """

    def __init__(self, host: str = "0.0.0.0", port: int = PORT) -> None:  # noqa: S104 - receivers are other machines
        self._socket = _bound(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.label = f"udp {host}:{self.port}"
        self._peers: OrderedDict[str, Peer] = OrderedDict()
        self._lost = 0

    async def run(self, door: Door) -> None:
        """Receive until cancelled."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._socket, self._read, door)
        try:
            await asyncio.Event().wait()
        finally:
            loop.remove_reader(self._socket)
            self._read(door)

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()

    def lost(self) -> int:
        """What the system dropped because its buffer was full (Linux tells with the next datagram)."""
        return self._lost

    def _read(self, door: Door) -> None:
        """What waits now, up to a bound, so that other sockets get their turn."""
        for _ in range(AT_ONCE):
            try:
                data, told, _, address = self._socket.recvmsg(LARGEST, socket.CMSG_SPACE(_COUNT.size))
            except BlockingIOError:
                return
            except OSError:
                continue
            self._note_lost(told, door)
            peer = self._peer(str(address[0]), door)
            if data and not peer.refused:
                data = data.removeprefix(GREETING)
                door.drop_in(peer, door.clock(), data if data.endswith(b"\n") else data + b"\n")

    def _note_lost(self, told: list[tuple[int, int, bytes]], door: Door) -> None:
        for level, kind, value in told:
            if level == socket.SOL_SOCKET and kind == _SO_RXQ_OVFL and len(value) == _COUNT.size:
                lost = int(_COUNT.unpack(value)[0])
                if lost and not self._lost:
                    door.say(f"{self.label}: the system's buffer overflowed; datagrams are being lost")
                self._lost = max(self._lost, lost)

    def _peer(self, host: str, door: Door) -> Peer:
        peer = self._peers.get(host)
        if peer is None:
            peer = self._peers[host] = Peer(f"udp {host}")
            door.say(f"{peer.name}: first datagram")
            if len(self._peers) > MOST_PEERS:
                door.leave(self._peers.popitem(last=False)[1])
        self._peers.move_to_end(host)
        return peer


def _bound(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, _SO_RXQ_OVFL, 1)
        _widen(made)
        made.bind(address)
        _join_group(made, str(address[0]))
    except OSError as error:
        raise BadInput(f"{host}:{port} cannot be listened at ({error.strerror}); choose another", field="udp") from None
    return made


def _widen(made: socket.socket) -> None:
    """As large a buffer as the system grants: beyond its limit only to the privileged."""
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    try:
        made.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, BUFFER)
    except PermissionError:
        return


def _join_group(made: socket.socket, host: str) -> None:
    """IEC 61162-450 sends to groups 239.192.0.x."""
    if made.family == socket.AF_INET and 224 <= int(host.partition(".")[0]) <= 239:
        made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(host) + bytes(4))
