"""GET /api/seals: how far the sealing of days is, for who may have to prove something."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from layers.access.roles import OFFICERS
from layers.database import read
from layers.seals.read import MOST_COUNTED, read_sealing
from web.access import require
from web.state import state_of
from web.views import Problem

router = APIRouter(responses={401: {"model": Problem}, 403: {"model": Problem}})


class SealView(BaseModel):
    """One sealed day of storing (Việt Nam): its rows, their SHA-256, the chain head. Times in UTC."""

    day: date
    rows: int
    first_at: datetime | None
    last_at: datetime | None
    digest: str
    head: str
    sealed_at: datetime
    sealed_by: str


class SealList(BaseModel):
    """The newest seals first. `unsealed_rows` are stored since the last; `at_least`: there may be more than that.

    `waiting_days` are finished days without a seal.
    """

    last_day: date | None
    head: str | None
    unsealed_rows: int
    at_least: bool
    waiting_days: int
    seals: list[SealView]


@router.get("/api/seals")
async def get_seals(request: Request, limit: Annotated[int, Query(ge=1, le=400)] = 31) -> SealList:
    """The last sealed days with their heads, and what is not sealed yet."""
    await require(request, OFFICERS)
    state = state_of(request)
    async with read(state.engine) as connection:
        found = await connection.run_sync(lambda sync: read_sealing(sync, state.clock(), limit))
    seals = [_view(row) for row in found.seals]
    return SealList(
        last_day=seals[0].day if seals else None,
        head=seals[0].head if seals else None,
        unsealed_rows=found.unsealed_rows,
        at_least=found.unsealed_rows >= MOST_COUNTED,
        waiting_days=found.waiting_days,
        seals=seals,
    )


def _view(row: Any) -> SealView:
    told = row._mapping
    same = ("day", "rows", "first_at", "last_at", "sealed_at", "sealed_by")
    return SealView(**{n: told[n] for n in same}, digest=bytes(told["digest"]).hex(), head=bytes(told["head"]).hex())
