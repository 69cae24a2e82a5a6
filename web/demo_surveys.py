"""Simulated surveys: last year's and this year's, answered by some in time, by some late, by some not yet."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from fixtures.fleet import SEED
from fixtures.surveys import former_system_rows, indicator_rows, system_rows
from geo.clock import local_date, start_of_day
from geo.errors import BadInput
from geo.workdays import DAY, Workdays
from ingest.surveys.check import Line, check_lines
from ingest.surveys.form import Blank, write_form
from ingest.surveys.read import Asked, read_answer_form
from ingest.surveys.take import SentForm, take_answer_form
from layers.access.accounts import ensure_account
from layers.access.roles import Role
from layers.database import transaction
from layers.sources.expected import read_workdays
from layers.surveys.answers import Save, Stage, save_answer
from layers.surveys.gap_read import INDICATORS, SYSTEMS, read_catalogue
from layers.surveys.rounds import Asking, agency_of, find_round, open_round, read_agencies, tie_to_agency
from layers.units.load import DATA, read_csv

BY = "demo"
STEWARD_OF = "so_y_te"
"""The agency that the demonstration's steward answers for; its answers are left to whoever tries it."""
ANSWERED = ("vp_ubnd", "thong_ke", "so_gddt", "so_vhttdl", "so_khcn", "cc_thuy_san", "bien_phong")
LATE = ("so_tai_chinh", "so_nnmt")
DRAFTS = (STEWARD_OF, "bhxh")
BY_FORM = ("thong_ke", "bien_phong", "bhxh")
"""Those who send the workbook."""
NOON = timedelta(hours=12)


class Plan(NamedTuple):
    """A simulated round: opened so many working days ago; who answered on which working day of it."""

    survey: str
    ago: int
    days: Mapping[str, int]
    drafts: Sequence[str] = ()


def rounds(now: datetime, calendar: Workdays) -> tuple[tuple[Plan, date], ...]:
    """The rounds and the day each opened. That of last year is asked by last year's form."""
    today = local_date(now)
    last_year = {agency: 3 + at for at, agency in enumerate((*ANSWERED, *LATE, STEWARD_OF))}
    systems = {agency: 2 + at for at, agency in enumerate(ANSWERED)} | dict.fromkeys(LATE, 12)
    indicators = {agency: 1 + at % 3 for at, agency in enumerate(ANSWERED[:5])}
    told = (
        Plan(SYSTEMS, 14, systems, DRAFTS[1:]),
        Plan(INDICATORS, 5, indicators, DRAFTS),
    )
    former = Plan(SYSTEMS, 0, last_year)
    return (
        (former, calendar.next_workday(date(2025, 11, 3))),
        *((one, back(calendar, today, one.ago)) for one in told),
    )


def back(calendar: Workdays, today: date, workdays: int) -> date:
    """The working day so many before a day."""
    day = today
    while calendar.count_after(day, today) < workdays or not calendar.is_workday(day):
        day -= DAY
    return day


def ensure_surveys(connection: psycopg.Connection, now: datetime) -> int:
    """Open the rounds and save their answers where there is none yet; tie the demonstration's steward. How many."""
    with transaction(connection):
        account = ensure_account(connection, f"demo-{Role.STEWARD.value}", Role.STEWARD, lambda: now)
        if agency_of(connection, account) is None:
            tie_to_agency(connection, f"demo-{Role.STEWARD.value}", STEWARD_OF)
        known = connection.execute("SELECT count(*) FROM survey_round").fetchone()
        if known is None or known[0]:
            return 0
        calendar = read_workdays(connection)
        for asked, opens_on in rounds(now, calendar):
            _ask(connection, asked, opens_on, (calendar, now))
        return len(rounds(now, calendar))


def _ask(connection: psycopg.Connection, asked: Plan, opens_on: date, at: tuple[Workdays, datetime]) -> None:
    calendar, now = at
    number = open_round(connection, Asking(asked.survey, opens_on, BY, "simulated"), start_of_day(opens_on))
    for agency, workday in asked.days.items():
        moment = min(start_of_day(calendar.after(opens_on, workday)) + NOON, now)
        _answer(connection, number, agency, ("submitted", moment))
    for agency in asked.drafts:
        _answer(connection, number, agency, ("draft", now))


def _answer(connection: psycopg.Connection, number: int, agency: str, how: tuple[Stage, datetime]) -> None:
    asked, (state, moment) = find_round(connection, number), how
    names = {code: row.name_vi for code, row in read_catalogue(connection).items()}
    rows = _rows(connection, asked.edition.code, agency)
    if state == "draft":
        rows = rows[:2]
    checked = check_lines(asked.edition.body, names, [Line(n, row) for n, row in enumerate(rows, 1)])
    if checked.wrong or (state == "submitted" and not checked.whole):
        raise BadInput(f"{asked.edition.code}, {agency}: {[*checked.wrong, *checked.missing][:1]}")
    if agency in BY_FORM:
        _send_form(connection, Asked(asked, agency, [asked.edition], names), checked.rows, how)
        return
    save_answer(connection, Save(number, agency, state, checked.rows, BY, origin="simulated"), moment)


def _send_form(
    connection: psycopg.Connection, asked: Asked, rows: list[dict[str, Any]], how: tuple[Stage, datetime]
) -> None:
    """An agency that fills in the workbook: written, read and taken as any other."""
    state, moment = how
    due = asked.round.due_on(read_workdays(connection))
    agency = read_agencies(connection)[asked.agency]
    blank = Blank(asked.round, agency, rows, None, asked.names, due, moment)
    with tempfile.TemporaryDirectory(prefix="opsmap-survey-") as folder:
        path = Path(folder) / f"{asked.round.edition.code}-{asked.agency}.xlsx"
        path.write_bytes(write_form(blank))
        sent = SentForm(path, path.name, asked.round.id, asked.agency, BY, "simulated")
        take_answer_form(connection, sent, read_answer_form(path, asked), state == "submitted", lambda: moment)


def _rows(connection: psycopg.Connection, edition: str, agency: str) -> list[dict[str, Any]]:
    if edition.startswith(INDICATORS):
        owner = read_agencies(connection)[agency].title_vi
        return indicator_rows(agency, [row for row in read_csv(DATA / "indicators.csv") if row["owner"] == owner], SEED)
    return former_system_rows(agency, SEED) if edition.endswith("2025") else system_rows(agency, SEED)
