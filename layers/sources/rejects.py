"""Rejects as they are worked through: which are open, what becomes of them, and their tally moved along."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString, NamedTuple

import psycopg

STATES = ("open", "replayed", "set_aside")

# Only whole conditions of our own are put together; every value is a parameter.
_FILTER: LiteralString = """
    r.state = 'open'
    AND (%(source)s::int2 IS NULL OR r.source_id = %(source)s)
    AND (%(reason)s::text IS NULL OR r.reason = %(reason)s)
    AND (%(since)s::timestamptz IS NULL OR r.last_seen >= %(since)s)
    AND (%(id)s::int8 IS NULL OR r.id = %(id)s)
"""
_NEXT_DELIVERY: LiteralString = f"""
SELECT d.id, d.source_id, s.code, s.origin, s.title_vi, d.label, d.form, d.sha256, d.said, d.prefaces, d.started_at,
       d.paper_id, p.state
FROM (SELECT min(r.delivery_id) AS id FROM reject AS r WHERE r.delivery_id > %(after)s AND {_FILTER}) AS n
JOIN delivery AS d ON d.id = n.id JOIN source AS s ON s.id = d.source_id LEFT JOIN paper AS p ON p.id = d.paper_id
"""  # noqa: S608 - our own words
_OF_DELIVERY: LiteralString = f"""
SELECT r.id, r.reason, r.line_no, r.raw, r.raw_hash, r.heard_at, r.arrived_at, r.first_seen FROM reject AS r
WHERE r.delivery_id = %(delivery)s AND r.id > %(after)s AND {_FILTER} ORDER BY r.id LIMIT %(limit)s
"""  # noqa: S608
_COUNT: LiteralString = f"SELECT count(*) FROM reject AS r WHERE {_FILTER}"  # noqa: S608
_SETTLE = """
UPDATE reject SET state = %(state)s, state_at = %(now)s, state_by = %(by)s, note = %(note)s, into_id = %(into)s
WHERE id = ANY(%(ids)s) AND state = 'open' RETURNING source_id, reason
"""
_REFUSED_ANEW = """
UPDATE reject AS r SET reason = %(reason)s, detail = %(detail)s, faults = %(faults)s::jsonb, folded = %(folded)s
WHERE r.id = %(id)s AND NOT EXISTS (
    SELECT FROM reject AS o WHERE o.source_id = r.source_id AND o.reason = %(reason)s AND o.raw_hash = r.raw_hash
    AND o.id <> r.id)
RETURNING r.source_id
"""
_SHIFT = """
INSERT INTO reject_tally AS t (source_id, reason, {state}, first_seen, last_seen)
VALUES (%(source)s, %(reason)s, %(count)s, %(now)s, %(now)s)
ON CONFLICT (source_id, reason) DO UPDATE SET {state} = t.{state} + excluded.{state}
"""


@dataclass(frozen=True)
class Wanted:
    """Which open rejects: of a source (its id), a reason, last seen since a moment (UTC), or one alone; None: any."""

    source_id: int | None = None
    reason: str | None = None
    since: datetime | None = None
    reject_id: int | None = None

    def given(self) -> dict[str, Any]:
        """As the statements want it."""
        return {"source": self.source_id, "reason": self.reason, "since": self.since, "id": self.reject_id}


class From(NamedTuple):
    """The delivery that rejects came in, with all that reading it again needs."""

    id: int
    source_id: int
    code: str
    origin: str
    title: str
    label: str
    form: str | None
    sha256: bytes | None
    said: dict[str, str] | None
    prefaces: list[bytes] | None
    started_at: datetime
    paper_id: int | None
    paper_state: str | None


class Open(NamedTuple):
    """One open reject; times UTC."""

    id: int
    reason: str
    line_no: int | None
    raw: bytes
    raw_hash: int
    heard_at: datetime | None
    arrived_at: datetime | None
    first_seen: datetime


class Settled(NamedTuple):
    """What rejects become: the state, who says so and when, why, and in which delivery they were stored."""

    state: str
    by: str
    now: datetime
    note: str | None = None
    into_id: int | None = None


class Anew(NamedTuple):
    """Why a reject is refused today; `faults` in JSON."""

    id: int
    former: str
    reason: str
    detail: str
    faults: str | None
    folded: str


def count_open(connection: psycopg.Connection, wanted: Wanted) -> int:
    """How many rejects are wanted."""
    row = connection.execute(_COUNT, wanted.given()).fetchone()
    return int(row[0]) if row else 0


def next_delivery(connection: psycopg.Connection, wanted: Wanted, after: int) -> From | None:
    """The first delivery beyond `after` that has wanted rejects."""
    row = connection.execute(_NEXT_DELIVERY, wanted.given() | {"after": after}).fetchone()
    return None if row is None else From(*row)


def open_of(connection: psycopg.Connection, wanted: Wanted, delivery_id: int, after: int, limit: int) -> list[Open]:
    """The wanted rejects of a delivery beyond id `after`, at most `limit`."""
    given = wanted.given() | {"delivery": delivery_id, "after": after, "limit": limit}
    return [Open(*row) for row in connection.execute(_OF_DELIVERY, given)]


def settle(connection: psycopg.Connection, ids: Sequence[int], settled: Settled) -> int:
    """Bring open rejects into another state; how many there were. In the caller's transaction."""
    if not ids:
        return 0
    given = {"state": settled.state, "now": settled.now, "by": settled.by, "note": settled.note}
    rows = connection.execute(_SETTLE, given | {"into": settled.into_id, "ids": list(ids)}).fetchall()
    for (source_id, reason), count in sorted(Counter(rows).items()):
        _shift(connection, (source_id, reason, "open"), -count, settled.now)
        _shift(connection, (source_id, reason, settled.state), count, settled.now)
    return len(rows)


def refuse_anew(connection: psycopg.Connection, anew: Anew, by: str, now: datetime) -> None:
    """Note why a reject is refused today. Where another row says the same of the same bytes, that one stands."""
    row = connection.execute(_REFUSED_ANEW, anew._asdict()).fetchone()
    if row is None:
        settle(connection, [anew.id], Settled("replayed", by, now, f"refused as {anew.reason}"))
    elif anew.reason != anew.former:
        _shift(connection, (row[0], anew.former, "open"), -1, now)
        _shift(connection, (row[0], anew.reason, "open"), 1, now)


def _shift(connection: psycopg.Connection, where: tuple[int, str, str], count: int, now: datetime) -> None:
    source_id, reason, state = where
    statement = psycopg.sql.SQL(_SHIFT).format(state=psycopg.sql.Identifier(state))
    connection.execute(statement, {"source": source_id, "reason": reason, "count": count, "now": now})
