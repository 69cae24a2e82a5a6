"""Notices of cases: a draft to read, a sheet to print, and the templates they are made of."""

from asyncio import to_thread
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints
from sqlalchemy import select
from starlette.responses import HTMLResponse

from geo.errors import BadInput, NotFound
from layers.access.audit import note_act
from layers.access.roles import OFFICERS
from layers.database import read, write_async
from layers.watch.cases.about import find_case
from layers.watch.cases.models import KINDS, Case
from layers.watch.cases.notices import PLACEHOLDERS, RECIPIENTS, Notice, NoticeTemplate, templates_statement
from layers.watch.cases.seed import put_template
from web.access import require
from web.case_notices import NoticeDraft, draft_notice, ways_of
from web.notice_sheet import notice_pdf, notice_sheet
from web.routes.cases import MISSING, REFUSED
from web.routes.edits import Reasoned, editing
from web.state import state_of
from web.views import Problem, Words

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Body = Annotated[str, StringConstraints(min_length=10, max_length=8000)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,60}$")]
router = APIRouter(responses={401: {"model": Problem}, 403: {"model": Problem}})
SHEET = "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'"


class TemplateChange(Reasoned):
    """A template as it shall read from now on; placeholders in braces are those of the list."""

    recipient: Line
    kinds: Annotated[list[Line], Field(default_factory=list)]
    title_vi: Line
    title_en: Line
    subject: Line
    text: Body
    source: Line
    verified: bool = False


class TemplateView(BaseModel):
    """One version of a template; `superseded_at` null: it is the one in use."""

    code: str
    version: int
    recipient: str
    recipient_title: Words
    kinds: list[str]
    title: Words
    subject: str
    text: str
    source: str
    verified: bool
    stored_at: AwareDatetime
    stored_by: str | None
    reason: str | None
    superseded_at: AwareDatetime | None


class PlaceholderView(BaseModel):
    """What stands in a template where the words differ from case to case."""

    name: str
    title: Words


class TemplateList(BaseModel):
    """The templates in use, and what may stand in them."""

    templates: list[TemplateView]
    placeholders: list[PlaceholderView]


class TemplateStored(BaseModel):
    """The version that is in use now."""

    code: str
    version: int


@router.get("/api/cases/{number}/notices/{template}", responses=MISSING)
async def get_draft(
    request: Request, number: str, template: str, to: Annotated[str | None, Query(max_length=200)] = None
) -> NoticeDraft:
    """A template filled in for a case; nothing is stored."""
    await require(request, OFFICERS)
    state = state_of(request)
    async with read(state.engine) as connection:
        draft = await connection.run_sync(draft_notice, number, template, to, state.clock())
        case = await connection.run_sync(find_case, number)
    row = draft.row
    return NoticeDraft(
        template=row.code,
        version=row.version,
        verified=row.verified,
        title=Words(vi=row.title_vi, en=row.title_en),
        recipient=row.recipient,
        recipient_title=Words.of(RECIPIENTS[row.recipient]),
        to=draft.to,
        subject=draft.subject,
        text=draft.text,
        channels=ways_of(state.settings, case.origin),
    )


@router.get("/api/notices/{number}.html", responses=MISSING, response_class=HTMLResponse)
async def get_sheet(request: Request, number: int) -> Response:
    """A stored notice as a sheet of A4 to print; what is simulated says so."""
    headers = {"cache-control": "private, no-store", "content-security-policy": SHEET}
    return HTMLResponse(notice_sheet(await _notice(request, number)), headers=headers)


@router.get("/api/notices/{number}.pdf", responses=MISSING, response_class=Response)
async def get_pdf(request: Request, number: int) -> Response:
    """The same sheet as a PDF."""
    row = await _notice(request, number)
    headers = {
        "cache-control": "private, no-store",
        "content-disposition": f'inline; filename="thong-bao-{number}.pdf"',
    }
    return Response(await to_thread(notice_pdf, row), headers=headers, media_type="application/pdf")


async def _notice(request: Request, number: int) -> Any:
    """A stored notice with the number of its case, for who acts on cases; or NotFound."""
    await require(request, OFFICERS)
    statement = select(Notice.__table__, Case.number).join(Case, Case.id == Notice.case_id).where(Notice.id == number)
    async with read(state_of(request).engine) as connection:
        row = (await connection.execute(statement)).first()
    if row is None:
        raise NotFound(f"id={number}: there is no such notice", field="id")
    return row


@router.get("/api/notice-templates")
async def get_templates(request: Request) -> TemplateList:
    """The templates in use."""
    await require(request, OFFICERS)
    async with read(state_of(request).engine) as connection:
        rows = (await connection.execute(templates_statement())).all()
    known = [PlaceholderView(name=name, title=Words.of(text)) for name, text in PLACEHOLDERS.items()]
    return TemplateList(templates=[template_view(row) for row in rows], placeholders=known)


@router.get("/api/notice-templates/{code}/versions")
async def get_versions(request: Request, code: Code) -> list[TemplateView]:
    """Every version of one template, the newest first."""
    await require(request, OFFICERS)
    statement = select(NoticeTemplate.__table__).where(NoticeTemplate.code == code).order_by(NoticeTemplate.id.desc())
    async with read(state_of(request).engine) as connection:
        return [template_view(row) for row in (await connection.execute(statement)).all()]


@router.post("/api/notice-templates/{code}", responses=REFUSED)
async def post_template(request: Request, code: Code, change: TemplateChange) -> TemplateStored:
    """Store a template, or its next version: the former stays readable. 400 names a placeholder that is none."""
    said = await editing(request, change)
    for name, word, known in (("recipient", [change.recipient], RECIPIENTS), ("kinds", change.kinds, KINDS)):
        if set(word) - known.keys():
            raise BadInput(f"{name}: use one of {', '.join(known)}", field=name)
    values = change.model_dump(exclude={"reason"}) | {"kinds": " ".join(change.kinds)}
    async with write_async(state_of(request).engine) as connection:
        version = await connection.run_sync(put_template, code, values, said.columns)
        await connection.execute(note_act(said.who, "notice_template.change", code, said.reason, said.at))
    return TemplateStored(code=code, version=version)


def template_view(row: Any) -> TemplateView:
    """A row as the API tells it."""
    same = ("code", "version", "recipient", "subject", "text", "source", "verified", "stored_at", "stored_by", "reason")
    return TemplateView(
        **{name: getattr(row, name) for name in (*same, "superseded_at")},
        recipient_title=Words.of(RECIPIENTS[row.recipient]),
        kinds=row.kinds.split(),
        title=Words(vi=row.title_vi, en=row.title_en),
    )
