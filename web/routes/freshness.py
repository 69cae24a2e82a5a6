"""The policy of freshness: steps of reminders, what follows from many, what the scoreboard weighs. Dated rows."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints
from sqlalchemy import select

from layers.access.roles import SIGNED_IN
from layers.database import read, write_async
from layers.scores.edit import EDITED, put_policy, withdraw_policy
from web.access import require
from web.routes.expected import Line, RuleCode
from web.routes.law import Reasoned, change_of
from web.state import state_of
from web.views import Problem

router = APIRouter(prefix="/api/freshness", responses={401: {"model": Problem}, 403: {"model": Problem}})

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,80}$")]
Table = Literal["steps", "limits", "weights"]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=4000)]


class Dated(Reasoned):
    """A row that holds for [valid_from, valid_to)."""

    source: Line
    verified: bool = False
    valid_from: date
    valid_to: date | None = None


class StepChange(Dated):
    """A step: `days` before a delivery is due, or after; `escalates_to` an office, no person.

    `words` may hold `{agency} {what} {period} {due} {late}`.
    """

    step: Annotated[int, Field(ge=1, le=9)]
    side: Literal["before", "after"]
    days: Annotated[int, Field(ge=0, le=60)]
    hour: Annotated[int, Field(ge=0, le=23)] = 8
    pauses: bool = True
    way: Literal["axis", "letter"] = "axis"
    counts: bool = True
    escalates_to: Line | None = None
    only_source: Annotated[str | None, Field(max_length=64)] = None
    words: Body


class LimitChange(Dated):
    """What follows from so many reminders in a year."""

    reminders: Annotated[int, Field(ge=1, le=1000)]
    follows_vi: Line
    follows_en: Line


class WeightChange(Dated):
    """How much a pillar (`part` null) or a part weighs; 0: it is shown and does not count."""

    pillar: Literal["dung", "du", "sach", "song"]
    part: Literal[
        "files", "accepted", "sums", "uncorrected", "deliveries", "subjects", "rejects", "duplicates", "conflicts",
        "on_time", "age",
    ] | None = None  # fmt: skip
    weight: Annotated[Decimal, Field(ge=0, le=1000, allow_inf_nan=False)]
    title_vi: Line
    title_en: Line
    defined_vi: Annotated[str, Field(min_length=1, max_length=600)]
    defined_en: Annotated[str, Field(min_length=1, max_length=600)]


@router.get("/{table}")
async def get_rows(request: Request, table: Table) -> list[dict[str, Any]]:
    """Every row as it is known now."""
    await require(request, SIGNED_IN)
    model: Any = EDITED[table]
    statement = select(model.__table__).where(model.superseded_at.is_(None)).order_by(model.id)
    async with read(state_of(request).engine) as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


@router.get("/{table}/{code}/versions")
async def get_versions(request: Request, table: Table, code: Code) -> list[dict[str, Any]]:
    """Every version of one row, the newest first."""
    await require(request, SIGNED_IN)
    model: Any = EDITED[table]
    statement = select(model.__table__).where(model.code == code).order_by(model.id.desc())
    async with read(state_of(request).engine) as connection:
        return [dict(row) for row in (await connection.execute(statement)).mappings()]


@router.post("/steps", status_code=201)
async def post_step(request: Request, change: StepChange) -> RuleCode:
    """Enter a step."""
    return await _put(request, "steps", None, change)


@router.post("/limits", status_code=201)
async def post_limit(request: Request, change: LimitChange) -> RuleCode:
    """Enter what follows from so many reminders."""
    return await _put(request, "limits", None, change)


@router.post("/weights", status_code=201)
async def post_weight(request: Request, change: WeightChange) -> RuleCode:
    """Enter a weight for days that have none."""
    return await _put(request, "weights", None, change)


@router.post("/steps/{code}")
async def correct_step(request: Request, code: Code, change: StepChange) -> RuleCode:
    """Correct a step, or end it by `valid_to`."""
    return await _put(request, "steps", code, change)


@router.post("/limits/{code}")
async def correct_limit(request: Request, code: Code, change: LimitChange) -> RuleCode:
    """Correct a limit."""
    return await _put(request, "limits", code, change)


@router.post("/weights/{code}")
async def correct_weight(request: Request, code: Code, change: WeightChange) -> RuleCode:
    """Correct a weight."""
    return await _put(request, "weights", code, change)


@router.post("/{table}/{code}/withdraw")
async def post_withdrawal(request: Request, table: Table, code: Code, why: Reasoned) -> RuleCode:
    """Withdraw a row that should never have stood there."""
    said = await change_of(request, why)
    async with write_async(state_of(request).engine) as connection:
        await withdraw_policy(connection, table, code, said)
    return RuleCode(code=code)


async def _put(request: Request, table: Table, code: str | None, change: Dated) -> RuleCode:
    said = await change_of(request, change)
    async with write_async(state_of(request).engine) as connection:
        return RuleCode(code=await put_policy(connection, table, code, change.model_dump(exclude={"reason"}), said))
