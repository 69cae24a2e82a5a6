"""The law in force at a moment, its rows over time, the register of texts; and changing them, with who and why."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select

from geo.clock import start_of_day
from geo.errors import NeedsLogin, NotAllowed
from layers.access.roles import OFFICERS, SIGNED_IN, Role
from layers.database import read, write_async
from layers.watch.law import CONDUCTS, check_conduct, choose, law_statement
from layers.watch.law_dates import find_holes, key_of
from layers.watch.law_edit import Change, Stored, put_reference, put_rule, withdraw_rule
from layers.watch.references import references_statement
from layers.watch.rules import Rule
from web.access import bearer, require, who_asks
from web.law_views import HoleView, Kind, LawAnswer, RuleView, hole_view, law_answer, rule_view
from web.routes.pages import check_origin
from web.state import state_of
from web.views import Problem, Words

EDITORS = frozenset({Role.OPERATOR, Role.ADMIN})
"""Who may change the law as the centre knows it."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,80}$")]
Length = Annotated[float, Field(ge=0, le=200)]
Dong = Annotated[int, Field(ge=0, le=10**13)]

router = APIRouter(responses={401: {"model": Problem}, 403: {"model": Problem}})


class Reasoned(BaseModel):
    """Every change says why."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=600)]


class RuleChange(Reasoned):
    """A row as it shall be from now on; days in Việt Nam, fines in đồng, lengths in metres."""

    kind: Kind
    conduct: str
    step: Word
    reading: Word = "text"
    min_length_m: Length = 0
    max_length_m: Length | None = None
    threshold_s: Annotated[int, Field(gt=0, le=10**9)] | None = None
    value: float | None = None
    unit: Word | None = None
    permits: Word | None = None
    lead: Literal["central", "province"] | None = None
    decree: Line
    article: Line | None = None
    text_vi: Line
    text_en: Line
    fine_from: Dong | None = None
    fine_to: Dong | None = None
    measures_vi: Line | None = None
    measures_en: Line | None = None
    source: Line
    verified: bool = False
    valid_from: date
    valid_to: date | None = None


class ReferenceChange(Reasoned):
    """What is known of one legal text."""

    number: Line
    issued_on: date | None = None
    kind: Word
    title_vi: Line
    valid_from: date | None = None
    valid_to: date | None = None
    amends: Code | None = None
    replaced_by: Code | None = None
    source: Line
    verified: bool = False


class ReferenceView(BaseModel):
    """One legal text of the register."""

    code: str
    number: str
    issued_on: date | None
    kind: str
    title_vi: str
    valid_from: date | None
    valid_to: date | None
    amends: str | None
    replaced_by: str | None
    source: str
    verified: bool


class ConductView(BaseModel):
    """What a conduct is called."""

    code: str
    title: Words


class RuleList(BaseModel):
    """Every row of the conducts asked for, as known now; where a day between two rows has none; what may be done."""

    conducts: list[ConductView]
    rules: list[RuleView]
    holes: list[HoleView]
    can_edit: bool


class VersionView(RuleView):
    """One version of a row: who stored it when and why, and the same of what took its place. Null: the product."""

    stored_at: datetime
    stored_by: str | None
    reason: str | None
    superseded_at: datetime | None
    superseded_by: str | None
    superseded_reason: str | None


class Changed(BaseModel):
    """The code of the row, and the holes that the change leaves: a warning, no refusal."""

    code: str
    warnings: list[HoleView]


@router.get("/api/law")
async def get_law(
    request: Request,
    conduct: str = Query(max_length=40),
    length_m: float | None = Query(None, ge=0, le=200),
    at: AwareDatetime | None = Query(None),
    known_at: AwareDatetime | None = Query(None),
) -> LawAnswer:
    """The law of a conduct for a boat of that length at a moment, now unless told; without a length every band.

    `known_at`: as this database knew it at that moment, before later corrections.
    """
    await require(request, SIGNED_IN)
    state = state_of(request)
    async with read(state.engine) as connection:
        rows = (await connection.execute(law_statement((check_conduct(conduct),), known_at))).all()
    return law_answer(choose(rows, conduct, length_m, at or state.clock()), known_at)


@router.get("/api/law/rows")
async def get_rows(request: Request, conduct: str = Query("", max_length=40)) -> RuleList:
    """Every row of one conduct, or of all, as known now."""
    role = await require(request, SIGNED_IN)
    wanted = (check_conduct(conduct),) if conduct else tuple(CONDUCTS)
    async with read(state_of(request).engine) as connection:
        rows = (await connection.execute(law_statement(wanted))).all()
    keys = dict.fromkeys(map(key_of, rows))
    return RuleList(
        conducts=[ConductView(code=code, title=Words.of(CONDUCTS[code])) for code in wanted],
        rules=[rule_view(row) for row in rows],
        holes=[hole_view(key, hole) for key in keys for hole in find_holes(rows, key)],
        can_edit=role in EDITORS,
    )


@router.get("/api/law/rows/{code}/versions")
async def get_versions(request: Request, code: Code) -> list[VersionView]:
    """Every version of one row, the newest first: who changed what, when and why."""
    await require(request, OFFICERS)
    async with read(state_of(request).engine) as connection:
        rows = (await connection.execute(select(Rule).where(Rule.code == code).order_by(Rule.id.desc()))).all()
    told = VersionView.model_fields.keys() - RuleView.model_fields.keys()
    return [VersionView(**rule_view(row).model_dump(), **{n: getattr(row, n) for n in told}) for row in rows]


@router.get("/api/law/references")
async def get_references(request: Request) -> list[ReferenceView]:
    """The register of legal texts as known now."""
    await require(request, SIGNED_IN)
    async with read(state_of(request).engine) as connection:
        rows = (await connection.execute(references_statement())).all()
    return [ReferenceView.model_validate(row, from_attributes=True) for row in rows]


@router.post("/api/law", status_code=201)
async def post_law(request: Request, change: RuleChange) -> Changed:
    """Store a new row. 400 names the row whose days overlap."""
    return await _put(request, None, change)


@router.post("/api/law/rows/{code}")
async def post_row(request: Request, code: Code, change: RuleChange) -> Changed:
    """Correct a row: the former version stays readable."""
    return await _put(request, code, change)


@router.post("/api/law/rows/{code}/withdraw")
async def post_withdrawal(request: Request, code: Code, why: Reasoned) -> Changed:
    """Withdraw a row that should never have stood there; to end one, correct its `valid_to`."""
    said = await change_of(request, why)
    async with write_async(state_of(request).engine) as connection:
        stored = await withdraw_rule(connection, code, said)
        key = key_of(await _last(connection, code))
    return _changed(key, stored)


@router.post("/api/law/references/{code}")
async def post_reference(request: Request, code: Code, change: ReferenceChange) -> dict[str, str]:
    """Enter a legal text in the register, or correct what is known of it."""
    said = await change_of(request, change)
    async with write_async(state_of(request).engine) as connection:
        return {"code": await put_reference(connection, code, change.model_dump(exclude={"reason"}), said)}


async def _put(request: Request, code: str | None, change: RuleChange) -> Changed:
    said = await change_of(request, change)
    values = change.model_dump(exclude={"reason"})
    for day in ("valid_from", "valid_to"):
        values[day] = None if values[day] is None else start_of_day(values[day])
    async with write_async(state_of(request).engine) as connection:
        stored = await put_rule(connection, code, values, said)
    return _changed(key_of(change), stored)


async def _last(connection: Any, code: str) -> Any:
    statement = select(Rule.__table__).where(Rule.code == code).order_by(Rule.id.desc()).limit(1)
    return (await connection.execute(statement)).one()


def _changed(key: tuple[str, str, str, str], stored: Stored) -> Changed:
    return Changed(code=stored.code, warnings=[hole_view(key, hole) for hole in stored.holes])


async def change_of(request: Request, why: Reasoned) -> Change:
    """Who asks and why; NeedsLogin or NotAllowed for anybody but an editor. A key needs no page of ours."""
    if bearer(request) is None:
        check_origin(request)
    who = await who_asks(request)
    if who is None:
        raise NeedsLogin("sign in as operator or admin to change the law", field="session")
    if who.role not in EDITORS:
        raise NotAllowed(f"role {who.role.value}: use operator or admin", field="role")
    return Change(who.username, why.reason, state_of(request).clock())
