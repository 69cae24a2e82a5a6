"""The slips a writer leaves: for whoever keeps the tracks and for the watch, which devices spoke and when."""

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

_WATCH = """
INSERT INTO watch_slip (transmitters, t_from, t_to, count)
VALUES (%s::int4[], %s, %s, %s)
"""


def leave_slip(connection: psycopg.Connection, fixes: Sequence[Fix], ids: Mapping[str, int]) -> None:
    """One row each for a whole batch, in the caller's transaction: as durable as the positions, and cheap to write."""
    hours = [t_ms // HOUR_MS for t_ms in map(_T_MS, fixes)]
    counts = Counter(hours)
    first = _first_hours(fixes, hours) if len(counts) > 1 else dict.fromkeys(map(_KEY, fixes), hours[0])
    columns = ([ids[key] for key in first], first.values(), counts, counts.values())
    connection.execute(_SLIP, [_array(column) for column in columns])
    times = list(map(_T_MS, fixes))
    about = (_array(columns[0]), from_unix_ms(min(times)), from_unix_ms(max(times)), len(times))
    connection.execute(_WATCH, about)


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
