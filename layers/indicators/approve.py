"""The centre's word on what was brought: approved or returned, with document and reason; never by who brought it.

Approved figures take the place of those in force; returned ones stay readable and count no more. A decision is a row: a
later one (an approval taken back) does not edit it.
"""

from datetime import datetime
from typing import NamedTuple

import psycopg

from geo.errors import BadInput, Conflict, NotAllowed, NotFound
from layers.access.accounts import Who
from layers.access.audit import AUDIT
from layers.access.roles import Readers, Role
from layers.indicators.current import KEY, PENDING, refresh_touched, touch

CHECKERS: Readers = frozenset({Role.OPERATOR, Role.ADMIN})
LONGEST = 1000
_KEYS = ", ".join(f"o.{name}" for name in KEY)
_CURRENT = "o.superseded_at IS NULL AND o.retracted_at IS NULL"
_SAME = " AND ".join(f"o.{name} = p.{name}" for name in ("source_id", *KEY, "status"))
_OF = "o.delivery_id = %(delivery)s"
_WAITING = f"{_OF} AND {_CURRENT} AND {PENDING}"
_TOUCHED = f"SELECT DISTINCT {_KEYS} FROM observation AS o WHERE {_OF}"  # noqa: S608 - our own names
_GIVE_WAY = f"""
UPDATE observation AS o SET superseded_at = %(now)s FROM observation AS p
WHERE p.delivery_id = %(delivery)s AND {_SAME} AND {_CURRENT} AND NOT {PENDING}
  AND {_CURRENT.replace("o.", "p.")} AND {PENDING.replace("o.", "p.")}
"""  # noqa: S608
_APPROVE = f"UPDATE observation AS o SET approved_at = %(now)s WHERE {_WAITING}"  # noqa: S608
_RETURN = f"UPDATE observation AS o SET retracted_at = %(now)s WHERE {_WAITING}"  # noqa: S608
# An approval taken back: what it had put aside stands again as new rows, except where something newer stands already.
_TAKE_BACK = f"UPDATE observation AS o SET retracted_at = %(now)s WHERE {_OF} AND {_CURRENT}"  # noqa: S608
_COLUMNS = (
    "source_id, indicator, subject_kind, subject, period_from, period_to, value, unit, status, paper_id,"
    " delivery_id, row_no, raw, heard_at"
)
_STAND_AGAIN = f"""
INSERT INTO observation ({_COLUMNS}, stored_at)
SELECT DISTINCT ON ({_KEYS}, o.status) {", ".join(f"o.{name}" for name in _COLUMNS.split(", "))}, %(now)s
FROM observation AS p JOIN observation AS o ON {_SAME} AND o.superseded_at = %(approved)s
WHERE p.delivery_id = %(delivery)s AND p.retracted_at = %(now)s AND o.id <> p.id AND o.retracted_at IS NULL
  AND NOT {PENDING}
ORDER BY {_KEYS}, o.status, o.id DESC
"""  # noqa: S608
_FIND = """
SELECT s.id, s.delivery_id, s.made_by, a.decision, a.decided_at, concat_ws(', ', concat_ws('/', p.number, p.notation),
       to_char(p.issued_on, 'DD/MM/YYYY'), p.agency)
FROM submission AS s JOIN delivery AS d ON d.id = s.delivery_id LEFT JOIN paper AS p ON p.id = d.paper_id
LEFT JOIN LATERAL (SELECT * FROM approval WHERE submission_id = s.id ORDER BY id DESC LIMIT 1) AS a ON true
WHERE s.id = %s FOR UPDATE OF s
"""
_NOTE = """
INSERT INTO approval (submission_id, decision, decided_by, decided_at, document, reason) VALUES (%s, %s, %s, %s, %s, %s)
RETURNING id
"""


class Verdict(NamedTuple):
    """What the checker says: approved or returned, why, and by which document (None: that of the figures)."""

    decision: str
    reason: str | None = None
    document: str | None = None


class _Found(NamedTuple):
    id: int
    delivery_id: int
    made_by: str | None
    decision: str | None
    decided_at: datetime | None
    paper: str


def decide(connection: psycopg.Connection, submission_id: int, verdict: Verdict, who: Who, now: datetime) -> int:
    """Approve or return a submission in the caller's transaction; the decision's id.

    NotAllowed for whoever brought it and for who is no checker; BadInput for a return without a reason; Conflict where
    it is decided already, or nothing of it waits any more.
    """
    found = connection.execute(_FIND, (submission_id,)).fetchone()
    if found is None:
        raise NotFound(f"submission {submission_id}: there is none", field="submission")
    one = _Found(*found)
    _check_who(one, who)
    _check_verdict(one, verdict)
    place = {"delivery": one.delivery_id, "now": now, "approved": one.decided_at}
    touch(connection, _TOUCHED, place)
    if not _apply(connection, one, verdict, place):
        raise Conflict(
            f"submission {one.id}: nothing of it waits any more; a newer version stands in its place",
            title="Không còn số nào chờ duyệt: đã có bản mới hơn",
        )
    refresh_touched(connection)
    document, reason = (text.strip() or None if text else None for text in (verdict.document, verdict.reason))
    said = (one.id, verdict.decision, who.username, now, document or one.paper or None, reason)
    row = connection.execute(_NOTE, said).fetchone()
    assert row is not None  # RETURNING always gives the row
    act = (now, who.account_id, who.username, who.role.value, f"figures.{verdict.decision}", f"submission {one.id}")
    connection.execute(AUDIT, (*act, reason or document or one.paper))
    return int(row[0])


def _check_who(one: _Found, who: Who) -> None:
    if who.role not in CHECKERS or who.key:
        raise NotAllowed("an operator or admin approves, signed in as a person", field="role")
    if who.username == one.made_by:
        raise NotAllowed(
            f"{who.username} brought these figures: another account of the centre must approve or return them",
            field="session",
            title="Người nạp không được tự duyệt: cần một tài khoản khác của trung tâm",
        )


def _check_verdict(one: _Found, verdict: Verdict) -> None:
    if verdict.decision == "returned" and not (verdict.reason or "").strip():
        raise BadInput("reason: say why it is returned; who brought it must know what to mend", field="reason")
    for name, text in (("reason", verdict.reason), ("document", verdict.document)):
        if text and (len(text) > LONGEST or "\0" in text):
            raise BadInput(f"{name}: at most {LONGEST} letters and no NUL", field=name)
    if one.decision in (verdict.decision, "returned"):
        raise Conflict(
            f"submission {one.id}: it is {one.decision} already; a returned one comes back as a new version",
            title="Lần nộp này đã có quyết định",
        )


def _apply(connection: psycopg.Connection, one: _Found, verdict: Verdict, place: dict[str, object]) -> int:
    """Change the rows; how many."""
    if verdict.decision == "approved":
        connection.execute(_GIVE_WAY.encode(), place)
        return connection.execute(_APPROVE.encode(), place).rowcount
    gone = connection.execute(_RETURN.encode(), place).rowcount
    if one.decision == "approved":
        gone += connection.execute(_TAKE_BACK.encode(), place).rowcount
        connection.execute(_STAND_AGAIN.encode(), place)
    return gone
