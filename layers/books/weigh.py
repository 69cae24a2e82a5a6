"""Holds the books against each other: what is found anew, what has changed, what has gone; each with its step."""

from datetime import datetime, timedelta

import psycopg

from geo.errors import SetupFailed
from layers.books.kinds import KINDS
from layers.books.sides import TABLES
from layers.database import transaction

EVERY = timedelta(seconds=60)
"""Positions and the clock go on where no book changes."""
PROCESS = "books"
_LOCK = 7_105_116
_THRESHOLDS = {
    "match": "match",
    "landing": "landing_after",
    "back": "look_back",
    "fresh": "vms_fresh",
}
_RULES = """
SELECT DISTINCT ON (step) step, threshold_s FROM rule
WHERE conduct = 'books' AND superseded_at IS NULL AND valid_from <= %(now)s AND (valid_to IS NULL OR valid_to > %(now)s)
ORDER BY step, valid_from DESC
"""
# `moving` kinds change their sides by themselves: no step, no new look at what somebody has settled.
_CHANGED = """
WITH changed AS (
    UPDATE disagreement AS d SET one = f.one, other = f.other, since = f.since FROM weigh_found AS f
    WHERE d.kind = f.kind AND d.subject = f.subject AND d.gone_at IS NULL
      AND (d.one IS DISTINCT FROM f.one OR d.other IS DISTINCT FROM f.other)
    RETURNING d.*)
INSERT INTO disagreement_step (disagreement_id, at, what, state, one, other)
SELECT id, %(now)s, 'changed', state, one, other FROM changed WHERE kind <> ALL(%(moving)s)
"""
_BACK = """
WITH back AS (
    UPDATE disagreement AS d SET one = f.one, other = f.other, since = f.since, gone_at = NULL, state = 'new',
        note = NULL, state_by = NULL, state_at = NULL
    FROM weigh_found AS f WHERE d.kind = f.kind AND d.subject = f.subject AND d.gone_at IS NOT NULL RETURNING d.*)
INSERT INTO disagreement_step (disagreement_id, at, what, state, one, other)
SELECT id, %(now)s, 'back', state, one, other FROM back
"""
_GONE = """
WITH gone AS (
    UPDATE disagreement AS d SET gone_at = %(now)s
    WHERE d.gone_at IS NULL
      AND NOT EXISTS (SELECT FROM weigh_found AS f WHERE f.kind = d.kind AND f.subject = d.subject)
    RETURNING d.*)
INSERT INTO disagreement_step (disagreement_id, at, what, state, one, other)
SELECT id, %(now)s, 'gone', state, one, other FROM gone
"""
_NEW = """
WITH found AS (
    INSERT INTO disagreement (kind, subject, vessel_id, reg_key, since, found_at, one, other)
    SELECT kind, subject, vessel_id, reg_key, since, %(now)s, one, other FROM weigh_found
    ON CONFLICT (kind, subject) DO NOTHING RETURNING *)
INSERT INTO disagreement_step (disagreement_id, at, what, state, one, other)
SELECT id, %(now)s, 'found', state, one, other FROM found
"""
_BEAT = """
INSERT INTO heartbeat (process, beat_at) VALUES (%s, %s)
ON CONFLICT (process) DO UPDATE SET beat_at = excluded.beat_at
"""


def keep_books(connection: psycopg.Connection, now: datetime) -> bool:
    """Weigh the books when one has changed or a minute has passed; whether that was done. One process at a time."""
    with transaction(connection):
        if not _alone(connection):
            return False
        newest, last = _waiting(connection)
        if newest is None and last is not None and timedelta(0) <= now - last < EVERY:
            return False
        if newest is not None:
            connection.execute("DELETE FROM book_touch WHERE id <= %s", (newest,))
        weigh(connection, now)
        connection.execute(_BEAT, (PROCESS, now))
    return True


def weigh(connection: psycopg.Connection, now: datetime) -> None:
    """Bring the disagreements to what the books say at `now`, in the caller's transaction."""
    given = _given(connection, now)
    for statement in TABLES:
        connection.execute(statement.encode(), given if "%(" in statement else None)
    for kind in KINDS:
        found = f"INSERT INTO weigh_found SELECT '{kind.name}', f.* FROM ({kind.sql}) AS f"  # noqa: S608 - our own words
        named = f"{found} (subject, vessel_id, reg_key, since, one, other) ON CONFLICT DO NOTHING"
        connection.execute(named.encode(), given)
    connection.execute("ANALYZE weigh_found")
    moving = [kind.name for kind in KINDS if kind.moving]
    for statement in (_CHANGED, _BACK, _GONE, _NEW):
        connection.execute(statement, {"now": now, "moving": moving})
    for name in ("weigh_call", "weigh_last", "weigh_newest", "weigh_found"):
        connection.execute(f"DROP TABLE {name}".encode())


def _given(connection: psycopg.Connection, now: datetime) -> dict[str, datetime | timedelta]:
    rules: dict[str, int] = dict(connection.execute(_RULES, {"now": now}).fetchall())
    if missing := sorted(set(_THRESHOLDS.values()) - rules.keys()):
        raise SetupFailed(f"no rule books/{missing[0]} is in force at {now.isoformat()}: run opsmap db upgrade")
    spans = {name: timedelta(seconds=rules[step]) for name, step in _THRESHOLDS.items()}
    return {"now": now, "since": now - spans["back"], **spans}


def _alone(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,)).fetchone()
    return row is not None and bool(row[0])


def _waiting(connection: psycopg.Connection) -> tuple[int | None, datetime | None]:
    """The newest slip, and when the books were weighed last."""
    row = connection.execute(
        "SELECT (SELECT max(id) FROM book_touch), (SELECT beat_at FROM heartbeat WHERE process = %s)", (PROCESS,)
    ).fetchone()
    assert row is not None  # a SELECT without FROM gives one row
    return row
