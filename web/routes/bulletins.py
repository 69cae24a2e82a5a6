"""Reports of the centre: the list, one of any period as JSON, PDF or XLSX, and keeping a version of it."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import Connection

from geo.clock import local_date
from geo.errors import BadInput, NotFound
from layers.access.roles import OFFICERS, Readers, Role
from layers.bulletins.differ import find_differences
from layers.bulletins.fisheries import FISHERIES
from layers.bulletins.kept import get_kept, keep, list_statement, whole
from layers.bulletins.make import Content, make
from layers.bulletins.period import Kind, latest_day, period_of
from layers.bulletins.pilot import PILOT
from layers.bulletins.spec import READERS, Asked, Report
from layers.database import read, write_async
from tiles.bulletin.lines import seal, title
from tiles.bulletin.paper import report_html
from tiles.bulletin.say import Lang
from tiles.bulletin.workbook import report_xlsx
from tiles.paper.pdf import make_pdf, mark_of
from web.access import check_reader, require
from web.routes.books import PRIVATE, person
from web.routes.pages import check_origin
from web.state import state_of
from web.views import Problem, Words

REPORTS = {report.name: report for report in (FISHERIES, PILOT)}
KEEPERS = frozenset({Role.OFFICER, Role.OPERATOR, Role.ADMIN})
MOST = 400
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Format = Literal["json", "xlsx", "pdf"]


@dataclass(frozen=True)
class Shape:
    """In what form an answer is wanted, and in which language a file speaks."""

    format: Annotated[Format, Query()] = "json"
    lang: Annotated[Lang, Query()] = "vi"


router = APIRouter(prefix="/api/bulletins", responses={401: {"model": Problem}, 403: {"model": Problem}})


class BulletinView(BaseModel):
    """One kept version; `newest`: there is no later one of its period. `made_by` null: made by itself when due."""

    id: int
    report: str
    kind: Kind
    first_day: date
    version: int
    since: datetime
    until: datetime
    partial: bool
    made_at: datetime
    made_by: str | None
    origin: str
    sha256: str
    newest: bool


class ReportView(BaseModel):
    """One report there is, the kinds of period it is made for, and the versions kept of it, the newest first."""

    name: str
    title: Words
    kinds: list[Kind]
    kept: list[BulletinView]


class BulletinList(BaseModel):
    """Every report; `today` is the day in Việt Nam; `can_keep`: this reader may publish a version."""

    today: date
    can_keep: bool
    reports: list[ReportView]


@router.get("")
async def get_list(request: Request, limit: int = Query(120, ge=1, le=MOST)) -> BulletinList:
    """The reports, each with its kept versions."""
    role, state = await require(request, READERS), state_of(request)
    views = []
    async with read(state.engine) as connection:
        for report in (report for report in REPORTS.values() if role in report.readers):
            rows = await connection.execute(list_statement(report.name, report.kinds, limit))
            kept = [BulletinView.model_validate(row, from_attributes=True) for row in rows]
            kinds = list(report.kinds)
            views.append(ReportView(name=report.name, title=Words.of(report.title), kinds=kinds, kept=kept))
    return BulletinList(today=local_date(state.clock()), can_keep=role in KEEPERS, reports=views)


@router.get("/kept/{number}", responses={404: {"model": Problem}})
async def get_one(
    request: Request,
    number: Annotated[int, Path(ge=1, lt=2**62)],
    shape: Annotated[Shape, Depends()],
) -> Any:
    """One kept version as it was made; as JSON also what of it is otherwise by now (`later`)."""
    role, state = await require(request, READERS), state_of(request)
    boats, now = role in OFFICERS, state.clock()

    def work(connection: Connection) -> tuple[Any, Content | None]:
        row = get_kept(connection, number, boats=boats)
        check_reader(role, REPORTS[row.report].readers)
        if shape.format != "json":
            return row, None
        asked = Asked(period_of(row.kind, row.first_day, row.until), None, now)
        return row, make(connection, REPORTS[row.report], asked, boats=boats)

    async with read(state.engine) as connection:
        row, later = await connection.run_sync(work)
    content = whole(row)
    if later is not None:
        told = {"id": row.id, "version": row.version, "sha256": row.sha256, "made_by": row.made_by}
        return content | {"kept": told, "later": find_differences(content, later)}
    return await _file(content, shape, seal(shape.lang, row.version, row.sha256, getattr(row, "boats_sha256", None)))


@router.get("/{report}/{kind}", responses={404: {"model": Problem}})
async def get_report(
    request: Request,
    report: str,
    kind: Kind,
    day: date | None = Query(None, alias="date"),
    known_at: AwareDatetime | None = Query(None),
    *,
    shape: Annotated[Shape, Depends()],
) -> Any:
    """The report of the day, week or month that `date` falls into (today unless told), made now of all we know.

    `known_at`: of what had been stored by that moment, as far as the tables tell; as JSON then also what of it is
    otherwise by now (`later`). A period that is not over is told up to now.
    """
    boats, state = await require(request, _readers(report)) in OFFICERS, state_of(request)
    now = state.clock()
    asked = _asked(_report(report), kind, day, known_at, now)

    def work(connection: Connection) -> tuple[Content, Content | None]:
        content = make(connection, _report(report), asked, boats=boats)
        if known_at is None or shape.format != "json":
            return content, None
        return content, make(connection, _report(report), Asked(asked.period, None, now), boats=boats)

    async with read(state.engine) as connection:
        content, later = await connection.run_sync(work)
    if shape.format == "json":
        return content | {"kept": None, "later": [] if later is None else find_differences(content, later)}
    return await _file(content, shape, seal(shape.lang))


@router.post("/{report}/{kind}", status_code=201, responses={404: {"model": Problem}})
async def post_report(
    request: Request, report: str, kind: Kind, day: date | None = Query(None, alias="date")
) -> dict[str, int]:
    """Keep a version of all we know now; the number of the newest one when nothing in it is otherwise."""
    check_origin(request)
    who, state = await person(request, KEEPERS & _readers(report)), state_of(request)
    made = _report(report)
    asked = _asked(made, kind, day, None, state.clock())
    async with write_async(state.engine) as connection:
        return {"id": await connection.run_sync(lambda c: keep(c, made, asked, who.username))}


def _report(name: str) -> Report:
    if name not in REPORTS:
        raise NotFound(f"report={name[:40]!r}: use one of {', '.join(REPORTS)}", field="report")
    return REPORTS[name]


def _readers(name: str) -> Readers:
    """Who reads that report; of one there is not, whoever reads reports may hear so."""
    return REPORTS[name].readers if name in REPORTS else READERS


def _asked(report: Report, kind: Kind, day: date | None, known_at: datetime | None, now: datetime) -> Asked:
    if kind not in report.kinds:
        raise BadInput(f"kind={kind!r}: use one of {', '.join(report.kinds)}", field="kind")
    if known_at is not None and known_at > now:
        raise BadInput(f"known_at={known_at.isoformat()}: this has not come yet", field="known_at")
    return Asked(period_of(kind, day or latest_day(kind, local_date(now)), now), known_at, now)


async def _file(content: Content, shape: Shape, sealed: str) -> Response:
    lang = shape.lang
    name = f"{content['report']}-{content['period']['kind']}-{content['period']['first']}.{shape.format}"
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{name}"'}
    if shape.format == "xlsx":
        return Response(await asyncio.to_thread(report_xlsx, content, lang, sealed), 200, headers, XLSX)
    html = report_html(content, lang, sealed)
    body = await asyncio.to_thread(make_pdf, html, title(content, lang), mark_of(content["origin"]), sealed)
    return Response(body, 200, headers, "application/pdf")
