"""A new edition of a survey, or a correction of one: a new row, the former kept; rounds keep the row they asked."""

from datetime import date, datetime
from typing import NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from geo.errors import BadInput
from layers.surveys.body import SurveyBody
from layers.surveys.rounds import Edition, read_agencies, read_editions

EDITION_LOCK = 7_105_134


class Edited(NamedTuple):
    """An edition as a person gives it: whose word it is, who stores it and why."""

    survey: str
    edition: str
    body: SurveyBody
    basis: str
    source: str
    valid_from: date
    valid_to: date | None
    by: str
    reason: str
    verified: bool = False

    @property
    def code(self) -> str:
        """`systems.2026`."""
        return f"{self.survey}.{self.edition}"


def keep_edition(connection: psycopg.Connection, given: Edited, now: datetime) -> Edition:
    """Keep it in the caller's transaction. BadInput for unknown agencies, or days that another edition has."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (EDITION_LOCK,))
    _check(connection, given)
    connection.execute(
        "UPDATE survey SET superseded_at = %s, superseded_by = %s, superseded_reason = %s"
        " WHERE code = %s AND superseded_at IS NULL",
        (now, given.by, given.reason, given.code),
    )
    connection.execute(
        "INSERT INTO survey (code, survey, edition, body, basis, source, verified, valid_from, valid_to,"
        " stored_at, stored_by, reason) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(given.code, given.survey, given.edition, Jsonb(given.body.model_dump(mode="json")), given.basis),
            *(given.source, given.verified, given.valid_from, given.valid_to, now, given.by, given.reason),
        ),
    )
    return next(e for e in read_editions(connection, given.survey) if e.code == given.code)


def _check(connection: psycopg.Connection, given: Edited) -> None:
    unknown = sorted(set(given.body.agencies) - set(read_agencies(connection)))
    if unknown:
        raise BadInput(f"agencies={', '.join(unknown)[:80]!r}: use codes of GET /api/surveys", field="agencies")
    if given.valid_to is not None and given.valid_to <= given.valid_from:
        raise BadInput("valid_to: it must be after valid_from", field="valid_to")
    for other in read_editions(connection, given.survey):
        meets = given.valid_from < (other.valid_to or date.max) and other.valid_from < (given.valid_to or date.max)
        if other.code != given.code and meets:
            raise BadInput(f"valid_from: its days meet those of {other.code}; end that one first", field="valid_from")
