"""The door that leads into a spool: what a socket brings is on the disk before the socket is read again."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from geo.clock import unix_ms
from ingest.bus.bus import BusFull, Publisher
from ingest.bus.record import Record
from ingest.net.intake import Peer
from ingest.net.receiver import FULL_TURN_S, Door

MOST_NONSENSE = 1_000
"""Lines without a single sentence, after which a peer is taken for something else than a receiver."""
_SENTENCE = (b"VDM,", b"VDO,")


@dataclass(frozen=True)
class Stamp:
    """What every record of a door says: its form, and whose it is."""

    form: str
    source: str
    origin: str


@dataclass(frozen=True)
class SpoolDoor(Door):
    """A `Door` whose segments become records of a bus."""

    bus: Publisher = field(kw_only=True)
    stamp: Stamp = field(kw_only=True)
    _doubts: dict[Peer, int] = field(default_factory=dict)

    async def put(self, peer: Peer, data: bytes) -> None:
        """Hand over bytes of a connection and wait until they are safe: a full disk makes the sender wait."""
        self._judge(peer, data)
        record = self._record(peer, self.clock(), data)
        while True:
            try:
                await asyncio.shield(asyncio.wrap_future(self.bus.publish([record])))
                return
            except BusFull:
                await asyncio.sleep(FULL_TURN_S)

    def drop_in(self, peer: Peer, arrived_at: datetime, data: bytes) -> None:
        """Hand over a datagram; one that finds no room is lost and counted."""
        self._judge(peer, data)
        done = self.bus.publish([self._record(peer, arrived_at, data)])
        done.add_done_callback(lambda given: self._count_lost(peer, given.exception()))

    def leave(self, peer: Peer) -> None:
        """The peer has gone: what it left half-said can be let go."""
        self._doubts.pop(peer, None)
        self.bus.publish([self._record(peer, self.clock(), b"")])

    def _record(self, peer: Peer, arrived_at: datetime, data: bytes) -> Record:
        stamp = self.stamp
        return Record(stamp.form, stamp.source, stamp.origin, f"{peer.name} #{id(peer):x}", unix_ms(arrived_at), data)

    def _count_lost(self, peer: Peer, failure: BaseException | None) -> None:
        if failure is not None:
            if self.intake.dropped == 0:
                self.say(f"{peer.name}: {failure}; datagrams are being lost")
            self.intake.dropped += 1

    def _judge(self, peer: Peer, data: bytes) -> None:
        """Count lines of nonsense until the first sentence; a peer of nothing else is hung up on."""
        if self.stamp.form != "nmea" or self._doubts.get(peer) == -1:
            return
        if any(mark in data for mark in _SENTENCE):
            self._doubts[peer] = -1
            return
        self._doubts[peer] = self._doubts.get(peer, 0) + data.count(b"\n")
        if self._doubts[peer] >= MOST_NONSENSE:
            peer.refused = f"{self._doubts[peer]} lines and no AIS message"
