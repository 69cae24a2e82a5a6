"""Diseases that are watched, and the counts as they came for the few who may see small numbers."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, StringConstraints
from starlette.concurrency import run_in_threadpool

from geo.clock import local_date
from geo.errors import BadInput
from layers.access.audit import note_act
from layers.access.roles import SIGNED_IN, SMALL_NUMBERS
from layers.database import connect, read, transaction, write_async
from layers.disclosure.diseases import indicator_of, keep_disease
from layers.disclosure.models import MEASURES
from layers.disclosure.read import read_counts, read_diseases, read_rules
from web.access import require, role_of, who_asks
from web.indicators import EDITORS
from web.routes.indicator_edits import Dated
from web.routes.law import Line, change_of
from web.state import state_of, url_of
from web.views import Problem, Words

router = APIRouter(prefix="/api/epidemics", responses={401: {"model": Problem}, 403: {"model": Problem}})
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,20}$")]
MOST_DAYS = 92


class DiseaseView(BaseModel):
    """A disease; `indicators` by measure: its weeks (by unit) and its days (of the province)."""

    code: str
    name: Words
    source: str
    verified: bool
    valid_from: date
    valid_to: date | None
    indicators: dict[str, list[str]]


class RuleView(BaseModel):
    """Counts of people above 0 and under `least` are kept from readers."""

    code: str
    least: int
    source: str
    verified: bool
    valid_from: date
    valid_to: date | None


class Epidemics(BaseModel):
    """What is watched, and by which rule small numbers are kept back."""

    diseases: list[DiseaseView]
    rules: list[RuleView]
    sees_small_numbers: bool
    can_edit: bool


class DiseaseChange(Dated):
    """A disease as it shall be watched from now on."""

    name_vi: Line
    name_en: Line


class CountView(BaseModel):
    """One count as it came."""

    day: date
    unit: str
    measure: str
    value: int
    stored_at: datetime


@router.get("")
async def get_epidemics(request: Request) -> Epidemics:
    """Every disease, its indicators, and the rule of small numbers."""
    await require(request, SIGNED_IN)
    role = await role_of(request)
    async with read(state_of(request).engine) as connection:
        diseases, rules = await read_diseases(connection), await read_rules(connection)
    return Epidemics(
        diseases=[_disease(row) for row in diseases],
        rules=[RuleView.model_validate(row, from_attributes=True) for row in rules],
        sees_small_numbers=role in SMALL_NUMBERS,
        can_edit=role in EDITORS,
    )


def _disease(row: object) -> DiseaseView:
    told = row._asdict()  # type: ignore[attr-defined]
    codes = {
        measure: [indicator_of(told["code"], measure, period) for period in ("week", "day")] for measure in MEASURES
    }
    copied = {name: told[name] for name in ("code", "source", "verified", "valid_from", "valid_to")}
    return DiseaseView(**copied, name=Words(vi=told["name_vi"], en=told["name_en"]), indicators=codes)


@router.post("/diseases/{code}")
async def post_disease(request: Request, code: Code, change: DiseaseChange) -> Epidemics:
    """Enter a disease, correct it, or end its watch by `valid_to`; its indicators come with it."""
    said = await change_of(request, change)
    state = state_of(request)
    row = change.model_dump(exclude={"reason"}) | {"code": code}

    def keep() -> None:
        with connect(url_of(state)) as connection, transaction(connection):
            keep_disease(connection, row, (said.by, said.reason), said.at)

    await run_in_threadpool(keep)
    return await get_epidemics(request)


@router.get("/{code}/counts")
async def get_counts(
    request: Request,
    code: Code,
    since: Annotated[date | None, Query(alias="from")] = None,
    until: Annotated[date | None, Query(alias="to")] = None,
) -> list[CountView]:
    """The counts as they came, by commune and day of [from, to), small ones too; who looked is noted."""
    await require(request, SMALL_NUMBERS)
    state = state_of(request)
    until = until or local_date(state.clock()) + timedelta(days=1)
    since = since or until - timedelta(days=14)
    if not timedelta(0) < until - since <= timedelta(days=MOST_DAYS):
        raise BadInput(f"from, to: 1 to {MOST_DAYS} days", field="from")
    who = await who_asks(request)
    assert who is not None  # `require` has looked
    async with write_async(state.engine) as connection:
        await connection.execute(note_act(who, "epidemics.counts", code, f"{since} – {until}", state.clock()))
    async with read(state.engine) as connection:
        rows = await read_counts(connection, code, (since, until))
    return [CountView.model_validate(row, from_attributes=True) for row in rows]
