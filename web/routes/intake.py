"""Nạp số liệu: a department's file is received, shown as it will be stored, and only then taken."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

import psycopg
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from geo.errors import BadInput, NeedsLogin, NotAllowed, NotFound
from ingest.deliveries import Sender
from ingest.tables.encodings import EncodingNeeded
from ingest.templates.annotate import write_back
from ingest.templates.guess import guess_columns
from ingest.templates.match import NoTemplate
from ingest.templates.pages import open_pages
from ingest.templates.read import Asked, PeriodNeeded, read_form
from ingest.templates.take import FormSent, PaperFields, note_refused, take_form
from ingest.templates.typed import open_sheet
from layers.access.accounts import Who
from layers.access.roles import Role
from layers.database import connect, transaction
from layers.sources.department_files import read_files, taken_before
from layers.sources.freshness import Origin
from layers.sources.templates import read_templates
from web.access import bearer, who_asks
from web.intake_views import PreviewView, WholeRefusal, preview_view, refusal_view
from web.routes.pages import check_origin, page
from web.state import State, state_of
from web.uploads import Upload, Uploads
from web.views import Words

router = APIRouter()

STEWARDS = frozenset({Role.STEWARD, Role.OPERATOR, Role.ADMIN})
FILES = "/api/intake/files"
Found = TypeVar("Found")
Short = Annotated[str | None, Field(max_length=300)]


class FileView(BaseModel):
    """One file that came, by whatever door: what became of it, with which paper."""

    id: int
    name: str
    size: int
    door: str
    state: Literal["taken", "refused"]
    source: str
    source_title: Words
    origin: Origin
    template: str | None
    period_from: date | None
    period_to: date | None
    received_at: datetime
    given_by: str | None
    paper: str | None
    paper_on: date | None
    paper_agency: str | None
    detail: str | None
    counts: dict[str, Any] | None
    checks: list[dict[str, Any]] | None


class FileList(BaseModel):
    """Files, newest first."""

    files: list[FileView]


class Receipt(BaseModel):
    """A file received and waiting; `before`: these very bytes were taken already, when and with which paper."""

    file: str
    name: str
    size: int
    sha256: str
    before: FileView | None


class PaperAsked(BaseModel):
    """The document that the figures stand in."""

    number: Short = None
    notation: Short = None
    issued_on: date | None = None
    agency: Short = None
    signer: Short = None
    signer_position: Short = None


class TypedAs(BaseModel):
    """A file that is a sheet typed in: of which indicator, for whom."""

    indicator: Annotated[str, Field(max_length=64)]
    whose: Annotated[str, Field(max_length=120)]


class Ask(BaseModel):
    """How a file is to be read: as whose, and what the file itself does not say. `note` is for who approves it."""

    source: Annotated[str, Field(max_length=64)]
    template: Short = None
    period: Short = None
    status: Literal["estimate", "preliminary", "official"] | None = None
    sheet: Short = None
    encoding: Short = None
    paper: PaperAsked = PaperAsked()
    note: Annotated[str | None, Field(max_length=1000)] = None
    typed: TypedAs | None = None


class Preview(BaseModel):
    """Either how the file is understood, or why it cannot be."""

    preview: PreviewView | None
    refusal: WholeRefusal | None


class Taken(BaseModel):
    """What a file came to; the annotated workbook is at `back`. `submission` waits for somebody else's approval."""

    id: int
    delivery: int
    summary: dict[str, Any]
    preview: PreviewView
    back: str
    submission: int | None


@router.get("/intake", include_in_schema=False)
async def intake_page() -> Response:
    """The page; what it shows asks who is there."""
    return page("intake")


@router.get(FILES)
async def get_files(
    request: Request,
    source: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FileList:
    """The files that came for templates, taken and refused, newest first."""
    await steward(request)
    rows = await apart(state_of(request), lambda connection: read_files(connection, source, limit))
    return FileList(files=[_file(row) for row in rows])


@router.post(FILES, status_code=201)
async def post_file(request: Request, name: Annotated[str, Query(min_length=1, max_length=200)]) -> Receipt:
    """Receive a file's bytes (the body itself); they are streamed to the disk and nothing is stored yet."""
    who, state = await steward(request), state_of(request)
    upload = await uploads_of(state).receive(name, who.username, request.stream())
    before = await apart(state, lambda connection: taken_before(connection, upload.sha256))
    known = _file(before) if before else None
    return Receipt(file=upload.token, name=name, size=upload.size, sha256=upload.sha256.hex(), before=known)


@router.post(FILES + "/{file}/preview")
async def post_preview(request: Request, file: str, ask: Ask) -> Preview:
    """Understand a file and store nothing; a file nobody can read at all is kept and listed as refused."""
    who, state = await steward(request), state_of(request)
    upload = uploads_of(state).find(file, who.username)

    def work(connection: psycopg.Connection) -> Preview:
        sent, asked, sender = _meant(connection, upload, ask, state.clock())
        try:
            read = read_form(connection, upload.path, upload.name, asked, state.clock())
        except BadInput as error:
            need, guess = _need(error), []
            if need == "template":
                guess = guess_columns(open_pages(upload.path, ask.sheet, ask.encoding), read_templates(connection))[2]
            if need == "file":
                note_refused(connection, sent, error, sender, state.clock)
            return Preview(preview=None, refusal=refusal_view(error, need, guess))
        write_back(uploads_of(state).back_of(upload), upload.name, read, state.clock())
        return Preview(preview=preview_view(read), refusal=None)

    return await apart(state, work)


@router.post(FILES + "/{file}/take")
async def post_take(request: Request, file: str, ask: Ask) -> Taken:
    """Take a file: figures, refusals, paper and bytes in one transaction. The same again stores nothing twice."""
    who, state = await steward(request), state_of(request)
    upload = uploads_of(state).find(file, who.username)

    def work(connection: psycopg.Connection) -> Taken:
        sent, asked, sender = _meant(connection, upload, ask, state.clock())
        try:
            taken = take_form(connection, sent, asked, sender, state.clock)
        except BadInput as error:
            note_refused(connection, sent, error, sender, state.clock)
            raise
        write_back(uploads_of(state).back_of(upload), upload.name, taken.read, state.clock())
        back = f"{FILES}/{upload.token}/annotated"
        shown = preview_view(taken.read)
        return Taken(
            id=taken.file_id,
            delivery=taken.delivery_id,
            summary=taken.summary.as_dict(),
            preview=shown,
            back=back,
            submission=taken.submission_id,
        )

    return await apart(state, work)


@router.get(FILES + "/{file}/annotated")
async def get_annotated(request: Request, file: str) -> Response:
    """The sender's rows back as a workbook, what was refused marked."""
    who, uploads = await steward(request), uploads_of(state_of(request))
    upload = uploads.find(file, who.username)
    path = uploads.back_of(upload)
    if not path.is_file():
        raise NotFound(f"file {file!r}: look at its preview first", field="file")
    stem = upload.name.rpartition(".")[0] or upload.name
    return FileResponse(path, filename=f"{stem} - danh dau.xlsx")


async def steward(request: Request) -> Who:
    """Who may bring a department's figures; a browser must ask from a page of ours."""
    who = await who_asks(request)
    if who is None:
        raise NeedsLogin("sign in as steward, operator or admin", field="session")
    if who.role not in STEWARDS:
        raise NotAllowed(f"role {who.role.value}: use steward, operator or admin", field="role")
    if request.method not in ("GET", "HEAD") and bearer(request) is None:
        check_origin(request)
    return who


async def apart(state: State, work: Callable[[psycopg.Connection], Found]) -> Found:
    """Do something long on a thread, over a connection of its own."""

    def run() -> Found:
        with connect(state.engine.url.render_as_string(hide_password=False)) as connection:
            return work(connection)

    return await run_in_threadpool(run)


def uploads_of(state: State) -> Uploads:
    """The folder of files that wait."""
    return Uploads(state.settings.resolved_data_dir() / "uploads")


def _meant(connection: psycopg.Connection, upload: Upload, ask: Ask, now: datetime) -> tuple[FormSent, Asked, Sender]:
    """The file as it is sent, what is asked of it, and whose it is: a source keeps the origin it has."""
    with transaction(connection):
        row = connection.execute("SELECT origin, title_vi FROM source WHERE code = %s", (ask.source,)).fetchone()
    if row is None and not read_templates(connection, ask.source):
        raise BadInput(f"source={ask.source!r}: not known, and has no template", field="source")
    origin, title = row or ("real", ask.source)
    paper = PaperFields(**ask.paper.model_dump())
    form = None
    if ask.typed is not None:
        form = open_sheet(connection, ask.source, (ask.typed.indicator, ask.typed.whose, ask.period or ""), now).form
    door = "typed" if form is not None else "page"
    sent = FormSent(upload.path, upload.name, door, upload.by, paper, note=(ask.note or "").strip() or None)
    asked = Asked(ask.source, ask.template, ask.period, ask.status, ask.sheet, ask.encoding, paper.whole, form)
    return sent, asked, Sender(ask.source, origin, title)


def _need(error: BadInput) -> str:
    """What a person must give so that the file can be read; `file`: another file."""
    if isinstance(error, NoTemplate):
        return "template"
    if isinstance(error, PeriodNeeded) or error.field == "period":
        return "period"
    return "encoding" if isinstance(error, EncodingNeeded) else "file"


def _file(row: dict[str, Any]) -> FileView:
    paper = "/".join(filter(None, (row["number"], row["notation"]))) or None
    return FileView(
        **{name: row[name] for name in FileView.model_fields if name in row},
        source_title=Words(vi=row["title_vi"], en=row["title_en"]),
        paper=paper,
        paper_on=row["issued_on"],
        paper_agency=row["agency"],
    )
