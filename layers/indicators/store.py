"""Keeps observations: new ones stored, known ones left, changed ones corrected by a new row."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

import psycopg

_COLUMNS = "indicator, subject_kind, subject, period_from, period_to, value, unit, status, row_no, raw"
_KEY = ("indicator", "subject_kind", "subject", "period_from", "period_to", "status")

_STAGE = """
CREATE TEMP TABLE IF NOT EXISTS stage_observation (
    indicator text, subject_kind text, subject text, period_from date, period_to date, value numeric, unit text,
    status text, row_no int8, raw bytea
) ON COMMIT DELETE ROWS
"""
_TYPES = ("text", "text", "text", "date", "date", "numeric", "text", "text", "int8", "bytea")
_SAME = " AND ".join(f"o.{name} = s.{name}" for name in _KEY)
_OF_O = ", ".join(f"o.{name}" for name in _COLUMNS.split(", "))
_CURRENT = "o.superseded_at IS NULL AND o.retracted_at IS NULL"

# What says the same as before is known, whatever paper repeats it.
_FORGET_KNOWN = f"""
DELETE FROM stage_observation AS s USING observation AS o
WHERE o.source_id = %(source)s AND {_SAME} AND {_CURRENT}
  AND o.value IS NOT DISTINCT FROM s.value AND o.unit = s.unit
"""  # noqa: S608 - our own names
_SUPERSEDE = f"""
UPDATE observation AS o SET superseded_at = %(now)s FROM stage_observation AS s
WHERE o.source_id = %(source)s AND {_SAME} AND {_CURRENT}
"""  # noqa: S608
_INSERT = f"""
INSERT INTO observation ({_COLUMNS}, source_id, paper_id, delivery_id, heard_at, stored_at)
SELECT {_COLUMNS}, %(source)s, %(paper)s, %(delivery)s, %(heard)s, %(now)s FROM stage_observation
"""  # noqa: S608
# What a value had corrected stands again once that value is taken back, if its own paper is still good.
_RESTORE = f"""
INSERT INTO observation ({_COLUMNS}, source_id, paper_id, delivery_id, heard_at, stored_at)
SELECT DISTINCT ON (o.source_id, {", ".join(f"o.{name}" for name in _KEY)}) {_OF_O}, o.source_id, o.paper_id,
       o.delivery_id, o.heard_at, %(now)s
FROM observation AS s
JOIN observation AS o ON o.source_id = s.source_id AND {_SAME} AND o.id < s.id
LEFT JOIN paper AS p ON p.id = o.paper_id
WHERE s.paper_id = %(paper)s AND s.retracted_at = %(now)s
  AND o.superseded_at IS NOT NULL AND o.retracted_at IS NULL AND (p.id IS NULL OR p.state = 'valid')
ORDER BY o.source_id, {", ".join(f"o.{name}" for name in _KEY)}, o.id DESC
"""  # noqa: S608


class Observed(NamedTuple):
    """One value as a file or a message gives it; the days are [period_from, period_to) in Việt Nam."""

    indicator: str
    subject_kind: str
    subject: str
    period_from: date
    period_to: date
    value: Decimal | None
    unit: str
    status: str
    row_no: int | None
    raw: bytes

    @property
    def key(self) -> tuple[object, ...]:
        """What may be said once only in one delivery."""
        return (*self[:5], self.status)


class Given(NamedTuple):
    """By whom, in which paper (if any), when it was told to us and when we store it (UTC)."""

    source_id: int
    delivery_id: int
    paper_id: int | None
    heard_at: datetime
    now: datetime


class Kept(NamedTuple):
    """`corrected` of the `stored` took the place of a former value."""

    stored: int
    known: int
    corrected: int


def store_observations(connection: psycopg.Connection, found: Sequence[Observed], given: Given) -> Kept:
    """Store what is new or changed, in the caller's transaction. No two of `found` may have one `key`."""
    place = {
        "source": given.source_id,
        "paper": given.paper_id,
        "delivery": given.delivery_id,
        "heard": given.heard_at,
        "now": given.now,
    }
    connection.execute(_STAGE)
    with connection.cursor() as cursor, cursor.copy("COPY stage_observation FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(_TYPES)
        for observed in found:
            copy.write_row(observed)
    known = connection.execute(_FORGET_KNOWN, place).rowcount
    corrected = connection.execute(_SUPERSEDE, place).rowcount
    stored = connection.execute(_INSERT, place).rowcount
    connection.execute("TRUNCATE stage_observation")
    return Kept(stored, known, corrected)


def retract_observations(connection: psycopg.Connection, paper_id: int, by: int, now: datetime) -> int:
    """Take back what a paper published (`by` is the paper that revokes it); the rows stay. How many."""
    return connection.execute(
        "UPDATE observation SET retracted_at = %s, retracted_by = %s"
        " WHERE paper_id = %s AND superseded_at IS NULL AND retracted_at IS NULL",
        (now, by, paper_id),
    ).rowcount


def restore_observations(connection: psycopg.Connection, paper_id: int, now: datetime) -> int:
    """Let what a paper had corrected stand again, after `retract_observations` at `now`; as new rows. How many."""
    return connection.execute(_RESTORE, {"paper": paper_id, "now": now}).rowcount
