"""GET /api/sources: who sends, how often, when last, in which state; and the page that lists it."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from layers.database import read
from layers.sources.freshness import Origin
from layers.sources.last import LastDelivery, read_last
from web.routes.pages import page
from web.state import state_of
from web.views import Words, timed

router = APIRouter()

State = Literal["fresh", "late", "stale", "none"]


class DeliveryView(BaseModel):
    """The last run of a source; `open` while a stream is still being read."""

    label: str
    started_at: datetime
    open: bool
    rejected: int


class SourceState(BaseModel):
    """One source. `state` none: it never delivered. `cadence_s` null: it has no fixed rhythm and is never late."""

    code: str
    title: Words
    origin: Origin
    cadence_s: int | None
    last_delivery: DeliveryView | None
    state: State
    time: datetime | None
    age_s: int | None
    reminders: list[str]


class SourceList(BaseModel):
    """Every source, those that need somebody first."""

    now: datetime
    sources: list[SourceState]


WORST_FIRST: tuple[State, ...] = ("stale", "late", "fresh", "none")


@router.get("/api/sources")
async def get_sources(request: Request) -> SourceList:
    """Every source with its cadence, last delivery, state and age."""
    state = state_of(request)
    now = state.clock()
    async with read(state.engine) as connection:
        found = [_view(last, now) for last in await read_last(connection)]
    return SourceList(now=now, sources=sorted(found, key=lambda each: WORST_FIRST.index(each.state)))


@router.get("/sources", include_in_schema=False)
async def sources_page() -> Response:
    """The same as a page."""
    return page("sources")


def _view(last: LastDelivery, now: datetime) -> SourceState:
    delivery = None
    if last.label is not None and last.started_at is not None:
        delivery = DeliveryView(label=last.label, started_at=last.started_at, open=last.open, rejected=last.rejected)
    return SourceState(
        code=last.code,
        title=Words(**last.title),
        origin=last.origin,
        cadence_s=None if last.cadence is None else round(last.cadence.total_seconds()),
        last_delivery=delivery,
        state=last.state(now) or "none",
        reminders=[],
        **timed(last.t, now),
    )
