"""How digests become a chain: pure. Equal rows give equal digests, in whatever batches they came."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from layers.seals.recompute import Key, Part

GENESIS = hashlib.sha256(b"opsmap: nothing was stored before").digest()
"""What the first seal follows."""


@dataclass(frozen=True)
class Seal:
    """A day's seal, as `day_seal` keeps it."""

    day: date
    rows: int
    first_at: datetime | None
    last_at: datetime | None
    digest: bytes
    previous: bytes
    head: bytes
    sealed_at: datetime
    sealed_by: str


def digest_of(parts: Iterable[tuple[Key, int, bytes]]) -> bytes:
    """The digest of a day from its parts (key, rows, digest), in whatever order they come."""
    found = hashlib.sha256()
    for key, rows, digest in sorted(parts, key=lambda part: (part[0].place, part[0].hour, part[0].shard)):
        found.update(f"{key.place} {key.hour} {key.shard} {rows} {digest.hex()}\n".encode())
    return found.digest()


def make_seal(day: date, parts: list[Part], previous: bytes, sealed_at: datetime, sealed_by: str) -> Seal:
    """The seal of a day."""
    first = min((part.first_at for part in parts), default=None)
    last = max((part.last_at for part in parts), default=None)
    digest = digest_of((part.key, part.rows, part.digest) for part in parts)
    rows = sum(part.rows for part in parts)
    seal = Seal(day, rows, first, last, digest, previous, b"", sealed_at, sealed_by)
    return replace(seal, head=head_of(seal))


def head_of(seal: Seal) -> bytes:
    """SHA-256 over all a seal says but its head: the head of the day before is part of it."""
    moments = (_moment(t) for t in (seal.first_at, seal.last_at, seal.sealed_at))
    told = (seal.day.isoformat(), str(seal.rows), *moments, seal.digest.hex(), seal.previous.hex(), seal.sealed_by)
    return hashlib.sha256("\n".join(told).encode()).digest()


def _moment(t: datetime | None) -> str:
    return "-" if t is None else t.astimezone(UTC).isoformat(timespec="microseconds")
