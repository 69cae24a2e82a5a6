"""Joins the parts of messages that were cut into several sentences, and never joins what does not belong together.

Ten sequence numbers are shared by a whole sea, so a number alone proves little. Parts belong together when talker,
channel, number and count agree, stations and tag groups do not disagree, and they were heard within three seconds; a
part that no station timed takes its group's time, if it follows closely. Where nothing tells two candidates apart,
order does: part one, then the rest. A complete message whose parts came in another order therefore waits a few lines,
in case an orderly one claims part of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ingest.ais.listen import Heard, Sentence
from ingest.outcome import Flag, Reject

SPREAD_MS = 3_000
PATIENCE_MS = 3 * SPREAD_MS
SETTLE = 8
NEARBY = 300
PATIENCE = 20_000
MAX_OPEN = 4_096

MAX_PER_KEY = 16

_UNTIMED, _ARRIVAL = int(Flag.UNTIMED), int(Flag.ARRIVAL)
_GUESSED = _UNTIMED | _ARRIVAL
Key = tuple[bytes, bytes, int, bytes]


@dataclass
class Group:
    """Parts of one message, in the order they came; `touched` is the count of sentences seen at the last one.

    `noticed_ms` is when a live stream first found it waiting.
    """

    touched: int
    parts: dict[int, Sentence] = field(default_factory=dict)
    noticed_ms: int | None = None

    @property
    def newest(self) -> Sentence:
        """The part that came last."""
        return next(reversed(self.parts.values()))

    @property
    def full(self) -> bool:
        """Nothing is missing."""
        return len(self.parts) == self.newest.total

    @property
    def orderly(self) -> bool:
        """The parts came as 1, 2, 3 …"""
        return list(self.parts) == sorted(self.parts)

    def outwaited(self, now_ms: int) -> bool:
        """It has waited as long as a message takes; a full group, that others may still dispute, less long."""
        if self.noticed_ms is None:
            self.noticed_ms = now_ms
        return not 0 <= now_ms - self.noticed_ms < (SPREAD_MS if self.full else PATIENCE_MS)

    def drop_older_than_first(self) -> list[Sentence]:
        """Take out the parts that came before part one."""
        older = list(self.parts)[: list(self.parts).index(1)]
        return [self.parts.pop(number) for number in older]

    def distance(self, other: Sentence, seen: int) -> float | None:
        """Milliseconds between this group and a part; None when they cannot belong together.

        A station's time and our time of arrival are never held against each other: stations' clocks differ from ours.
        """
        mine = self.newest
        if disagree(mine.station, other.station) or disagree(mine.group, other.group):
            return None
        arrival = other.flags & _ARRIVAL
        times = [part.heard_ms for part in self.parts.values() if part.flags & _ARRIVAL == arrival]
        known = [time for time in times if time is not None]
        if other.heard_ms is None or not known:
            return SPREAD_MS if seen - self.touched <= NEARBY else None
        apart = min(abs(other.heard_ms - time) for time in known)
        return apart if apart <= SPREAD_MS else None


class Assembler:
    """Holds the open groups between calls. Gives every sentence back once: alone, joined, or in a reject."""

    def __init__(self) -> None:
        self._open: dict[Key, list[Group]] = {}
        self._count = 0
        self._seen = 0
        self._next_sweep = SETTLE

    def join(self, heard: Iterable[Heard]) -> Iterator[Heard]:
        """Whole messages (each as one `Sentence`) and everything else unchanged."""
        for item in heard:
            if type(item) is not Sentence:
                yield item
                continue
            self._seen += 1
            if item.total == 1:
                yield item
            else:
                yield from self._place(item)
            if self._count and self._seen >= self._next_sweep:
                yield from self._sweep()

    def flush(self) -> Iterator[Heard]:
        """The end: what is complete goes out, what is not is a reject with all its lines."""
        for groups in self._open.values():
            for group in groups:
                yield close(group)
        self._open.clear()
        self._count = 0

    def expire(self, now_ms: int) -> Iterator[Heard]:
        """For live streams: let go of what has waited too long, by our clock (a recording's times would not do)."""
        old = [(key, group) for key, groups in self._open.items() for group in groups if group.outwaited(now_ms)]
        for key, group in old:
            yield self._take(key, group)

    def _place(self, part: Sentence) -> Iterator[Heard]:
        key = (part.channel, part.seq, part.total, part.raw.rpartition(b"!")[2][:5].upper())
        candidates = [
            (distance, -group.touched, index, group)
            for index, group in enumerate(self._open.get(key, ()))
            if (distance := group.distance(part, self._seen)) is not None
        ]
        free = [candidate for candidate in candidates if part.part not in candidate[3].parts]
        if free:
            group = min(free)[3]
        elif candidates and self._reorders(min(candidates)[3], part):
            group = min(candidates)[3]
            yield from (incomplete([older]) for older in group.drop_older_than_first())
        else:
            yield from self._displace(key, min(candidates)[3] if candidates else None, part)
            group = self._open_group(key)
        group.parts[part.part] = part
        group.touched = self._seen
        if group.full and group.orderly:
            yield self._take(key, group)

    @staticmethod
    def _reorders(group: Group, part: Sentence) -> bool:
        """The slot is held by a part older than the group's part one: this newcomer is the orderly one."""
        order = list(group.parts)
        same = group.parts[part.part].payload == part.payload
        return not same and 1 in order and order.index(part.part) < order.index(1)

    def _displace(self, key: Key, rival: Group | None, part: Sentence) -> Iterator[Heard]:
        """A different message under the same number ends the one before it; a repeated part does not."""
        groups = self._open.get(key, [])
        if rival is not None and rival.parts[part.part].payload != part.payload:
            yield self._take(key, rival)
        elif len(groups) >= MAX_PER_KEY:
            yield self._take(key, groups[0])

    def _open_group(self, key: Key) -> Group:
        group = Group(self._seen)
        self._open.setdefault(key, []).append(group)
        self._count += 1
        return group

    def _take(self, key: Key, group: Group) -> Heard:
        groups = self._open[key]
        groups[:] = [other for other in groups if other is not group]
        if not groups:
            del self._open[key]
        self._count -= 1
        return close(group)

    def _sweep(self) -> Iterator[Heard]:
        """Let go of what has waited long enough; bounds memory whatever comes in."""
        self._next_sweep = self._seen + SETTLE
        patience = PATIENCE if self._count <= MAX_OPEN else SETTLE
        old = [
            (key, group)
            for key, groups in self._open.items()
            for group in groups
            if self._seen - group.touched >= (SETTLE if group.full else patience)
        ]
        for key, group in old:
            yield self._take(key, group)


def disagree(one: bytes | None, other: bytes | None) -> bool:
    """Both say something, and not the same."""
    return one is not None and other is not None and one != other


def close(group: Group) -> Heard:
    """The joined message of a full group, or the reject of one that is not."""
    return joined(group) if group.full else incomplete(list(group.parts.values()))


def joined(group: Group) -> Sentence:
    """One sentence out of its parts, flagged like any of them; heard when part one was, or the earliest that says.

    What a station said goes before when a part arrived.
    """
    parts = [group.parts[number] for number in sorted(group.parts)]
    first, last = parts[0], parts[-1]
    said = [part for part in parts if not part.flags & _GUESSED] or [part for part in parts if part.flags & _ARRIVAL]
    times = [part.heard_ms for part in said if part.heard_ms is not None]
    flags = said[0].flags & _ARRIVAL if said else _UNTIMED
    for part in parts:
        flags |= part.flags & ~_GUESSED
    return first._replace(
        raw=b"\n".join(part.raw for part in parts),
        payload=b"".join(part.payload for part in parts),
        fill=last.fill,
        heard_ms=first.heard_ms if first in said else min(times, default=None),
        flags=flags,
    )


def incomplete(parts: list[Sentence]) -> Reject:
    """All lines of a message of which the rest never came."""
    got = ", ".join(str(part.part) for part in parts)
    detail = f"parts {got} of {parts[0].total} on channel {parts[0].channel.decode('latin-1')!r}"
    raw = b"\n".join(part.raw for part in parts)
    return Reject("incomplete_multipart", detail, raw, parts[0].line_no, parts[0].heard_ms, len(parts))
