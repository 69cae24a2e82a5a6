"""Chờ duyệt: what people brought, seen and decided by another; and a sheet to type in where there is no file."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Literal

import psycopg
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, StringConstraints

from geo.errors import NotFound
from ingest.templates.typed import open_sheet, whose_of, write_sheet
from layers.database import transaction
from layers.indicators.approve import Verdict, decide
from layers.indicators.submissions import read_changes, read_submission, read_submissions
from web.approval_views import SubmissionCard, SubmissionList, card_view, submission_view
from web.routes.intake import Receipt, apart, steward, uploads_of
from web.state import State, state_of
from web.views import Problem, Words

router = APIRouter(prefix="/api/intake", responses={401: {"model": Problem}, 403: {"model": Problem}})

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
Short = Annotated[str, Field(min_length=1, max_length=120)]
Long = Annotated[str | None, Field(max_length=1000)]


class Decision(BaseModel):
    """The checker's word: a return needs its reason; `document` by which it is decided, if not that of the figures."""

    decision: Literal["approved", "returned"]
    reason: Long = None
    document: Long = None


class TypedLine(BaseModel):
    """One subject's value as typed; null: nothing is said; `…`: there is no number."""

    subject: Short
    value: Annotated[float, Field(allow_inf_nan=False)] | Annotated[str, Field(max_length=60)] | None = None


class Typed(BaseModel):
    """What somebody typed in: one indicator, for whom (`unit:commune` …), one period (2026-10), its subjects."""

    source: Short
    indicator: Code
    whose: Short
    period: Short
    rows: Annotated[list[TypedLine], Field(min_length=1, max_length=500)]
    total: Annotated[float | None, Field(allow_inf_nan=False)] = None


class SheetLine(BaseModel):
    """One subject with the value that is shown today."""

    subject: str
    name: str
    value: float | None
    status: str | None
    pending: bool


class SheetView(BaseModel):
    """A sheet to type in. `sums`: a total may be given and is held against the rows."""

    title: Words
    column: str
    unit: str
    period: Words
    period_from: date
    sums: bool
    lines: list[SheetLine]


@router.get("/submissions")
async def get_submissions(
    request: Request,
    state: Literal["pending", "approved", "returned", "replaced"] | None = None,
    mine: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> SubmissionList:
    """What people brought: waiting (the longest first), approved, returned or replaced; `mine`: by this account."""
    who = await steward(request)
    by = who.username if mine else None
    rows = await apart(state_of(request), lambda connection: read_submissions(connection, state, by, limit))
    return SubmissionList(submissions=[submission_view(row, who) for row in rows])


@router.get("/submissions/{submission}", responses={404: {"model": Problem}})
async def get_submission(request: Request, submission: int) -> SubmissionCard:
    """One submission: each figure against the one that stands without it, what to look at, every decision."""
    who = await steward(request)
    state = state_of(request)

    def work(connection: psycopg.Connection) -> SubmissionCard:
        row = read_submission(connection, submission)
        if row is None:
            raise NotFound(f"submission {submission}: there is none", field="submission")
        return card_view(row, read_changes(connection, row, state.clock()), who)

    return await apart(state, work)


@router.post("/submissions/{submission}/decision", responses={404: {"model": Problem}, 409: {"model": Problem}})
async def post_decision(request: Request, submission: int, said: Decision) -> SubmissionCard:
    """Approve or return: an operator or admin, never the account that brought it."""
    who, state = await steward(request), state_of(request)

    def work(connection: psycopg.Connection) -> None:
        with transaction(connection):
            decide(connection, submission, Verdict(said.decision, said.reason, said.document), who, state.clock())

    await apart(state, work)
    return await get_submission(request, submission)


@router.get("/typed/{indicator}/whose", responses={404: {"model": Problem}})
async def get_whose(request: Request, indicator: Code) -> list[str]:
    """For whom an indicator may be typed in."""
    await steward(request)
    return await apart(state_of(request), lambda connection: whose_of(connection, indicator))


@router.get("/typed/{indicator}", responses={404: {"model": Problem}})
async def get_sheet(request: Request, indicator: Code, source: Short, whose: Short, period: Short) -> SheetView:
    """The sheet of one indicator and period: its subjects, each with the value that is shown today."""
    await steward(request)
    state = state_of(request)
    sheet = await apart(state, lambda c: open_sheet(c, source, (indicator, whose, period), state.clock()))
    body, column = sheet.form.body, sheet.form.body.columns[0]
    lines = []
    for subject in sheet.subjects:
        value, status, pending = sheet.now.get(subject.code, (None, None, False))
        number = None if value is None else float(value)
        lines.append(SheetLine(subject=subject.code, name=subject.name, value=number, status=status, pending=pending))
    return SheetView(
        title=Words(vi=body.title.vi, en=body.title.en),
        column=column.title,
        unit=column.unit,
        period=Words(vi=sheet.period.title(), en=sheet.period.title("en")),
        period_from=sheet.period.since,
        sums=column.sums and bool(body.totals),
        lines=lines,
    )


@router.post("/typed", status_code=201)
async def post_typed(request: Request, typed: Typed) -> Receipt:
    """Make the workbook of what was typed; it waits like a file that was sent, to be shown and taken."""
    who, state = await steward(request), state_of(request)
    content = await apart(state, lambda connection: _workbook(connection, typed, state))
    name = f"nhap-tay-{typed.indicator}-{typed.period}.xlsx"
    upload = await uploads_of(state).receive(name, who.username, _pieces(content))
    return Receipt(file=upload.token, name=name, size=upload.size, sha256=upload.sha256.hex(), before=None)


def _workbook(connection: psycopg.Connection, typed: Typed, state: State) -> bytes:
    sheet = open_sheet(connection, typed.source, (typed.indicator, typed.whose, typed.period), state.clock())
    return write_sheet(sheet, [(line.subject, line.value) for line in typed.rows], typed.total)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content
