"""Stores what was refused: once per content, with how often and when it was seen, ready to be replayed."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

import psycopg

from geo.clock import from_unix_ms
from ingest.outcome import Reject

_UPSERT = """
INSERT INTO reject AS r
    (source_id, delivery_id, line_no, reason, detail, raw, raw_hash, heard_at, seen, first_seen, last_seen)
SELECT %(source)s, %(delivery)s, u.line_no, u.reason, u.detail, u.raw, u.raw_hash, u.heard_at, u.seen, %(now)s, %(now)s
FROM unnest(%(line_no)s::int8[], %(reason)s::text[], %(detail)s::text[], %(raw)s::bytea[], %(raw_hash)s::int8[],
            %(heard_at)s::timestamptz[], %(seen)s::int4[]) AS u(line_no, reason, detail, raw, raw_hash, heard_at, seen)
ORDER BY u.reason, u.raw_hash
ON CONFLICT (source_id, reason, raw_hash) DO UPDATE SET
    seen = r.seen + excluded.seen, last_seen = excluded.last_seen, delivery_id = excluded.delivery_id,
    line_no = excluded.line_no
"""


def store_rejects(
    connection: psycopg.Connection, source_id: int, delivery_id: int, rejects: Iterable[Reject], now: datetime
) -> int:
    """Add the rejects to the table, or count them once more; how many different ones there were.

    Runs inside the caller's transaction.
    """
    first: dict[tuple[str, int], Reject] = {}
    seen: dict[tuple[str, int], int] = {}
    for reject in rejects:
        key = (reject.reason, hash_raw(reject.raw))
        first.setdefault(key, reject)
        seen[key] = seen.get(key, 0) + 1
    if first:
        rows = _columns(first, seen)
        connection.execute(_UPSERT, rows | {"source": source_id, "delivery": delivery_id, "now": now})
    return len(first)


def hash_raw(raw: bytes) -> int:
    """A signed 64-bit name of the bytes."""
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big", signed=True)


def _columns(first: dict[tuple[str, int], Reject], seen: dict[tuple[str, int], int]) -> dict[str, list[object]]:
    rejects = list(first.values())
    return {
        "line_no": [reject.line_no for reject in rejects],
        "reason": [reject.reason for reject in rejects],
        "detail": [printable(reject.detail) for reject in rejects],
        "raw": [reject.raw for reject in rejects],
        "raw_hash": [raw_hash for _, raw_hash in first],
        "heard_at": [None if reject.heard_ms is None else _moment(reject.heard_ms) for reject in rejects],
        "seen": list(seen.values()),
    }


def _moment(heard_ms: int) -> datetime | None:
    """The time a reject was heard, unless it is the very time that cannot be."""
    try:
        return from_unix_ms(heard_ms)
    except (OverflowError, ValueError, OSError):
        return None


def printable(text: str) -> str:
    """PostgreSQL text holds no NUL."""
    return text.replace("\0", "\\0")
