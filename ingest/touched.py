"""The slip a writer leaves for whoever keeps the tracks: which devices spoke, from which hour on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

import psycopg

from geo.clock import from_unix_ms
from ingest.outcome import Fix

HOUR_MS = 3_600_000
_KEY, _T_MS = attrgetter("key"), attrgetter("t_ms")

_SLIP = """
INSERT INTO track_touch (transmitters, first_hours, hours, counts)
VALUES (%s::int4[], %s::int4[], %s::int4[], %s::int4[])
"""


def leave_slip(connection: psycopg.Connection, fixes: Sequence[Fix], ids: Mapping[str, int]) -> None:
    """One row for a whole batch, in the caller's transaction: as durable as the positions, and cheap to write."""
    hours = [t_ms // HOUR_MS for t_ms in map(_T_MS, fixes)]
    counts = Counter(hours)
    first = _first_hours(fixes, hours) if len(counts) > 1 else dict.fromkeys(map(_KEY, fixes), hours[0])
    columns = ([ids[key] for key in first], first.values(), counts, counts.values())
    connection.execute(_SLIP, [_array(column) for column in columns])


def _first_hours(fixes: Sequence[Fix], hours: Sequence[int]) -> dict[str, int]:
    first: dict[str, int] = {}
    for key, hour in zip(map(_KEY, fixes), hours, strict=True):
        if hour < first.get(key, hour + 1):
            first[key] = hour
    return first


def _array(numbers: Iterable[int]) -> str:
    """As PostgreSQL writes arrays; joining text is several times cheaper than dumping each number."""
    return f"{{{','.join(map(str, numbers))}}}"


def first_heard(fixes: Sequence[Fix], ids: Mapping[str, int]) -> dict[int, datetime]:
    """The first position of each monitoring device, by the device's number."""
    first: dict[str, int] = {}
    for fix in fixes:
        if fix.key.startswith("vms:") and fix.t_ms < first.get(fix.key, fix.t_ms + 1):
            first[fix.key] = fix.t_ms
    return {ids[key]: from_unix_ms(t_ms) for key, t_ms in first.items()}
