"""Saying what is expected by when: a new rule, a correction, a withdrawal; the former row stays, with who and why."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import dict_row

from geo.errors import BadInput, NotFound
from layers.sources.contacts import Contact, check_contact
from layers.sources.expected import Expectation

EDIT_LOCK = 7_105_161
FIELDS = ", ".join(Expectation._fields)
_LIST = f"""
SELECT id, code, {FIELDS}, stored_at, stored_by, reason, superseded_at, superseded_by, superseded_reason
FROM expected_delivery WHERE {{}} ORDER BY source, what, template, valid_from, id DESC
"""  # noqa: S608 - our own names


class Told(NamedTuple):
    """When a rule was said (UTC), by whom (None: the product) and why."""

    at: datetime
    by: str | None = None
    reason: str | None = None


def keep_expectation(connection: psycopg.Connection, rule: Expectation, now: datetime) -> None:
    """Keep a rule; another for the same thing and date supersedes the former. BadInput for one nobody can keep."""
    check_expectation(rule)
    code = code_of(rule)
    row = connection.execute(
        f"SELECT {FIELDS} FROM expected_delivery WHERE code = %s AND superseded_at IS NULL",  # noqa: S608
        (code,),
    ).fetchone()
    if row != tuple(rule):
        _store(connection, code, rule, Told(now))


def put_expectation(connection: psycopg.Connection, code: str | None, rule: Expectation, told: Told) -> str:
    """Store a rule (`code` None), or correct the one of that code, in the caller's transaction. Its code.

    BadInput when it is not consistent, nobody has heard of what it expects, or its days meet those of another rule.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (EDIT_LOCK,))
    check_expectation(rule)
    if code is not None and not _current(connection, code):
        raise NotFound(f"code={code[:80]!r}: no such rule today; GET /api/expected lists them", field="code")
    _check_named(connection, rule)
    _check_office(connection, rule)
    _check_days(connection, code, rule)
    kept = code or code_of(rule)
    _store(connection, kept, rule, told)
    return kept


def withdraw_expectation(connection: psycopg.Connection, code: str, told: Told) -> None:
    """From now on the rule of that code is known to be wrong, and nothing stands in its place."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (EDIT_LOCK,))
    if not _end(connection, code, told):
        raise NotFound(f"code={code[:80]!r}: no such rule today; GET /api/expected lists them", field="code")


def read_rules(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """Every rule as known now, past and to come."""
    return connection.cursor(row_factory=dict_row).execute(_LIST.format("superseded_at IS NULL")).fetchall()


def read_versions(connection: psycopg.Connection, code: str) -> Sequence[dict[str, Any]]:
    """Every version of one rule, the newest first."""
    return connection.cursor(row_factory=dict_row).execute(_LIST.format("code = %s"), (code,)).fetchall()


def code_of(rule: Expectation) -> str:
    """Our name of a rule: what it expects, from which day."""
    return f"{rule.source}.{rule.what}.{rule.template}.{rule.valid_from}"


def check_expectation(rule: Expectation) -> None:
    """BadInput for a rule nobody can keep."""
    if rule.every_months not in (1, 3, 6, 12) or not 1 <= rule.due_number <= 31 or not 0 <= rule.due_months <= 12:
        raise BadInput("expected: every_months 1, 3, 6 or 12; due_number 1 to 31; due_months 0 to 12", field="due")
    if rule.valid_to is not None and rule.valid_to <= rule.valid_from:
        raise BadInput("valid_to: it must be after valid_from", field="valid_to")


def _store(connection: psycopg.Connection, code: str, rule: Expectation, told: Told) -> None:
    _end(connection, code, told)
    places = ", ".join(["%s"] * (len(rule) + 4))
    connection.execute(
        f"INSERT INTO expected_delivery ({FIELDS}, code, stored_at, stored_by, reason) VALUES ({places})",  # noqa: S608
        (*rule, code, *told),
    )


def _end(connection: psycopg.Connection, code: str, told: Told) -> int:
    return connection.execute(
        "UPDATE expected_delivery SET superseded_at = %s, superseded_by = %s, superseded_reason = %s"
        " WHERE code = %s AND superseded_at IS NULL",
        (*told, code),
    ).rowcount


def _current(connection: psycopg.Connection, code: str) -> bool:
    found = connection.execute("SELECT FROM expected_delivery WHERE code = %s AND superseded_at IS NULL", (code,))
    return found.fetchone() is not None


def _check_named(connection: psycopg.Connection, rule: Expectation) -> None:
    """The template is one of that source's; the indicator is in the catalogue."""
    if rule.what == "template":
        known = "SELECT FROM template WHERE name = %s AND source = %s AND superseded_at IS NULL"
        names: tuple[str, ...] = (rule.template, rule.source)
    else:
        known, names = "SELECT FROM indicator WHERE code = %s AND superseded_at IS NULL", (rule.template,)
    if connection.execute(known, names).fetchone() is None:
        of = f" of source {rule.source!r}" if rule.what == "template" else ""
        raise BadInput(f"template={rule.template!r}: no {rule.what}{of} has that name", field="template")


def _check_office(connection: psycopg.Connection, rule: Expectation) -> None:
    """An office of a simulated source has a telephone that cannot ring."""
    row = connection.execute("SELECT origin FROM source WHERE code = %s", (rule.source,)).fetchone()
    check_contact(Contact(rule.office or rule.agency, None, rule.phone), row[0] if row is not None else "real")


def _check_days(connection: psycopg.Connection, code: str | None, rule: Expectation) -> None:
    """No period may be expected twice."""
    row = connection.execute(
        "SELECT code, valid_from, valid_to FROM expected_delivery WHERE superseded_at IS NULL AND code <> %s"
        " AND (source, what, template) = (%s, %s, %s)"
        " AND daterange(valid_from, valid_to) && daterange(%s::date, %s::date) LIMIT 1",
        (code or "", *rule.key, rule.valid_from, rule.valid_to),
    ).fetchone()
    if row is not None:
        days = _days(row[1], row[2])
        detail = f"valid_from: these days overlap with {row[0]} ({days}); end that rule first, or choose other days"
        raise BadInput(detail, field="valid_from", title=f"Trùng thời gian với lịch nộp đang có ({days})")


def _days(since: date, until: date | None) -> str:
    return f"{since:%d/%m/%Y} – {f'{until:%d/%m/%Y}' if until else '…'}"
