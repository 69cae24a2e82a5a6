"""Where a message is taken: for whom, into which sources, and what an adapter is handed with each file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import psycopg

from geo.clock import Clock
from geo.errors import NotAllowed
from ingest.deliveries import Opened, Sender, close_delivery, open_delivery
from ingest.exchange.document import Organ
from ingest.summary import Summary
from layers.sources.register import ensure_source

AXIS = Sender("exchange", "real", "Trục liên thông văn bản của tỉnh")


@dataclass(frozen=True)
class Desk:
    """Who brings messages (the axis), and whose rows what they publish becomes: a sender by adapter or layer.

    `may` says which agency (by its code on the axis) publishes what; None: a person handed the message in, and answers
    for it. The axis reaches every agency of the country, so whatever is polled needs it.
    """

    axis: Sender = AXIS
    senders: Mapping[str, Sender] = field(default_factory=dict)
    may: Mapping[str, frozenset[str]] | None = None

    def sender(self, name: str, code: str, title: str) -> Sender:
        """The sender of what the adapter or layer `name` publishes; of the axis' own origin unless told otherwise."""
        return self.senders.get(name) or Sender(code, self.axis.origin, title)

    def check(self, agency: str, target: str) -> None:
        """NotAllowed when the agency may not publish to that layer or adapter."""
        if self.may is not None and target not in self.may.get(agency, frozenset()):
            raise NotAllowed(
                f"agency {agency!r} is not among those who publish {target!r}; see OPSMAP_EXCHANGE_SENDERS"
            )


@dataclass(frozen=True)
class Given:
    """A file as an adapter gets it: decoded, in a file of its own, unpacked from a ZIP made for it alone."""

    name: str
    path: Path
    head: bytes
    description: str | None


@dataclass(frozen=True)
class Room:
    """What every adapter of one message shares; `paper_id` is the paper its files came with, `delivery_id` its own.

    `issued_at` is the end of the day it bears; `sent_at` when the axis got it (UTC), where the axis says so.
    """

    connection: psycopg.Connection
    desk: Desk
    clock: Clock
    paper_id: int | None
    sender: Organ | None
    issued_at: datetime | None
    sent_at: datetime | None = None
    delivery_id: int | None = None

    def open(self, sender: Sender, label: str, adapter: str) -> tuple[int, int]:
        """A delivery of a source: (source id, delivery id)."""
        source_id = ensure_source(self.connection, sender.code, sender.origin, sender.title, sender.cadence)
        return source_id, open_delivery(self.connection, source_id, label, self.clock, self.opened(adapter))

    def opened(self, adapter: str) -> Opened:
        """What a delivery of this message's files says of itself."""
        return Opened(adapter=adapter, parent_id=self.delivery_id, paper_id=self.paper_id)

    def close(self, delivery_id: int, summary: Summary, sha256: bytes | None) -> None:
        """Finish a delivery; `sha256` is that of the raw file kept for it."""
        close_delivery(self.connection, delivery_id, summary, self.clock(), sha256)


@dataclass(frozen=True)
class Published:
    """What an adapter made of a file. `kept`: what may stay of it in the raw store; None: nothing may."""

    summary: Summary
    kept: Path | None


class Adapter(Protocol):
    """Understands one kind of file. `publish` raises BadInput for a file that cannot be understood as a whole."""

    @property
    def name(self) -> str:
        """How permissions and senders call it."""
        ...

    def knows(self, given: Given) -> bool:
        """Whether the file is of this kind, by its name, description and first bytes."""
        ...

    def target(self, given: Given) -> str:
        """What the file would publish to: a layer, or the adapter itself."""
        ...

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store what the file says, in the caller's transaction; `scratch` is a folder for files of our own."""
        ...


def merge(into: Summary, other: Summary) -> None:
    """Add the counts of one file to those of its message."""
    into.lines += other.lines
    into.messages += other.messages
    into.stored += other.stored
    into.duplicates += other.duplicates
    into.ignored.update(other.ignored)
    into.rejected.update(other.rejected)
