"""The slip a writer leaves for whoever keeps the tracks: which devices spoke, from which hour on."""

from collections import Counter
from collections.abc import Iterable, Mapping

import psycopg

from ingest.outcome import Fix

HOUR_MS = 3_600_000

_SLIP = """
INSERT INTO track_touch (transmitters, first_hours, hours, counts)
VALUES (%s::int4[], %s::int4[], %s::int4[], %s::int4[])
"""


def leave_slip(connection: psycopg.Connection, fixes: Iterable[Fix], ids: Mapping[str, int]) -> None:
    """One row for a whole batch, in the caller's transaction: as durable as the positions, and cheap to write."""
    first: dict[str, int] = {}
    counts: Counter[int] = Counter()
    for fix in fixes:
        hour = fix.t_ms // HOUR_MS
        counts[hour] += 1
        if hour < first.get(fix.key, hour + 1):
            first[fix.key] = hour
    devices = [ids[key] for key in first]
    connection.execute(_SLIP, (devices, list(first.values()), list(counts), list(counts.values())))
