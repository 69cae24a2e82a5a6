"""What is known of figures before new ones are stored: their values in force, or those in force at a past moment."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import psycopg

from layers.indicators.store import Observed

Key = tuple[str, str, str, date, date]
"""Indicator, kind of subject, subject, first day, day after the last."""

_KNOWN = """
SELECT indicator, subject_kind, subject, period_from, period_to, status, value, unit, stored_at FROM observation
WHERE source_id = %(source)s AND indicator = ANY(%(indicators)s) AND period_from >= %(since)s
  AND period_from < %(until)s AND stored_at <= %(at)s AND (superseded_at IS NULL OR superseded_at > %(at)s)
  AND (retracted_at IS NULL OR retracted_at > %(at)s)
ORDER BY awaits IS NOT NULL AND (approved_at IS NULL OR approved_at > %(at)s), id
"""


class Known(NamedTuple):
    """One value in force; `value` None: the source said that it has no number."""

    value: Decimal | None
    unit: str
    stored_at: datetime


def read_known(
    connection: psycopg.Connection, source_id: int, indicators: Iterable[str], within: tuple[date, date], at: datetime
) -> Mapping[Key, Mapping[str, Known]]:
    """A source's values, by key and status, of periods that begin in [since, until), as they were known at `at`.

    Of one that waits for an approval and the one in force, the one that waits: a new version is held against it.
    """
    place = {"source": source_id, "indicators": sorted(set(indicators)), "at": at}
    rows = connection.execute(_KNOWN, place | {"since": within[0], "until": within[1]})
    found: dict[Key, dict[str, Known]] = {}
    for *key, status, value, unit, stored_at in rows:
        found.setdefault(tuple(key), {})[status] = Known(value, unit, stored_at)
    return found


def key_of(observed: Observed) -> Key:
    """What a value is about."""
    return (*observed[:5],)
