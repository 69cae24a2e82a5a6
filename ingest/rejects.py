"""Stores what was refused: once per content, with how often and when it was seen, ready to be replayed."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b

import orjson
import psycopg

from geo.clock import from_unix_ms
from geo.text import fold
from ingest.outcome import Reject

_STAGE = """
CREATE TEMP TABLE IF NOT EXISTS stage_reject (
    line_no int8, reason text, detail text, raw bytea, raw_hash int8, heard_at timestamptz, seen int4,
    folded text, faults text
) ON COMMIT DELETE ROWS
"""
_TYPES = ("int8", "text", "text", "bytea", "int8", "timestamptz", "int4", "text", "text")
SEARCHED = 500
"""Letters of a reject's detail and bytes that can be searched."""

# What was understood once and is refused again needs somebody again; what was set aside stays aside.
_REOPEN = """
WITH again AS (
    UPDATE reject AS r SET state = 'open' FROM stage_reject AS s
    WHERE r.source_id = %(source)s AND r.reason = s.reason AND r.raw_hash = s.raw_hash AND r.state = 'replayed'
    RETURNING r.reason)
UPDATE reject_tally AS t SET open = t.open + a.n, replayed = t.replayed - a.n
FROM (SELECT reason, count(*)::int4 AS n FROM again GROUP BY reason) AS a
WHERE t.source_id = %(source)s AND t.reason = a.reason
"""
_UPSERT = """
WITH put AS (
    INSERT INTO reject AS r (source_id, delivery_id, line_no, reason, detail, raw, raw_hash, heard_at, seen,
                             first_seen, last_seen, folded, faults, arrived_at)
    SELECT %(source)s, %(delivery)s, line_no, reason, detail, raw, raw_hash, heard_at, seen, %(now)s, %(now)s,
           folded, faults::jsonb, %(arrived)s
    FROM stage_reject ORDER BY reason, raw_hash
    ON CONFLICT (source_id, reason, raw_hash) DO UPDATE SET
        seen = r.seen + excluded.seen, last_seen = excluded.last_seen, delivery_id = excluded.delivery_id,
        line_no = excluded.line_no, heard_at = excluded.heard_at, arrived_at = excluded.arrived_at
    RETURNING reason, raw_hash, xmax = 0 AS fresh)
INSERT INTO reject_tally AS t (source_id, reason, open, seen, first_seen, last_seen)
SELECT %(source)s, s.reason, count(*) FILTER (WHERE p.fresh), sum(s.seen), %(now)s, %(now)s
FROM put AS p JOIN stage_reject AS s ON s.reason = p.reason AND s.raw_hash = p.raw_hash
GROUP BY s.reason ORDER BY s.reason
ON CONFLICT (source_id, reason) DO UPDATE SET
    open = t.open + excluded.open, seen = t.seen + excluded.seen, last_seen = excluded.last_seen
"""


def store_rejects(
    connection: psycopg.Connection,
    source_id: int,
    delivery_id: int,
    rejects: Iterable[Reject],
    now: datetime,
    arrived_at: datetime | None = None,
) -> int:
    """Add the rejects to the table, or count them once more; how many different ones there were.

    `arrived_at` is when they reached us, None for lines of a file. Runs inside the caller's transaction.
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
        place = {"source": source_id, "delivery": delivery_id, "now": now, "arrived": arrived_at}
        connection.execute(_REOPEN, place)
        connection.execute(_UPSERT, place)
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
            told = (fold_reject(detail, reject.raw), faults_json(reject))
            copy.write_row((reject.line_no, reason, detail, reject.raw, raw_hash, heard_at, times, *told))


def hash_raw(raw: bytes) -> int:
    """A signed 64-bit name of the bytes."""
    return int.from_bytes(blake2b(raw, digest_size=8).digest(), "big", signed=True)


def fold_reject(detail: str, raw: bytes) -> str:
    """What a search looks through: the detail and the beginning of the bytes, without dấu."""
    return printable(fold(f"{detail[:SEARCHED]} {raw[:SEARCHED].decode(errors='replace')}"))


def faults_json(reject: Reject) -> str | None:
    """What is wrong field by field, in both languages, as JSON; None when nothing is told by field."""
    if not reject.faults:
        return None
    return printable(orjson.dumps([fault._asdict() for fault in reject.faults]).decode()).replace("\\u0000", "")


def _moment(heard_ms: int) -> datetime | None:
    """The time a reject was heard, unless it is the very time that cannot be."""
    try:
        return from_unix_ms(heard_ms)
    except (OverflowError, ValueError, OSError):
        return None


def printable(text: str) -> str:
    """PostgreSQL text holds no NUL."""
    return text.replace("\0", "\\0")
