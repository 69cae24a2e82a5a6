"""Makes reminders: those the policy calls for, each once however often it is asked, and those an operator writes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

import psycopg
from psycopg.rows import dict_row, namedtuple_row

from geo.clock import local_date
from geo.errors import BadInput, NotFound
from layers.reminders.models import MANUAL
from layers.reminders.plan import Planned, plan_reminders
from layers.reminders.words import fill, subject_of
from layers.sources.expected import PeriodState, read_states, read_workdays

BACK, AHEAD = timedelta(days=800), timedelta(days=100)
LOCK = 7_105_162
BY_HAND = (
    "Trung tâm điều hành đề nghị {agency} gửi {what}, kỳ {period}, đến hạn ngày {due} (quá hạn {late} ngày làm việc)."
)
Way = Literal["axis", "letter"]
_COLUMNS = (
    "source", "what", "template", "period_from", "period_to", "due", "step", "policy", "counts", "way", "agency",
    "agency_code", "office", "escalates_to", "subject", "words", "planned_on", "planned_at", "made_at", "made_by",
    "reason", "state", "state_at", "detail",
)  # fmt: skip
_INSERT = f"""
INSERT INTO reminder ({", ".join(_COLUMNS)}) VALUES ({", ".join(f"%({name})s" for name in _COLUMNS)})
RETURNING id
"""  # noqa: S608 - our own names
_KNOWN = "SELECT source, what, template, period_from, step FROM reminder WHERE step > 0"
_TODAY = """
SELECT FROM reminder WHERE step = 0 AND (source, what, template, period_from, planned_on) = (%s, %s, %s, %s, %s)
"""
_NAME = "UPDATE reminder SET uid = %s WHERE id = %s"
_TITLES = """
SELECT 'template', name, body->'title'->>'vi' FROM template WHERE superseded_at IS NULL
UNION ALL SELECT 'indicator', code, name_vi FROM indicator WHERE superseded_at IS NULL
"""
UID = "OPSMAP.NHAC.{0}"
"""The name of a reminder's document on the axis."""


class ByHand(NamedTuple):
    """A reminder an operator writes: of which period, by which way, who, why, and in which words (None: ours)."""

    key: tuple[str, str, str, date]
    way: Way
    by: str
    reason: str
    words: str | None = None


def make_reminders(connection: psycopg.Connection, now: datetime) -> list[tuple[int, Planned]]:
    """Write down every reminder whose moment has come and that is not in the ledger; those written now, with their id.

    In the caller's transaction; two that ask at the same time wait for one another.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
    steps, calendar, known = read_steps(connection), read_workdays(connection), set(connection.execute(_KNOWN))
    planned = [p for state in _states(connection, now) for p in plan_reminders(state, steps, calendar, now)]
    new = [p for p in planned if p.key not in known]  # looked at first: a number left out looks like a row taken away
    if not new:
        return []
    titles = read_titles(connection)
    return [(_write(connection, _row(p, titles, now)), p) for p in new]


def write_by_hand(connection: psycopg.Connection, given: ByHand, now: datetime) -> int:
    """A reminder outside the policy, in the same ledger; its id. NotFound for a period nobody expects.

    BadInput when the figures have come, or the same was reminded by hand today.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
    state = next((s for s in _states(connection, now) if s.key == given.key), None)
    if state is None:
        raise NotFound("period: no such delivery is expected; GET /api/deliveries/expected lists them", field="period")
    if state.received_at is not None:
        raise BadInput("period: it has come already", field="period", title="Kỳ này đã nộp, không cần nhắc")
    if connection.execute(_TODAY, (*given.key, local_date(now))).fetchone() is not None:
        raise BadInput("period: it was reminded by hand today", field="period", title="Hôm nay đã nhắc kỳ này")
    return _write(connection, _hand_row(state, given, read_titles(connection), now))


def read_steps(connection: psycopg.Connection) -> list[Any]:
    """The steps of the policy as known now."""
    found = connection.cursor(row_factory=namedtuple_row).execute(
        "SELECT * FROM reminder_step WHERE superseded_at IS NULL ORDER BY step, valid_from, id"
    )
    return found.fetchall()


def read_titles(connection: psycopg.Connection) -> Mapping[tuple[str, str], str]:
    """What templates and indicators are called in Vietnamese, by kind and name."""
    return {(what, name): title for what, name, title in connection.execute(_TITLES)}


def read_reminder(connection: psycopg.Connection, number: int) -> dict[str, Any]:
    """One row of the ledger with the origin of its source; NotFound."""
    row = connection.cursor(row_factory=dict_row).execute(
        "SELECT r.*, coalesce(s.origin, 'real') AS origin FROM reminder AS r LEFT JOIN source AS s ON s.code = r.source"
        " WHERE r.id = %s", (number,)
    ).fetchone()  # fmt: skip
    if row is None:
        raise NotFound(f"id={number}: there is no such reminder", field="id")
    return row


def settle(connection: psycopg.Connection, number: int, told: Mapping[str, Any], now: datetime) -> bool:
    """Bring a reminder that waits into another state; False when it waited no more."""
    return bool(connection.execute(
        "UPDATE reminder SET state = %(state)s, state_at = %(now)s, state_by = %(by)s, detail = %(detail)s,"
        " number = coalesce(%(number)s, number), sha256 = coalesce(%(sha256)s, sha256)"
        " WHERE id = %(id)s AND state = 'waiting'",
        {"by": None, "detail": None, "number": None, "sha256": None} | dict(told) | {"id": number, "now": now},
    ).rowcount)  # fmt: skip


def _states(connection: psycopg.Connection, now: datetime) -> Sequence[PeriodState]:
    today = local_date(now)
    return read_states(connection, None, (today - BACK, today + AHEAD), now)


def _write(connection: psycopg.Connection, row: Mapping[str, Any]) -> int:
    """The new row's id, by which the axis will know it."""
    found = connection.execute(_INSERT, row).fetchone()
    assert found is not None  # RETURNING always gives the row
    connection.execute(_NAME, (UID.format(found[0]), found[0]))
    return int(found[0])


def _row(planned: Planned, titles: Mapping[tuple[str, str], str], now: datetime) -> dict[str, Any]:
    state, step = planned.state, planned.step
    title = titles.get(state.rule.key[1:], state.rule.template)
    late = state.workdays if state.state == "missing" else 0
    return _common(state, now) | {
        "step": step.step,
        "policy": step.code,
        "counts": step.counts,
        "way": step.way if state.rule.agency_code else "letter",
        "escalates_to": step.escalates_to,
        "subject": subject_of(state, title, step.side == "after"),
        "words": fill(step.words, state, title, late),
        "planned_on": planned.on,
        "planned_at": planned.at,
        "state": "missed" if planned.missed else "waiting",
        "detail": planned.missed,
    }


def _hand_row(
    state: PeriodState, given: ByHand, titles: Mapping[tuple[str, str], str], now: datetime
) -> dict[str, Any]:
    title = titles.get(state.rule.key[1:], state.rule.template)
    late = state.workdays if state.state == "missing" else 0
    return _common(state, now) | {
        "step": MANUAL,
        "policy": None,
        "counts": state.state == "missing",  # what is not overdue yet is no fault of anybody
        "way": given.way if state.rule.agency_code else "letter",
        "escalates_to": None,
        "subject": subject_of(state, title, state.state == "missing"),
        "words": given.words or fill(BY_HAND, state, title, late),
        "planned_on": local_date(now),
        "planned_at": now,
        "made_by": given.by,
        "reason": given.reason,
        "state": "waiting",
        "detail": None,
    }


def _common(state: PeriodState, now: datetime) -> dict[str, Any]:
    rule = state.rule
    return {
        "source": rule.source,
        "what": rule.what,
        "template": rule.template,
        "period_from": state.since,
        "period_to": state.until,
        "due": state.due,
        "agency": rule.agency,
        "agency_code": rule.agency_code,
        "office": rule.office,
        "made_at": now,
        "made_by": None,
        "reason": None,
        "state_at": now,
    }
