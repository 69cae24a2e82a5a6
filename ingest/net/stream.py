"""The lines of many peers, each understood by itself: half a message of one never meets the other half of another."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from ingest.load import Pipeline
from ingest.net.intake import Peer, Segment
from ingest.net.receiver import Receiver
from ingest.outcome import Outcome, Reject
from ingest.source import LineCutter
from ingest.stream import Tally

MOST_NONSENSE = 1_000
"""Refused lines, without a single message, after which a peer is taken for something else than a receiver."""


class Conversation:
    """What is known of one peer: the line it is in the middle of, and what its lines have meant so far."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self._cutter = LineCutter()
        self._messages = 0
        self._refused = 0

    def hear(self, segment: Segment) -> list[Outcome]:
        """The outcomes of these bytes; says to the peer's socket when it is nonsense."""
        found = list(self.pipeline.push(self._cutter.cut(segment.data, segment.arrived_at)))
        refused = sum(type(outcome) is Reject for outcome in found)
        self._messages += len(found) - refused
        self._refused += refused
        if not self._messages and self._refused >= MOST_NONSENSE:
            segment.peer.refused = f"{self._refused} lines and no AIS message"
        return found

    def end(self) -> list[Outcome]:
        """The last, unended line and what the pipeline held back."""
        return [*self.pipeline.push(self._cutter.end()), *self.pipeline.finish()]


class PeerStream:
    """A `Stream` out of a receiver's intake; `make_pipeline` gives each peer its own."""

    def __init__(self, receiver: Receiver, make_pipeline: Callable[[], Pipeline]) -> None:
        self._receiver = receiver
        self._make_pipeline = make_pipeline
        self._talking: dict[Peer, Conversation] = {}
        self._gone = Tally(0, 0, Counter())

    def take(self, now: datetime, room: int) -> list[Outcome]:
        """What has arrived, in the order of arrival; segments stamped their lines when they came."""
        self._receiver.check()
        for conversation in self._talking.values():
            conversation.pipeline.refresh()
        found: list[Outcome] = []
        while len(found) < room and (segment := self._receiver.door.intake.take()):
            found += self._hear(segment) if segment.data else self._part_from(segment.peer)
        for conversation in self._talking.values():
            found += conversation.pipeline.expire()
        return found

    def close(self) -> None:
        """Receive no more."""
        self._receiver.stop()

    def finish(self) -> list[Outcome]:
        """What the peers left unfinished."""
        return [outcome for peer in list(self._talking) for outcome in self._part_from(peer)]

    def tally(self) -> Tally:
        """The counts over all peers, those that have gone included."""
        total = self._gone._replace(ignored=self._gone.ignored.copy(), lost=self._receiver.lost())
        for conversation in self._talking.values():
            total = _add(total, conversation.pipeline)
        return total

    def _hear(self, segment: Segment) -> list[Outcome]:
        if segment.peer.refused:
            return []  # still on its way when the socket was told to hang up
        conversation = self._talking.get(segment.peer)
        if conversation is None:
            conversation = self._talking[segment.peer] = Conversation(self._make_pipeline())
        return conversation.hear(segment)

    def _part_from(self, peer: Peer) -> list[Outcome]:
        conversation = self._talking.pop(peer, None)
        if conversation is None:
            return []
        found = conversation.end()
        self._gone = _add(self._gone, conversation.pipeline)
        return found


def _add(tally: Tally, pipeline: Pipeline) -> Tally:
    return tally._replace(
        lines=tally.lines + pipeline.lines,
        extra=tally.extra + pipeline.extra,
        ignored=tally.ignored + pipeline.ignored,
    )
