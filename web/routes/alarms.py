"""GET /api/alarms: what does not hold, since when, what to do and whom to call; and who has seen it."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from sqlalchemy import Row

from geo.errors import NeedsLogin, NotFound
from layers.access.roles import Role
from layers.database import read, write_async
from layers.health.invariants import BY_CODE, INVARIANTS, SEA
from layers.health.models import InvariantState
from layers.health.read import acknowledging, read_alarms, read_states, read_watching
from web.access import require, who_asks
from web.routes.pages import check_origin
from web.state import state_of
from web.views import Words

router = APIRouter()


class AlarmView(BaseModel):
    """One alarm. `subject` is what it is about: a source, a layer's measure; "" for the whole. Times in UTC."""

    id: int
    code: str
    title: Words
    subject: str
    detail: Words
    todo: Words
    call: Words
    began_at: datetime
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    closed_at: datetime | None


class InvariantView(BaseModel):
    """How an invariant was last found. `never`: it was not asked yet; `unknown`: it could not be asked."""

    code: str
    title: Words
    state: Literal["kept", "broken", "unknown", "never"]
    since: datetime | None
    checked_at: datetime | None


class AlarmList(BaseModel):
    """Alarms that nobody has acknowledged first. `watch` silent: nobody is watching, so calm means nothing."""

    now: datetime
    watch: Literal["watching", "silent"]
    watched_at: datetime | None
    alarms: list[AlarmView]
    invariants: list[InvariantView]


@router.get("/api/alarms")
async def get_alarms(request: Request, closed_within_h: Annotated[int, Query(ge=0, le=720)] = 0) -> AlarmList:
    """Open alarms that this role answers for; with `closed_within_h` also those closed that lately."""
    role = await require(request, SEA)
    state, codes = state_of(request), _codes(role)
    now = state.clock()
    async with read(state.engine) as connection:
        watching = await read_watching(connection, now)
        alarms = await read_alarms(connection, codes, now - timedelta(hours=closed_within_h))
        states = await read_states(connection, codes)
    return AlarmList(
        now=now,
        watch="silent" if watching.silent else "watching",
        watched_at=watching.last,
        alarms=[_alarm(row) for row in alarms],
        invariants=[_invariant(code, states.get(code)) for code in codes],
    )


@router.post("/api/alarms/{alarm_id}/acknowledge")
async def post_acknowledge(request: Request, alarm_id: Annotated[int, Path(ge=1, lt=2**62)]) -> AlarmList:
    """Say that you have seen an alarm and take care of it. It stays open until what it is about holds again."""
    check_origin(request)
    role, who = await require(request, SEA), await who_asks(request)
    if who is None:
        raise NeedsLogin("sign in to acknowledge an alarm", field="session")
    state = state_of(request)
    async with write_async(state.engine) as connection:
        statement = acknowledging(alarm_id, _codes(role), who.username, state.clock())
        if (await connection.execute(statement)).scalar() is None:
            raise NotFound(f"alarm {alarm_id}: it is not open, or not yours; GET /api/alarms lists them", field="id")
    return await get_alarms(request)


def _codes(role: Role) -> list[str]:
    return [invariant.code for invariant in INVARIANTS if role in invariant.readers]


def _alarm(row: Row[Any]) -> AlarmView:
    told = BY_CODE[row.code]
    return AlarmView(
        title=Words.of(told.wrong),
        detail=Words(vi=row.detail_vi, en=row.detail_en),
        todo=Words.of(told.todo),
        call=Words.of(told.call),
        **{name: value for name, value in row._mapping.items() if name in AlarmView.model_fields},
    )


def _invariant(code: str, found: InvariantState | None) -> InvariantView:
    title = Words.of(BY_CODE[code].title)
    if found is None:
        return InvariantView(code=code, title=title, state="never", since=None, checked_at=None)
    told: dict[str, Any] = {"state": found.state, "since": found.since, "checked_at": found.checked_at}
    return InvariantView(code=code, title=title, **told)
