"""Stores what was refused: once per content, with how often and when it was seen, ready to be replayed."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

import psycopg

from geo.clock import from_unix_ms
from ingest.outcome import Reject

_STAGE = """
CREATE TEMP TABLE IF NOT EXISTS stage_reject (
    line_no int8, reason text, detail text, raw bytea, raw_hash int8, heard_at timestamptz, seen int4
) ON COMMIT DELETE ROWS
"""
_TYPES = ("int8", "text", "text", "bytea", "int8", "timestamptz", "int4")

_UPSERT = """
INSERT INTO reject AS r
    (source_id, delivery_id, line_no, reason, detail, raw, raw_hash, heard_at, seen, first_seen, last_seen)
SELECT %(source)s, %(delivery)s, line_no, reason, detail, raw, raw_hash, heard_at, seen, %(now)s, %(now)s
FROM stage_reject ORDER BY reason, raw_hash
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
    seen: Counter[tuple[str, int]] = Counter()
    for reject in rejects:
        key = (reject.reason, hash_raw(reject.raw))
        first.setdefault(key, reject)
        seen[key] += 1
    if first:
        connection.execute(_STAGE)
        _stage(connection, first, seen)
        connection.execute(_UPSERT, {"source": source_id, "delivery": delivery_id, "now": now})
        connection.execute("TRUNCATE stage_reject")
    return len(first)


def _stage(
    connection: psycopg.Connection, first: dict[tuple[str, int], Reject], seen: Counter[tuple[str, int]]
) -> None:
    """Put each different reject into the staging table of this transaction."""
    with connection.cursor() as cursor, cursor.copy("COPY stage_reject FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_TYPES)
        for (reason, raw_hash), reject in first.items():
            heard_at = None if reject.heard_ms is None else _moment(reject.heard_ms)
            detail = printable(reject.detail)
            times = seen[reason, raw_hash]
            copy.write_row((reject.line_no, reason, detail, reject.raw, raw_hash, heard_at, times))


def hash_raw(raw: bytes) -> int:
    """A signed 64-bit name of the bytes."""
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big", signed=True)


def _moment(heard_ms: int) -> datetime | None:
    """The time a reject was heard, unless it is the very time that cannot be."""
    try:
        return from_unix_ms(heard_ms)
    except (OverflowError, ValueError, OSError):
        return None


def printable(text: str) -> str:
    """PostgreSQL text holds no NUL."""
    return text.replace("\0", "\\0")
