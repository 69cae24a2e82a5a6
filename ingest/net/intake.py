"""What has arrived and is not yet understood: a bounded queue between the thread that receives and the one that stores.

While the database is away this is where the stream waits. When it is full, TCP senders are made to wait in their turn,
and datagrams are lost and counted.
"""

from collections import deque
from datetime import datetime
from threading import Lock
from typing import NamedTuple

MOST_BYTES = 32 * 1024 * 1024
_OVERHEAD = 256
"""What a waiting segment takes beside its bytes."""


class Peer:
    """Who sends: one TCP connection, or one address that sends datagrams. `refused` says why we no longer listen."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.refused: str | None = None


class Segment(NamedTuple):
    """Bytes as they arrived (UTC); empty when the peer has gone."""

    peer: Peer
    arrived_at: datetime
    data: bytes


class Intake:
    """Safe between one thread that offers and one that takes. `dropped` counts datagrams that found it full."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held = 0
        self._lock = Lock()
        self._segments: deque[Segment] = deque()
        self.dropped = 0

    def offer(self, segment: Segment, must: bool = False) -> bool:
        """Take it in, or say that there is no room.

        There always is for what must, for the first, and for the news that a peer has gone.
        """
        size = _size(segment)
        with self._lock:
            if segment.data and self._segments and not must and self._held + size > self._most_bytes:
                return False
            self._held += size
            self._segments.append(segment)
        return True

    def take(self) -> Segment | None:
        """The segment that has waited longest, if any."""
        with self._lock:
            if not self._segments:
                return None
            segment = self._segments.popleft()
            self._held -= _size(segment)
        return segment

    @property
    def held_bytes(self) -> int:
        """What waits, with its overhead."""
        return self._held


def _size(segment: Segment) -> int:
    return len(segment.data) + _OVERHEAD
