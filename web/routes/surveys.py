"""Surveys: what is asked, answers by page and by form, who has answered, and the gap that is left."""

from typing import Annotated, Literal

import psycopg
from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints

from geo.errors import BadInput
from ingest.surveys.read import Asked, read_answer_form
from ingest.surveys.take import SentForm, note_refused_form, take_answer_form
from layers.access.audit import note_act
from layers.database import transaction, write_async
from layers.surveys.answers import read_present
from layers.surveys.editions import Edited, keep_edition
from layers.surveys.rounds import Asking, open_round
from web.citizen.intake import origin_of
from web.routes.intake import apart, uploads_of
from web.routes.pages import check_origin, page
from web.sheets import MEDIA, PRIVATE, Format, sheet_response
from web.state import State, state_of
from web.survey_gap import coverage, gap, gap_sheet
from web.survey_gap_views import Coverage, Gap
from web.survey_lines import line_views, wrong_view
from web.survey_views import (
    AnswerView,
    EditionIn,
    EditionView,
    FormPreview,
    RoundCard,
    RoundIn,
    SaveIn,
    Surveys,
    TakeIn,
    edition_view,
)
from web.surveys import (
    ANSWERERS,
    OPENERS,
    Reader,
    answer_view,
    asked_now,
    asked_of,
    form_of,
    list_surveys,
    round_card,
    save_page,
    who_reads,
)
from web.uploads import Upload
from web.views import Problem, Words

router = APIRouter(
    responses={401: {"model": Problem}, 403: {"model": Problem}, 404: {"model": Problem}, 409: {"model": Problem}}
)
ROUNDS = "/api/surveys/rounds"
OF_AGENCY = ROUNDS + "/{number}/agencies/{agency}"
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,30}$")]


@router.get("/surveys", include_in_schema=False)
async def surveys_page() -> Response:
    """The page; what it shows asks who is there."""
    return page("surveys")


@router.get("/api/surveys")
async def get_surveys(request: Request, response: Response) -> Surveys:
    """Rounds with how many answered, editions, agencies. A steward sees the rounds that ask its agency."""
    reader, state = await who_reads(request), state_of(request)
    response.headers.update(PRIVATE)
    return await apart(state, lambda connection: list_surveys(connection, reader, state.clock()))


@router.put("/api/surveys/editions/{survey}/{edition}", responses={400: {"model": Problem}})
async def put_edition(request: Request, survey: Word, edition: Word, given: EditionIn) -> EditionView:
    """A new edition, or the correction of one: operator or admin. Rounds that are open keep what they asked."""
    check_origin(request)
    reader, state = await who_reads(request, OPENERS), state_of(request)
    told = Edited(survey, edition, by=reader.who.username, **dict(given))

    def work(connection: psycopg.Connection) -> EditionView:
        with transaction(connection):
            return edition_view(keep_edition(connection, told, state.clock()))

    kept = await apart(state, work)
    await _note(state, reader, "survey.edition", kept.code, given.reason)
    return kept


@router.post(ROUNDS, status_code=201)
async def post_round(request: Request, given: RoundIn) -> RoundCard:
    """Ask a survey: operator or admin; what is left out is as its edition says."""
    check_origin(request)
    reader, state = await who_reads(request, OPENERS), state_of(request)
    who, now = reader.who, state.clock()
    asking = Asking(given.survey, given.opens_on, who.username, origin_of(state), given.within_days, given.agencies)

    def work(connection: psycopg.Connection) -> RoundCard:
        with transaction(connection):
            number = open_round(connection, asking, now)
        return round_card(connection, number, reader, now)

    made = await apart(state, work)
    await _note(state, reader, "survey.open", f"{made.round.survey}.{made.round.edition}/{made.round.id}")
    return made


@router.get(ROUNDS + "/{number}")
async def get_round(request: Request, response: Response, number: int) -> RoundCard:
    """What is asked, and how every agency stands (a steward: its own)."""
    reader, state = await who_reads(request), state_of(request)
    response.headers.update(PRIVATE)
    return await apart(state, lambda connection: round_card(connection, number, reader, state.clock()))


@router.get(OF_AGENCY)
async def get_answer(request: Request, response: Response, number: int, agency: str) -> AnswerView:
    """An agency's answer: its lines, what is missing, every save. Begun from the round before where there is none."""
    reader, state = await who_reads(request), state_of(request)
    response.headers.update(PRIVATE)
    return await apart(state, lambda connection: answer_view(connection, asked_of(connection, number, agency, reader)))


@router.post(OF_AGENCY)
async def post_answer(request: Request, number: int, agency: str, given: SaveIn) -> AnswerView:
    """Save an answer, and submit it where nothing is wrong or missing; what is refused is said cell by cell.

    409 when somebody saved it since `over`.
    """
    check_origin(request)
    reader, state = await who_reads(request, ANSWERERS), state_of(request)

    def work(connection: psycopg.Connection) -> AnswerView:
        with transaction(connection):
            asked = asked_now(connection, number, agency, reader)
            return save_page(connection, asked, given, reader.who.username, state.clock())[1]

    saved = await apart(state, work)
    if saved.state == "submitted" and given.submit:
        await _note(state, reader, "survey.submit", f"{number}/{agency}")
    return saved


@router.get(OF_AGENCY + "/form")
async def get_form(request: Request, number: int, agency: str) -> Response:
    """The form as XLSX: choices as lists, the answers there are, a hidden stamp."""
    reader, state = await who_reads(request), state_of(request)
    name, body = await apart(state, lambda c: form_of(c, asked_of(c, number, agency, reader), state.clock()))
    headers = PRIVATE | {"content-disposition": f'attachment; filename="{name}"'}
    return Response(body, 200, headers, MEDIA["xlsx"])


@router.post(OF_AGENCY + "/files", status_code=201)
async def post_form(
    request: Request, number: int, agency: str, name: Annotated[str, Query(min_length=1, max_length=200)]
) -> FormPreview:
    """A filled-in form (the body itself): how it is understood; no answer is stored. One nobody can read is kept."""
    check_origin(request)
    reader, state = await who_reads(request, ANSWERERS), state_of(request)
    await apart(state, lambda c: asked_now(c, number, agency, reader))
    upload = await uploads_of(state).receive(name, reader.who.username, request.stream())

    def work(connection: psycopg.Connection) -> FormPreview:
        asked = asked_of(connection, number, agency, reader)
        try:
            return _preview(connection, asked, upload)
        except BadInput as error:
            note_refused_form(connection, _sent(asked, upload, None), error, state.clock)
            raise

    return await apart(state, work)


@router.post(OF_AGENCY + "/files/{file}/take")
async def post_take(request: Request, number: int, agency: str, file: str, given: TakeIn) -> AnswerView:
    """Take a form: its good cells as a draft, or submitted where it is whole; what is refused is kept with its fix."""
    check_origin(request)
    reader, state = await who_reads(request, ANSWERERS), state_of(request)
    upload = uploads_of(state).find(file, reader.who.username)

    def work(connection: psycopg.Connection) -> AnswerView:
        asked = asked_now(connection, number, agency, reader)
        read = read_answer_form(upload.path, asked)
        take_answer_form(connection, _sent(asked, upload, given.over), read, given.submit, state.clock)
        return answer_view(connection, asked)

    taken = await apart(state, work)
    if given.submit:
        await _note(state, reader, "survey.submit", f"{number}/{agency}")
    return taken


@router.get("/api/surveys/gap")
async def get_gap(
    request: Request,
    response: Response,
    domain: Annotated[str | None, Query(max_length=20)] = None,
    agency: Annotated[str | None, Query(max_length=60)] = None,
    state: Literal["heard", "silent", "told", "none"] | None = None,
    format: Literal["json", "xlsx", "csv"] = "json",
) -> Gap:
    """Every indicator: heard within its period, silent, told of by an agency only, or with nobody. And every agency.

    A steward sees its own agency's.
    """
    reader, house = await who_reads(request), state_of(request)
    if agency is not None:
        reader.check(agency)
    found = await apart(house, lambda c: gap(c, (domain, reader.agency or agency, state), house.clock()))
    if format != "json":
        form: Format = format
        return sheet_response(gap_sheet(found), form)  # type: ignore[return-value]
    response.headers.update(PRIVATE)
    return found


@router.get("/api/surveys/coverage")
async def get_coverage(
    request: Request,
    response: Response,
    domain: Annotated[str | None, Query(max_length=20)] = None,
    indicator: Annotated[str | None, Query(max_length=60)] = None,
    level: Annotated[str, Query(max_length=40)] = "commune",
) -> Coverage:
    """Which units of a level have no value, of an indicator, or of all of a domain that are collected there."""
    await who_reads(request)
    response.headers.update(PRIVATE)
    return await coverage(state_of(request), level, domain, indicator)


def _preview(connection: psycopg.Connection, asked: Asked, upload: Upload) -> FormPreview:
    read = read_answer_form(upload.path, asked)
    present, body = read_present(connection, asked.round.id, asked.agency), asked.round.edition.body
    lines, gone = line_views(body, read.checked, present, asked.names)
    over = present.newest.id if present.newest else None
    notes = [Words.of(note) for note in read.notes]
    if read.stamp and read.stamp.get("round") == str(asked.round.id) and read.stamp.get("answer") != str(over or 0):
        vi = "Câu trả lời đã thay đổi sau khi tải biểu này: xem kỹ phần đổi và phần mất"
        notes.append(Words(vi=vi, en="The answer was changed after this form was downloaded: look at what it undoes"))
    return FormPreview(
        file=upload.token,
        name=upload.name,
        edition=read.edition.edition,
        notes=notes,
        lines=lines,
        gone=gone,
        faults=[wrong_view(body, wrong) for wrong in read.checked.wrong],
        missing=[wrong_view(body, wrong) for wrong in read.checked.missing],
        over=over,
        can_submit=read.checked.whole,
    )


def _sent(asked: Asked, upload: Upload, over: int | None) -> SentForm:
    return SentForm(upload.path, upload.name, asked.round.id, asked.agency, upload.by, asked.round.origin, over)


async def _note(state: State, reader: Reader, action: str, subject: str, reason: str = "") -> None:
    async with write_async(state.engine) as connection:
        await connection.execute(note_act(reader.who, action, subject, reason, state.clock()))
