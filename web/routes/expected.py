"""Lịch nộp: what each office delivers by when, entered and corrected by operator or admin; every version stays."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

import psycopg
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints

from geo.clock import local_date
from layers.access.audit import note_act
from layers.access.roles import SIGNED_IN
from layers.database import connect, transaction, write_async
from layers.sources.expected import Expectation
from layers.sources.expected_edit import (
    Told,
    put_expectation,
    read_rules,
    read_versions,
    withdraw_expectation,
)
from web.access import require
from web.routes.edits import Edit, Reasoned, editing
from web.routes.intake import apart
from web.state import State, state_of, url_of
from web.views import Problem, Words

router = APIRouter(prefix="/api/expected", responses={401: {"model": Problem}, 403: {"model": Problem}})

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class RuleChange(Reasoned):
    """What a source delivers, how often, by when, and which office is to be asked (no person).

    `due_kind` workday: working day `due_number` of the month `due_months` after the period's last; before: before
    that day of it. `template` names a template of the source, or an indicator, as `what` says.
    """

    source: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
    what: Literal["template", "indicator"] = "template"
    template: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
    every_months: Literal[1, 3, 6, 12] = 1
    due_kind: Literal["workday", "before"] = "workday"
    due_number: Annotated[int, Field(ge=1, le=31)]
    due_months: Annotated[int, Field(ge=0, le=12)] = 1
    valid_from: date
    valid_to: date | None = None
    agency: Line
    agency_code: Annotated[str | None, StringConstraints(pattern=r"^[A-Z0-9]+(\.[A-Z0-9]+)*$", max_length=60)] = None
    office: Line | None = None
    phone: Annotated[str | None, StringConstraints(pattern=r"^\+?[0-9][0-9 .]{1,18}[0-9]$")] = None
    basis: Line
    verified: bool = False


class RuleView(BaseModel):
    """A rule as kept; `superseded_at` null: it is what is known. `rule`: the deadline in words."""

    code: str
    source: str
    what: Literal["template", "indicator"]
    template: str
    every_months: int
    due_kind: Literal["workday", "before"]
    due_number: int
    due_months: int
    valid_from: date
    valid_to: date | None
    agency: str
    agency_code: str | None
    office: str | None
    phone: str | None
    basis: str | None
    verified: bool
    rule: Words
    in_force: bool
    stored_at: datetime
    stored_by: str | None
    reason: str | None
    superseded_at: datetime | None
    superseded_by: str | None
    superseded_reason: str | None


class RuleCode(BaseModel):
    """The code of the row."""

    code: str


@router.get("")
async def get_rules(request: Request) -> list[RuleView]:
    """Every rule as known today: past, in force, to come."""
    await require(request, SIGNED_IN)
    return _views(request, await apart(state_of(request), read_rules))


@router.get("/{code}/versions")
async def get_versions(request: Request, code: Code) -> list[RuleView]:
    """Every version of one rule, the newest first: who changed what, when and why."""
    await require(request, SIGNED_IN)
    return _views(request, await apart(state_of(request), lambda connection: list(read_versions(connection, code))))


@router.post("", status_code=201)
async def post_rule(request: Request, change: RuleChange) -> RuleCode:
    """Enter what is expected. Periods before today are judged, but nobody is reminded of them as if told before."""
    return await _put(request, None, change)


@router.post("/{code}")
async def correct_rule(request: Request, code: Code, change: RuleChange) -> RuleCode:
    """Correct a rule, or end it by `valid_to`; the former version stays readable."""
    return await _put(request, code, change)


@router.post("/{code}/withdraw")
async def post_withdrawal(request: Request, code: Code, why: Reasoned) -> RuleCode:
    """Withdraw a rule that should never have stood there."""
    edit = await editing(request, why)
    await _do(request, edit, lambda c: withdraw_expectation(c, code, _told(edit)), ("expected.withdraw", code))
    return RuleCode(code=code)


async def _put(request: Request, code: str | None, change: RuleChange) -> RuleCode:
    edit = await editing(request, change)
    rule = Expectation(**change.model_dump(exclude={"reason"}))
    name = f"{rule.source}.{rule.template}"
    kept = await _do(request, edit, lambda c: put_expectation(c, code, rule, _told(edit)), ("expected.change", name))
    return RuleCode(code=kept)


async def _do(request: Request, edit: Edit, work: Callable[[psycopg.Connection], Any], act: tuple[str, str]) -> Any:
    """Do it in one transaction and note the act."""
    state = state_of(request)
    found = await asyncio.to_thread(_within, state, work)
    async with write_async(state.engine) as connection:
        await connection.execute(note_act(edit.who, *act, edit.reason, edit.at))
    return found


def _within(state: State, work: Callable[[psycopg.Connection], Any]) -> Any:
    with connect(url_of(state)) as connection, transaction(connection):
        return work(connection)


def _told(edit: Edit) -> Told:
    return Told(edit.at, edit.who.username, edit.reason)


def _views(request: Request, rows: list[dict[str, Any]]) -> list[RuleView]:
    today = local_date(state_of(request).clock())
    return [_view(row, today) for row in rows]


def _view(row: dict[str, Any], today: date) -> RuleView:
    vi, en = Expectation(**{name: row[name] for name in Expectation._fields}).words()
    holds = row["valid_from"] <= today and (row["valid_to"] is None or today < row["valid_to"])
    told = {name: row[name] for name in RuleView.model_fields if name in row}
    return RuleView(**told, rule=Words(vi=vi, en=en), in_force=holds and row["superseded_at"] is None)
