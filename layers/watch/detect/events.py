"""What a detector found. An event is known by what, who and since when: found again, it is the same event."""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from layers.watch.detect.fixes import Carry

Facts = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Event:
    """One thing that happened. Unix ms UTC; `end_ms` None while it lasts; degrees EPSG:4326 where it began.

    `boats` are the caller's numbers, ascending. `facts` are measured numbers, their units in their names. While it
    lasts an event tells what was known when it began; what it came to (how far, how near) is told when it is over.
    """

    conduct: str
    step: str
    boats: tuple[int, ...]
    start_ms: int
    end_ms: int | None
    lon: float
    lat: float
    facts: Facts = ()

    @property
    def key(self) -> tuple[str, str, tuple[int, ...], int]:
        """What makes it this event and no other."""
        return self.conduct, self.step, self.boats, self.start_ms

    @property
    def id(self) -> str:
        """The key as 32 hexadecimal digits, the same on every machine."""
        return hashlib.sha256(repr(self.key).encode()).hexdigest()[:32]


class Found(NamedTuple):
    """What one batch showed, and what to hand to the next."""

    events: list[Event]
    carry: Carry


def latest(events: list[Event]) -> dict[tuple[str, str, tuple[int, ...], int], Event]:
    """The last word on each event, of events in the order they were found."""
    return {event.key: event for event in events}
