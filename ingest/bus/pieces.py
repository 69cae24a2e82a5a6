"""Records as messages of a bus: many small ones together, one that is too long for a message in pieces.

A message is frames as in a segment of the spool (`ingest.bus.segments`), so what is read is proven whole. Of a cut
frame every message holds one piece; its header says which of how many.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from zlib import crc32

from ingest.bus.record import Record, decode_record
from ingest.bus.segments import frames

PIECE_BYTES = 128 << 10
"""Small enough for every server's `max_payload` (1 MiB unless told otherwise), and for sixteen lanes to be held."""
PIECE, SENDER = "Opsmap-Piece", "Opsmap-Sender"
STEP = 1 << 16
"""Places within one message: a record's place is the message's number times this, plus its own number in it."""


class Payload(NamedTuple):
    """A message to send; `piece` is "1/3" for the first of three of one frame, empty for whole frames."""

    data: bytes
    piece: str = ""


def pack(framed: Iterable[bytes], most: int = PIECE_BYTES) -> Iterator[Payload]:
    """Frames in order as payloads of at most `most` bytes."""
    together: list[bytes] = []
    size = 0
    for one in framed:
        if together and size + len(one) > most:
            yield Payload(b"".join(together))
            together, size = [], 0
        if len(one) > most:
            yield from _cut(one, most)
        else:
            together.append(one)
            size += len(one)
    if together:
        yield Payload(b"".join(together))


def _cut(one: bytes, most: int) -> Iterator[Payload]:
    count = -(-len(one) // most)
    for number in range(count):
        yield Payload(one[number * most : (number + 1) * most], f"{number + 1}/{count}")


class Found(NamedTuple):
    """A record out of a message, with its place and the next."""

    record: Record
    sender: str
    at: int
    next: int


class _Begun(NamedTuple):
    """Pieces so far, and the number of the message that held the first."""

    number: int
    pieces: list[bytes]


class Assembler:
    """Messages of one lane, in order, into records. `torn` counts what could not be put together."""

    def __init__(self) -> None:
        self._begun: dict[str, _Begun] = {}
        self.torn = 0

    def open(self, number: int, headers: Mapping[str, str], data: bytes) -> list[Found]:
        """The records that are whole with this message; `number` is its place in the stream."""
        sender, piece = headers.get(SENDER, ""), headers.get(PIECE, "")
        begun = self._begun.pop(sender, None)
        if not piece:
            self.torn += begun is not None  # the sender went on without the rest
            return self._whole(_Begun(number, [data]), sender, number)
        at, count = map(int, piece.split("/"))
        if at == 1:
            self.torn += begun is not None
            begun = _Begun(number, [])
        elif begun is None or len(begun.pieces) != at - 1:
            self.torn += at == count
            return []
        begun.pieces.append(data)
        if at < count:
            self._begun[sender] = begun
            return []
        return self._whole(begun, sender, number)

    def needed_from(self, place: int) -> int:
        """Where to read again from, so that nothing begun and not whole is lost."""
        return min([place, *(begun.number * STEP for begun in self._begun.values())])

    def _whole(self, begun: _Begun, sender: str, number: int) -> list[Found]:
        found: list[Found] = []
        records = [decode_record(payload) for _, _, payload in frames(b"".join(begun.pieces))]
        for index, record in enumerate(records):
            last = index == len(records) - 1
            place = begun.number * STEP + index
            found.append(Found(record, sender, place, (number + 1) * STEP if last else place + 1))
        self.torn += not found
        return found


def lane_of(peer: str, sender: str, lanes: int) -> int:
    """The lane of a peer: always the same, so that what it says stays in order."""
    return crc32(f"{sender} {peer}".encode()) % lanes
