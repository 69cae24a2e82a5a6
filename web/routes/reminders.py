"""Sổ nhắc: who was reminded of what, when, by which way, and when the figures came; letters to print; by hand too."""

import asyncio
from datetime import date, datetime
from typing import Annotated, Any, Literal

import psycopg
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import HTMLResponse

from geo.clock import local_date
from geo.errors import BadInput
from layers.access.audit import note_act
from layers.access.roles import Role
from layers.database import transaction, write_async
from layers.indicators.spans import Span, name_of
from layers.reminders.keep import ByHand, read_reminder, read_titles, settle, write_by_hand
from layers.reminders.ledger import AgencyYear, Entry, read_ledger, read_limits, year_of
from layers.sources.freshness import Origin, mark
from web.access import require
from web.notice_sheet import sheet_pdf
from web.reminder_sheet import reminder_sheet
from web.routes.cases import MISSING, REFUSED
from web.routes.edits import Reasoned, editing
from web.routes.intake import apart
from web.routes.notices import SHEET
from web.sheets import Sheet, sheet_response
from web.state import state_of
from web.views import Words

router = APIRouter()

READERS = frozenset({Role.LEADER, Role.STEWARD, Role.OPERATOR, Role.ADMIN})
Year = Annotated[int | None, Query(ge=2000, le=2100, description="the year of Việt Nam; this one by default")]
Agency = Annotated[str | None, Query(max_length=200)]


class ReminderView(BaseModel):
    """One row of the ledger. `step` 0: by hand, with its `reason`. `closed_at`: when the figures came.

    `after_workdays`: so many working days after the reminder; null while they have not come.
    """

    id: int
    source: str
    template: str
    what: Words
    period: Words
    period_from: date
    due: date
    step: int
    counts: bool
    way: Literal["axis", "letter"]
    agency: str
    office: str | None
    escalates_to: str | None
    subject: str
    words: str
    planned_on: date
    made_at: datetime
    made_by: str | None
    reason: str | None
    state: Literal["waiting", "sent", "missed"]
    state_at: datetime
    state_by: str | None
    detail: str | None
    number: str | None
    uid: str | None
    closed_at: datetime | None
    after_workdays: int | None
    origin: Origin


class LimitView(BaseModel):
    """What follows from so many reminders, by a rule that may be `verified` or not."""

    reminders: int
    follows: Words
    source: str
    verified: bool


class YearView(BaseModel):
    """An agency's year: `counted` reminders sent; `months` of it (1 to 12); `workdays`: median until figures came."""

    agency: str
    counted: int
    steps: dict[int, int]
    months: dict[int, int]
    waiting: int
    missed: int
    open: int
    closed: int
    workdays: float | None
    limit: LimitView | None


class Ledger(BaseModel):
    """The ledger of a year, newest first, and its count by agency."""

    year: int
    now: datetime
    origin: Origin
    agencies: list[YearView]
    reminders: list[ReminderView]


class ByHandGiven(Reasoned):
    """A reminder by hand: of which delivery and period, by which way; `words` null: the centre's own."""

    source: Annotated[str, Field(max_length=64)]
    what: Literal["template", "indicator"] = "template"
    template: Annotated[str, Field(max_length=64)]
    period_from: date
    way: Literal["axis", "letter"] = "axis"
    words: Annotated[str | None, StringConstraints(strip_whitespace=True, min_length=10, max_length=4000)] = None


class Sent(Reasoned):
    """A printed letter has gone out, under which number and sign (*số, ký hiệu*)."""

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Made(BaseModel):
    """The row's id."""

    id: int


@router.get("/api/reminders")
async def get_reminders(request: Request, year: Year = None, agency: Agency = None) -> Ledger:
    """The ledger of a year, of one agency or all."""
    await require(request, READERS)
    return await _ledger(request, year, agency)


@router.get("/api/reminders.xlsx", response_class=Response)
async def get_book(request: Request, year: Year = None, agency: Agency = None) -> Response:
    """The same as a workbook."""
    await require(request, READERS)
    return sheet_response(_sheet(await _ledger(request, year, agency)), "xlsx")


@router.post("/api/reminders", status_code=201, responses=REFUSED)
async def post_reminder(request: Request, given: ByHandGiven) -> Made:
    """Remind by hand: a row of the same ledger. 400 when the figures came, or it was done today already."""
    edit, state = await editing(request, given), state_of(request)
    key = (given.source, given.what, given.template, given.period_from)
    asked = ByHand(key, given.way, edit.who.username, edit.reason, given.words)

    def work(connection: psycopg.Connection) -> int:
        with transaction(connection):
            return write_by_hand(connection, asked, edit.at)

    made = await apart(state, work)
    async with write_async(state.engine) as connection:
        await connection.execute(note_act(edit.who, "reminder.write", str(made), edit.reason, edit.at))
    return Made(id=made)


@router.post("/api/reminders/{number}/sent", responses=REFUSED)
async def post_sent(request: Request, number: int, sent: Sent) -> Made:
    """Note that a printed letter has gone out. 400 when it waits no more."""
    edit, state = await editing(request, sent), state_of(request)
    told = {"state": "sent", "by": edit.who.username, "number": sent.number, "detail": edit.reason}

    def work(connection: psycopg.Connection) -> bool:
        with transaction(connection):
            read_reminder(connection, number)
            return settle(connection, number, told, edit.at)

    if not await apart(state, work):
        raise BadInput(f"id={number}: it waits no more", field="id", title="Lần nhắc này không còn chờ gửi")
    return Made(id=number)


@router.get("/api/reminders/{number}.html", responses=MISSING, response_class=HTMLResponse)
async def get_letter(request: Request, number: int) -> Response:
    """A reminder as a letter of A4 to print; what is simulated says so."""
    headers = {"cache-control": "private, no-store", "content-security-policy": SHEET}
    return HTMLResponse(reminder_sheet(await _row(request, number)), headers=headers)


@router.get("/api/reminders/{number}.pdf", responses=MISSING, response_class=Response)
async def get_pdf(request: Request, number: int) -> Response:
    """The same letter as a PDF."""
    sheet = reminder_sheet(await _row(request, number))
    headers = {"cache-control": "private, no-store", "content-disposition": f'inline; filename="nhac-{number}.pdf"'}
    return Response(await asyncio.to_thread(sheet_pdf, sheet), headers=headers, media_type="application/pdf")


async def _row(request: Request, number: int) -> dict[str, Any]:
    await require(request, READERS)
    return await apart(state_of(request), lambda connection: read_reminder(connection, number))


async def _ledger(request: Request, year: int | None, agency: str | None) -> Ledger:
    state, now = state_of(request), state_of(request).clock()
    asked = year or local_date(now).year

    def work(connection: psycopg.Connection) -> Ledger:
        entries = read_ledger(connection, date(asked, 1, 1), date(asked + 1, 1, 1), now)
        entries = [entry for entry in entries if agency in (None, entry.row["agency"])]
        titles, limits = read_titles(connection), read_limits(connection)
        return Ledger(
            year=asked,
            now=now,
            origin=mark({entry.row["origin"] for entry in entries}),
            agencies=[_year(one) for one in year_of(entries, limits, asked)],
            reminders=[_view(entry, titles) for entry in entries],
        )

    return await apart(state, work)


def _view(entry: Entry, titles: Any) -> ReminderView:
    row = entry.row
    title = titles.get((row["what"], row["template"]), row["template"])
    told = {name: row[name] for name in ReminderView.model_fields if name in row and name != "what"}
    return ReminderView(
        **told,
        what=Words(vi=title, en=title),
        period=Words.of(name_of(Span(row["period_from"], row["period_to"]))),
        closed_at=entry.closed_at,
        after_workdays=entry.after_workdays,
    )


def _year(one: AgencyYear) -> YearView:
    limit = None
    if one.limit is not None:
        follows = Words(vi=one.limit["follows_vi"], en=one.limit["follows_en"])
        limit = LimitView(
            reminders=one.limit["reminders"],
            follows=follows,
            source=one.limit["source"],
            verified=one.limit["verified"],
        )
    copied = ("agency", "counted", "steps", "waiting", "missed", "open", "closed", "workdays")
    months = {month.month: count for month, count in one.months.items()}
    return YearView(**{name: getattr(one, name) for name in copied}, months=months, limit=limit)


def _sheet(ledger: Ledger) -> Sheet:
    columns = (
        ("id", "Dòng"), ("agency", "Cơ quan"), ("what", "Biểu, chỉ tiêu"), ("period", "Kỳ"), ("due", "Hạn"),
        ("step", "Bước (0: nhắc tay)"), ("way", "Đường gửi"), ("made_at", "Lập lúc"), ("state", "Trạng thái"),
        ("number", "Số, ký hiệu"), ("escalates_to", "Đồng gửi"), ("closed_at", "Số liệu đến lúc"),
        ("after_workdays", "Sau nhắc, ngày làm việc"), ("reason", "Lý do (nhắc tay)"), ("words", "Nội dung"),
    )  # fmt: skip
    said = {
        "waiting": "chờ gửi",
        "sent": "đã gửi",
        "missed": "không gửi",
        "axis": "trục liên thông",
        "letter": "văn bản",
    }
    rows = []
    for one in ledger.reminders:
        row = one.model_dump() | {"what": one.what.vi, "period": one.period.vi}
        rows.append(row | {"state": said[one.state], "way": said[one.way]})
    title = f"Sổ nhắc nộp số liệu năm {ledger.year}; ô trống ở cột ‘số liệu đến’ là chưa đến"
    return Sheet(f"so-nhac-{ledger.year}", title, columns, rows, ledger.origin)
