"""What waits for the centre's word, and what became of it: the queue, one submission's figures, old against new."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from layers.indicators.current import KEY, PENDING

MOST_ROWS = 2_000
_STANDS = "o.superseded_at IS NULL AND o.retracted_at IS NULL"
_SAME = " AND ".join(f"o.{name} = r.{name}" for name in KEY)
_LIST = f"""
SELECT s.id, s.delivery_id, s.made_by, s.made_at, src.code AS source, src.title_vi, src.title_en, src.origin,
       d.label AS name, f.period_from, f.period_to, f.counts, p.number, p.notation, p.issued_on, p.agency, p.signer,
       a.decision, a.decided_by, a.decided_at, a.document, a.reason, n.figures, n.waiting, n.hidden
FROM submission AS s JOIN source AS src ON src.id = s.source_id JOIN delivery AS d ON d.id = s.delivery_id
LEFT JOIN paper AS p ON p.id = d.paper_id LEFT JOIN department_file AS f ON f.delivery_id = s.delivery_id
LEFT JOIN LATERAL (SELECT * FROM approval WHERE submission_id = s.id ORDER BY id DESC LIMIT 1) AS a ON true
CROSS JOIN LATERAL (
    SELECT count(*) AS figures, count(*) FILTER (WHERE {_STANDS} AND {PENDING}) AS waiting,
           coalesce(bool_or(o.awaits = 'hide'), false) AS hidden
    FROM observation AS o WHERE o.delivery_id = s.delivery_id AND o.awaits IS NOT NULL
) AS n
"""  # noqa: S608 - our own names
_STATES: Mapping[str, str] = {
    "pending": "a.decision IS NULL AND n.waiting > 0",
    "approved": "a.decision = 'approved'",
    "returned": "a.decision = 'returned'",
    "replaced": "a.decision IS NULL AND n.waiting = 0",
}
STATES = tuple(_STATES)
"""Waiting; decided; or nothing of it waits any more: a newer version came, or its paper was revoked."""
# Against what would be shown without it: the best word that somebody approved, now or when it was decided.
_ROWS = f"""
SELECT r.id, r.indicator, i.name_vi, i.name_en, i.decimals, r.subject_kind, r.subject, u.full_name AS subject_name,
       r.period_from, r.period_to, r.status, r.value, r.unit, r.row_no, r.superseded_at, r.retracted_at, r.approved_at,
       b.id AS before_id, b.value AS before, b.status AS before_status
FROM observation AS r LEFT JOIN indicator AS i ON i.code = r.indicator AND i.superseded_at IS NULL
LEFT JOIN LATERAL (
    SELECT full_name FROM unit WHERE code = r.subject AND r.subject_kind = 'unit' AND valid_from <= r.period_from
    ORDER BY valid_from DESC LIMIT 1
) AS u ON true
LEFT JOIN LATERAL (
    SELECT o.id, o.value, o.status FROM observation AS o
    WHERE {_SAME} AND o.delivery_id <> r.delivery_id AND o.stored_at < %(at)s
      AND (o.superseded_at IS NULL OR o.superseded_at >= %(at)s)
      AND (o.retracted_at IS NULL OR o.retracted_at >= %(at)s)
      AND (o.awaits IS NULL OR o.approved_at < %(at)s)
    ORDER BY o.value IS NULL, array_position(ARRAY['official', 'preliminary', 'estimate'], o.status),
             o.stored_at DESC, o.id DESC LIMIT 1
) AS b ON true
WHERE r.delivery_id = %(delivery)s AND r.awaits IS NOT NULL
ORDER BY r.row_no, r.id LIMIT %(most)s
"""  # noqa: S608
_HISTORY = (
    "SELECT decision, decided_by, decided_at, document, reason FROM approval WHERE submission_id = %s ORDER BY id"
)


def submission_of(connection: psycopg.Connection, delivery_id: int) -> int | None:
    """The submission that a delivery became; None where nothing of it waits for anybody."""
    row = connection.execute("SELECT id FROM submission WHERE delivery_id = %s", (delivery_id,)).fetchone()
    return None if row is None else int(row[0])


def read_submissions(
    connection: psycopg.Connection, state: str | None = None, made_by: str | None = None, limit: int = 100
) -> list[dict[str, Any]]:
    """Submissions in a state (of STATES; None: every one) and by an account: who waits longest first, else newest."""
    condition = _STATES[state] if state is not None else "true"
    order = "s.id" if state == "pending" else "s.id DESC"
    sql = f"{_LIST} WHERE {condition} AND (%(by)s::text IS NULL OR s.made_by = %(by)s) ORDER BY {order} LIMIT %(limit)s"
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(sql.encode(), {"by": made_by, "limit": limit}).fetchall()
    return [row | {"state": state_of(row)} for row in rows]


def read_submission(connection: psycopg.Connection, submission_id: int) -> dict[str, Any] | None:
    """One submission with its `decisions`, oldest first; None when there is none."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(f"{_LIST} WHERE s.id = %s".encode(), (submission_id,)).fetchone()
        if row is None:
            return None
        decisions = cursor.execute(_HISTORY, (submission_id,)).fetchall()
    return row | {"state": state_of(row), "decisions": decisions}


def read_changes(connection: psycopg.Connection, submission: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Its figures in the order of the file, each with the value that stands, or stood, without it (`before`)."""
    place = {"delivery": submission["delivery_id"], "at": submission["decided_at"] or now, "most": MOST_ROWS}
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_ROWS.encode(), place).fetchall()


def state_of(row: Mapping[str, Any]) -> str:
    """How a submission stands."""
    return row["decision"] or ("pending" if row["waiting"] else "replaced")
