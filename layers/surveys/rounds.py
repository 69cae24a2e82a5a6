"""Surveys asked: which editions there are, whom the centre may ask, and each time they are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg

from geo.clock import local_date
from geo.errors import BadInput, NotFound
from geo.workdays import Workdays
from layers.access.accounts import tie
from layers.surveys.body import SurveyBody, read_body


class Agency(NamedTuple):
    """An agency by its official name."""

    code: str
    title_vi: str
    title_en: str


@dataclass(frozen=True)
class Edition:
    """One row of `Survey`."""

    id: int
    code: str
    survey: str
    edition: str
    body: SurveyBody
    basis: str
    source: str
    verified: bool
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether rounds that open on a day ask it."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Round:
    """One time that a survey is asked."""

    id: int
    edition: Edition
    opens_on: date
    within_days: int
    agencies: tuple[str, ...]
    origin: str
    opened_by: str

    def due_on(self, calendar: Workdays) -> date:
        """The last day to answer in time: so many working days after it opens."""
        return calendar.after(self.opens_on, self.within_days)

    def is_after(self, other: "Round") -> bool:
        """Whether it opened later."""
        return (self.opens_on, self.id) > (other.opens_on, other.id)

    def check_asked(self, agency: str) -> None:
        """NotFound for an agency that is not asked."""
        if agency not in self.agencies:
            raise NotFound(f"agency={agency[:60]!r}: not asked in round {self.id}", field="agency")


_EDITION = "s.id, s.code, s.survey, s.edition, s.body, s.basis, s.source, s.verified, s.valid_from, s.valid_to"
_ROUND = f"""
SELECT {_EDITION}, r.id, r.opens_on, r.within_days, r.agencies, r.origin, r.opened_by
FROM survey_round AS r JOIN survey AS s ON s.id = r.survey_id
"""  # noqa: S608 - our own names


def read_editions(connection: psycopg.Connection, survey: str | None = None) -> list[Edition]:
    """Every edition in force, or those of one survey, the latest first."""
    rows = connection.execute(
        f"SELECT {_EDITION} FROM survey AS s WHERE s.superseded_at IS NULL"  # noqa: S608
        " AND (%(survey)s::text IS NULL OR s.survey = %(survey)s) ORDER BY s.survey DESC, s.valid_from DESC",
        {"survey": survey},
    ).fetchall()
    return [_edition(row) for row in rows]


def read_agencies(connection: psycopg.Connection) -> dict[str, Agency]:
    """Every agency by code, in the order of protocol."""
    rows = connection.execute(
        "SELECT code, title_vi, title_en FROM survey_agency WHERE superseded_at IS NULL ORDER BY position, code"
    ).fetchall()
    return {row[0]: Agency(*row) for row in rows}


def read_rounds(connection: psycopg.Connection) -> list[Round]:
    """Every round, the latest first."""
    rows = connection.execute(f"{_ROUND} ORDER BY r.opens_on DESC, r.id DESC").fetchall()
    return [_round(row) for row in rows]


def find_round(connection: psycopg.Connection, number: int) -> Round:
    """A round by its number; NotFound."""
    row = connection.execute(f"{_ROUND} WHERE r.id = %s", (number,)).fetchone()
    if row is None:
        raise NotFound(f"round={number}: there is none; see GET /api/surveys", field="round")
    return _round(row)


def former_round(connection: psycopg.Connection, of: Round, agency: str) -> Round | None:
    """The last round before that asked the same survey of an agency."""
    before = [r for r in read_rounds(connection) if of.is_after(r)]
    return next((r for r in before if r.edition.survey == of.edition.survey and agency in r.agencies), None)


def later_round(connection: psycopg.Connection, of: Round, agency: str) -> Round | None:
    """A round that asks an agency the same survey since: answers go there; None for the last."""
    later = [r for r in read_rounds(connection) if r.is_after(of) and agency in r.agencies]
    return next((r for r in later if r.edition.survey == of.edition.survey), None)


class Asking(NamedTuple):
    """A round to be opened; None: as the edition says. `by` a user's name."""

    survey: str
    opens_on: date
    by: str
    origin: str
    within_days: int | None = None
    agencies: Sequence[str] | None = None


def open_round(connection: psycopg.Connection, asking: Asking, now: datetime) -> int:
    """Open a round in the caller's transaction; its number. BadInput for what nobody can be asked."""
    editions = [e for e in read_editions(connection, asking.survey) if e.holds_on(asking.opens_on)]
    if not editions:
        detail = f"survey={asking.survey[:60]!r}: no edition is in use on {asking.opens_on:%Y-%m-%d}"
        raise BadInput(detail, field="survey")
    body = editions[0].body
    agencies = list(dict.fromkeys(body.agencies if asking.agencies is None else asking.agencies))
    days = body.within_days if asking.within_days is None else asking.within_days
    _check_asking(connection, asking, agencies, days, now)
    row = connection.execute(
        "INSERT INTO survey_round (survey_id, opens_on, within_days, agencies, origin, opened_at, opened_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (editions[0].id, asking.opens_on, days, agencies, asking.origin, now, asking.by),
    ).fetchone()
    assert row is not None  # RETURNING always gives the row
    return int(row[0])


def _check_asking(
    connection: psycopg.Connection, asking: Asking, agencies: Sequence[str], days: int, now: datetime
) -> None:
    unknown = [code for code in agencies if code not in read_agencies(connection)]
    if unknown or not agencies:
        raise BadInput(f"agencies={', '.join(unknown)[:80]!r}: use codes of GET /api/surveys", field="agencies")
    if not 1 <= days <= 120:
        raise BadInput("within_days: 1 to 120 working days", field="within_days")
    if (asking.opens_on - local_date(now)).days > 366:
        raise BadInput("opens_on: more than a year ahead", field="opens_on")


def tie_to_agency(connection: psycopg.Connection, username: str, agency: str) -> None:
    """The agency a steward answers for; BadInput for an unknown one, NotFound for an account."""
    if agency not in read_agencies(connection):
        raise BadInput(f"agency={agency!r}: not known; see GET /api/surveys", field="agency")
    tie(connection, "agency", username, agency)


def agency_title(connection: psycopg.Connection, account_id: int) -> str | None:
    """The Vietnamese name of that agency."""
    agency = agency_of(connection, account_id)
    found = None if agency is None else read_agencies(connection).get(agency)
    return None if found is None else found.title_vi


def agency_of(connection: psycopg.Connection, account_id: int) -> str | None:
    """The agency an account answers for; None where it is tied to none."""
    row = connection.execute("SELECT agency FROM account_agency WHERE account_id = %s", (account_id,)).fetchone()
    return None if row is None else str(row[0])


def _edition(row: Sequence[Any]) -> Edition:
    told = list(row[:10])
    told[4] = read_body(told[4])
    return Edition(*told)


def _round(row: Sequence[Any]) -> Round:
    number, opens_on, within_days, agencies, origin, opened_by = row[10:]
    return Round(number, _edition(row), opens_on, within_days, tuple(agencies), origin, opened_by)
