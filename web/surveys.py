"""Surveys for those who answer and those who watch: rounds, answers, forms. A steward is held to its own agency."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from fastapi import Request

from geo.clock import local_date
from geo.errors import Conflict, NotAllowed
from ingest.surveys.check import Checked, Line, check_lines
from ingest.surveys.form import Blank, write_form
from ingest.surveys.read import Asked
from layers.access.accounts import Who
from layers.access.roles import Readers, Role
from layers.indicators.catalogue import DOMAINS
from layers.sources.expected import read_workdays
from layers.surveys.answers import Answer, Present, Save, read_history, read_present, read_standings, save_answer
from layers.surveys.body import carry_over
from layers.surveys.gap_read import read_catalogue
from layers.surveys.rounds import (
    Round,
    agency_of,
    find_round,
    former_round,
    later_round,
    read_agencies,
    read_editions,
    read_rounds,
)
from web.indicator_views import DomainView
from web.routes.books import person
from web.routes.intake import apart
from web.state import state_of
from web.survey_lines import wrong_view
from web.survey_views import (
    AnswerView,
    Named,
    RoundCard,
    RoundView,
    SavedLine,
    SaveIn,
    StandingView,
    Surveys,
    agency_view,
    answer_state,
    edition_view,
    round_view,
    standing_view,
)
from web.views import Words

WATCHERS: Readers = frozenset({Role.LEADER, Role.STEWARD, Role.OPERATOR, Role.ADMIN})
ANSWERERS: Readers = frozenset({Role.STEWARD})
"""A department answers; the centre watches, asks, and never writes in its place."""
OPENERS: Readers = frozenset({Role.OPERATOR, Role.ADMIN})


@dataclass(frozen=True)
class Reader:
    """Who asks, and the agency they are held to; None: every agency."""

    who: Who
    agency: str | None

    def check(self, agency: str) -> None:
        """NotAllowed for another agency's answer."""
        if self.agency is not None and agency != self.agency:
            raise NotAllowed(f"agency={agency[:60]!r}: this account answers for {self.agency}", field="agency")


async def who_reads(request: Request, readers: Readers = WATCHERS) -> Reader:
    """Who asks; NotAllowed for a steward that is tied to no agency."""
    who = await person(request, readers)
    if who.role is not Role.STEWARD:
        return Reader(who, None)
    agency = await apart(state_of(request), lambda connection: agency_of(connection, who.account_id))
    if agency is None:
        title = "Tài khoản này chưa được gắn với cơ quan nào: nhờ quản trị gắn"
        detail = "account: tied to no agency; `opsmap user agency NAME CODE` does it"
        raise NotAllowed(detail, field="account", title=title)
    return Reader(who, agency)


def list_surveys(connection: psycopg.Connection, reader: Reader, now: datetime) -> Surveys:
    """Rounds, editions and agencies."""
    agencies = read_agencies(connection)
    rounds = [r for r in read_rounds(connection) if reader.agency is None or reader.agency in r.agencies]
    return Surveys(
        now=now,
        agency=None if reader.agency is None else agency_view(agencies, reader.agency),
        can_answer=reader.who.role in ANSWERERS,
        can_open=reader.who.role in OPENERS,
        rounds=[_round(connection, asked, reader, now)[0] for asked in rounds],
        editions=[edition_view(edition) for edition in read_editions(connection)],
        agencies=[agency_view(agencies, code) for code in agencies],
        domains=[DomainView(code=code, title=Words.of(title)) for code, title in DOMAINS.items()],
    )


def round_card(connection: psycopg.Connection, number: int, reader: Reader, now: datetime) -> RoundCard:
    """One round: its questions, how agencies stand, the indicators to choose from."""
    asked = find_round(connection, number)
    told, standings = _round(connection, asked, reader, now)
    names = names_of(connection)
    return RoundCard(
        round=told,
        body=asked.edition.body,
        standings=[s for s in standings if reader.agency in (None, s.agency.code)],
        indicators=[Named(code=code, name=name) for code, name in names.items()],
    )


def _round(
    connection: psycopg.Connection, asked: Round, reader: Reader, now: datetime
) -> tuple[RoundView, list[StandingView]]:
    calendar, agencies = read_workdays(connection), read_agencies(connection)
    standings = [standing_view(s, agencies) for s in read_standings(connection, asked, (calendar, now))]
    later = [r for r in read_rounds(connection) if r.edition.survey == asked.edition.survey and r.is_after(asked)]
    past = any(reader.agency in r.agencies if reader.agency else True for r in later)
    return round_view(asked, (asked.due_on(calendar), past), standings, reader.agency), standings


def names_of(connection: psycopg.Connection) -> dict[str, str]:
    """The catalogue's indicators, code → name."""
    return {code: row.name_vi for code, row in read_catalogue(connection).items()}


def asked_of(connection: psycopg.Connection, number: int, agency: str, reader: Reader) -> Asked:
    """A round as an agency answers it, with all its editions. NotFound, NotAllowed."""
    reader.check(agency)
    asked = find_round(connection, number)
    asked.check_asked(agency)
    return Asked(asked, agency, read_editions(connection, asked.edition.survey), names_of(connection))


def asked_now(connection: psycopg.Connection, number: int, agency: str, reader: Reader) -> Asked:
    """The same, to be written: Conflict for a round that a later one has taken the place of."""
    asked = asked_of(connection, number, agency, reader)
    later = later_round(connection, asked.round, agency)
    if later is not None:
        title = f"Đợt này đã qua: trả lời ở đợt mở ngày {later.opens_on:%d/%m/%Y}"
        raise Conflict(f"round={number}: round {later.id} asks the same survey since", field="round", title=title)
    return asked


def answer_view(connection: psycopg.Connection, asked: Asked, faults: Checked | None = None) -> AnswerView:
    """An agency's answer as it is now; where there is none, begun from that to the round before."""
    present = read_present(connection, asked.round.id, asked.agency)
    rows, carried = rows_to_begin(connection, asked, present)
    checked = faults or check(asked, rows)
    body, newest = asked.round.edition.body, present.newest
    history = read_history(connection, asked.round.id, asked.agency)
    firsts = [saved.saved_at for saved in history if saved.state == "submitted"]
    return AnswerView(
        round=asked.round.id,
        agency=agency_view(read_agencies(connection), asked.agency),
        id=None if newest is None else newest.id,
        state=answer_state(newest),
        rows=rows,
        origin=asked.round.origin,  # type: ignore[arg-type]
        carried=carried,
        past=later_round(connection, asked.round, asked.agency) is not None,
        submitted_at=firsts[-1] if firsts else None,
        faults=[wrong_view(body, wrong) for wrong in checked.wrong],
        missing=[wrong_view(body, wrong) for wrong in checked.missing],
        history=[SavedLine(**saved._asdict()) for saved in history],
    )


def rows_to_begin(
    connection: psycopg.Connection, asked: Asked, present: Present
) -> tuple[list[dict[str, Any]], str | None]:
    """The lines to go on from, and the edition they are carried over from where they are last round's."""
    if present.newest is not None:
        return present.newest.rows, None
    before = former_round(connection, asked.round, asked.agency)
    former = None if before is None else read_present(connection, before.id, asked.agency).submitted
    if before is None or former is None:
        return [], None
    rows = carry_over(former.rows, before.edition.body, asked.round.edition.body)
    return check(asked, rows).rows, before.edition.edition


def check(asked: Asked, rows: list[dict[str, Any]]) -> Checked:
    """Lines against what is asked, numbered from 1."""
    return check_lines(asked.round.edition.body, asked.names, [Line(n, row) for n, row in enumerate(rows, 1)])


def save_page(
    connection: psycopg.Connection, asked: Asked, given: SaveIn, by: str, now: datetime
) -> tuple[Answer, AnswerView]:
    """Keep what is right: submitted where all of it is and that is asked, else a draft that says what is missing."""
    checked = check(asked, given.rows)
    state: Any = "submitted" if given.submit and checked.whole else "draft"
    save = Save(asked.round.id, asked.agency, state, checked.rows, by, given.over, "page", asked.round.origin)
    kept = save_answer(connection, save, now)
    return kept, answer_view(connection, asked, checked)


def form_of(connection: psycopg.Connection, asked: Asked, now: datetime) -> tuple[str, bytes]:
    """The workbook to fill in with the answers there are, and what to call it."""
    present = read_present(connection, asked.round.id, asked.agency)
    rows, _ = rows_to_begin(connection, asked, present)
    agency = read_agencies(connection)[asked.agency]
    due = asked.round.due_on(read_workdays(connection))
    answer = present.newest.id if present.newest else None
    blank = Blank(asked.round, agency, rows, answer, asked.names, due, now)
    mark = "" if asked.round.origin == "real" else "-mo-phong"
    return f"{asked.round.edition.code}-{asked.agency}-{local_date(now):%Y%m%d}{mark}.xlsx", write_form(blank)
