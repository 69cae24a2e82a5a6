"""Changing the catalogue, targets, bounds, groups and ranks: by operator or admin, every change with its reason."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from layers.access.roles import OFFICERS, SIGNED_IN
from layers.database import read, write_async
from layers.indicators.catalogue import rows_statement
from layers.indicators.edit import EDITED, put_row, withdraw_row
from web.access import require
from web.routes.law import Line, Reasoned, change_of
from web.state import state_of
from web.views import Problem

router = APIRouter(prefix="/api/catalogue", responses={401: {"model": Problem}, 403: {"model": Problem}})

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,80}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
Number = Annotated[Decimal, Field(allow_inf_nan=False)]
Table = Literal["indicators", "targets", "thresholds", "groups", "ranks", "policies"]


class Dated(Reasoned):
    """A row that holds for [valid_from, valid_to)."""

    source: Line
    verified: bool = False
    valid_from: date
    valid_to: date | None = None


class IndicatorChange(Dated):
    """An indicator as it shall be from now on; see the catalogue for the words."""

    domain: str
    name_vi: Line
    name_en: Line
    definition_vi: Line
    definition_en: Line
    kind: str
    numerator: Line | None = None
    denominator: Line | None = None
    factor: Number | None = None
    unit: Annotated[str, Field(max_length=60)]
    unit_en: Annotated[str, Field(max_length=60)]
    period: str
    direction: str
    owner: Line
    basis: Line | None = None
    subjects: Annotated[list[str], Field(min_length=1, max_length=20)]
    accumulation: str = "in_period"
    decimals: Annotated[int, Field(ge=0, le=6)] = 0


class ThresholdChange(Dated):
    """The bounds of the traffic light; at least one of green and red."""

    indicator: Name
    measured: Literal["value", "target"] = "value"
    direction: Literal["up", "down"]
    green: Number | None = None
    red: Number | None = None


class TargetChange(Reasoned):
    """What a subject shall reach in [period_from, period_to), by a paper or by whose word."""

    indicator: Name
    subject_kind: Literal["unit", "agency", "facility", "province", "investor", "board", "group"] = "province"
    subject: Annotated[str, Field(min_length=1, max_length=120)] = "51"
    period_from: date
    period_to: date
    value: Number
    paper: Line | None = None
    source: Line
    verified: bool = False


class GroupChange(Dated):
    """A group of former districts."""

    scheme: Name
    name_vi: Line
    name_en: Line
    districts: Annotated[list[str], Field(min_length=1, max_length=60)]


class RankChange(Dated):
    """How grave a kind of exception is."""

    kind: Literal["red", "contradiction", "late"]
    weight: Annotated[Decimal, Field(gt=0, le=1000)]
    text_vi: Line
    text_en: Line


class PolicyChange(Dated):
    """What becomes of new figures: of one source or all, one indicator or all; the row that says most holds."""

    of_source: Annotated[str | None, Field(max_length=64)] = None
    indicator: Name | None = None
    side: Literal["person", "machine"] = "person"
    mode: Literal["show", "hide", "auto"]


class Changed(BaseModel):
    """The code of the row."""

    code: str


@router.get("/{table}")
async def get_rows(request: Request, table: Table) -> list[dict[str, Any]]:
    """Every row as it is known now."""
    await require(request, SIGNED_IN)
    async with read(state_of(request).engine) as connection:
        return [dict(row) for row in (await connection.execute(rows_statement(EDITED[table]))).mappings()]


@router.get("/{table}/{code}/versions")
async def get_versions(request: Request, table: Table, code: Code) -> list[dict[str, Any]]:
    """Every version of one row, the newest first: who changed what, when and why."""
    await require(request, OFFICERS)
    model: Any = EDITED[table]
    statement = select(model.__table__).where(model.code == code).order_by(model.id.desc())
    async with read(state_of(request).engine) as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


@router.post("/indicators/{code}")
async def post_indicator(request: Request, code: Name, change: IndicatorChange) -> Changed:
    """Enter an indicator, or correct what is known of one."""
    return await _put(request, "indicators", code, change)


@router.post("/targets", status_code=201)
async def post_target(request: Request, change: TargetChange) -> Changed:
    """Set a target."""
    return await _put(request, "targets", None, change)


@router.post("/thresholds", status_code=201)
async def post_threshold(request: Request, change: ThresholdChange) -> Changed:
    """Set the bounds of an indicator for days that have none."""
    return await _put(request, "thresholds", None, change)


@router.post("/groups", status_code=201)
async def post_group(request: Request, change: GroupChange) -> Changed:
    """Enter a group of ground."""
    return await _put(request, "groups", None, change)


@router.post("/ranks", status_code=201)
async def post_rank(request: Request, change: RankChange) -> Changed:
    """Enter a rule of rank."""
    return await _put(request, "ranks", None, change)


@router.post("/policies", status_code=201)
async def post_policy(request: Request, change: PolicyChange) -> Changed:
    """Say what becomes of new figures from a day on; what waits already stays as it was brought."""
    return await _put(request, "policies", None, change)


@router.post("/targets/{code}")
async def correct_target(request: Request, code: Code, change: TargetChange) -> Changed:
    """Correct a target: the former version stays readable."""
    return await _put(request, "targets", code, change)


@router.post("/thresholds/{code}")
async def correct_threshold(request: Request, code: Code, change: ThresholdChange) -> Changed:
    """Correct bounds, or end them by `valid_to`."""
    return await _put(request, "thresholds", code, change)


@router.post("/groups/{code}")
async def correct_group(request: Request, code: Code, change: GroupChange) -> Changed:
    """Correct a group."""
    return await _put(request, "groups", code, change)


@router.post("/ranks/{code}")
async def correct_rank(request: Request, code: Code, change: RankChange) -> Changed:
    """Correct a rule of rank."""
    return await _put(request, "ranks", code, change)


@router.post("/policies/{code}")
async def correct_policy(request: Request, code: Code, change: PolicyChange) -> Changed:
    """Correct a policy, or end it by `valid_to`."""
    return await _put(request, "policies", code, change)


@router.post("/{table}/{code}/withdraw")
async def post_withdrawal(request: Request, table: Table, code: Code, why: Reasoned) -> Changed:
    """Withdraw a row that should never have stood there."""
    said = await change_of(request, why)
    async with write_async(state_of(request).engine) as connection:
        return Changed(code=await withdraw_row(connection, table, code, said))


async def _put(request: Request, table: str, code: str | None, change: Reasoned) -> Changed:
    said = await change_of(request, change)
    async with write_async(state_of(request).engine) as connection:
        return Changed(code=await put_row(connection, table, code, change.model_dump(exclude={"reason"}), said))
