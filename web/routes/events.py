"""What the watch has found: events with the law behind them, and incidents with the boats in them."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import AwareDatetime
from sqlalchemy import func, select

from geo.errors import BadInput, NotFound
from layers.access.roles import OFFICERS
from layers.database import ReadConnection, read
from layers.watch.cases.models import Case
from layers.watch.event_reads import (
    Asked,
    events_statement,
    incident_boats_statement,
    incident_statement,
    incidents_statement,
    labels_statement,
    rules_by_id,
    words_statement,
)
from layers.watch.event_rows import IncidentBoat
from layers.watch.live.words import EVENTS
from web.access import require
from web.event_views import (
    EventList,
    EventView,
    IncidentBoatView,
    IncidentCard,
    IncidentList,
    IncidentView,
    event_view,
)
from web.state import state_of
from web.views import Problem, Words

router = APIRouter(responses={401: {"model": Problem}, 403: {"model": Problem}})

Moment = Annotated[AwareDatetime | None, Query()]


@router.get("/api/events")
async def get_events(  # noqa: PLR0913, PLR0917 - one parameter of the address each
    request: Request,
    conduct: Annotated[str | None, Query(max_length=40)] = None,
    step: Annotated[str | None, Query(max_length=40)] = None,
    vessel: Annotated[str | None, Query(pattern=r"^v\d{1,9}$")] = None,
    from_: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    to: Moment = None,
    at: Moment = None,
    known_at: Moment = None,
    history: bool = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> EventList:
    """Events that lasted in a stretch of time or at a moment, the newest to begin first.

    `known_at`: as they were known at that moment, before later corrections. `history`: every word said on each.
    """
    await require(request, OFFICERS)
    _check(conduct, step)
    state = state_of(request)
    number = None if vessel is None else int(vessel[1:])
    asked = Asked(conduct, step, number, from_, to, at, known_at, limit + 1)
    async with read(state.engine) as connection:
        rows = (await connection.execute(events_statement(asked))).all()
        events = await _views(connection, rows[:limit], history)
    return EventList(now=state.clock(), events=events, more=len(rows) > limit)


def _check(conduct: str | None, step: str | None) -> None:
    conducts = sorted({known for known, _ in EVENTS})
    if conduct is not None and conduct not in conducts:
        raise BadInput(f"conduct={conduct!r}: use one of {', '.join(conducts)}", field="conduct")
    steps = sorted({known for of, known in EVENTS if conduct in (None, of)})
    if step is not None and step not in steps:
        raise BadInput(f"step={step!r}: use one of {', '.join(steps)}", field="step")


async def _views(connection: ReadConnection, rows: Sequence[Any], history: bool) -> list[EventView]:
    vessels = {vessel for row in rows for vessel in row.vessels}
    names = {row.id: row for row in await connection.execute(labels_statement(vessels))}
    numbers = {number for row in rows for number in row.rule_ids}
    rules = {row.id: row for row in await connection.execute(rules_by_id(numbers))}
    words: dict[str, list[Any]] = {}
    if history:
        for row in await connection.execute(words_statement(row.key for row in rows)):
            words.setdefault(row.key, []).append(row)
    return [event_view(row, names, rules, words.get(row.key, []) if history else None) for row in rows]


@router.get("/api/incidents")
async def get_incidents(request: Request, at: Moment = None) -> IncidentList:
    """Common causes of silence, those that last first; with `at` those that lasted then."""
    await require(request, OFFICERS)
    state = state_of(request)
    async with read(state.engine) as connection:
        rows = (await connection.execute(incidents_statement(at))).all()
        views = await _incidents(connection, rows)
    return IncidentList(now=state.clock(), incidents=views)


@router.get("/api/incidents/{incident_id}", responses={404: {"model": Problem}})
async def get_incident(request: Request, incident_id: Annotated[int, Path(ge=1, lt=2**31)]) -> IncidentCard:
    """One incident and every boat in it; its numbers are those of this list."""
    await require(request, OFFICERS)
    async with read(state_of(request).engine) as connection:
        row = (await connection.execute(incident_statement(incident_id))).one_or_none()
        if row is None:
            raise NotFound(f"incident {incident_id}: there is none; GET /api/incidents lists them", field="incident_id")
        (view,) = await _incidents(connection, [row])
        boats = (await connection.execute(incident_boats_statement(incident_id))).all()
    listed = [
        IncidentBoatView(
            id=f"v{boat.vessel_id}",
            label=boat.label,
            name=boat.name,
            silent_from=boat.silent_from,
            back_at=boat.back_at,
        )
        for boat in boats
    ]
    return IncidentCard(**view.model_dump(), boats=listed)


async def _incidents(connection: ReadConnection, rows: Sequence[Any]) -> list[IncidentView]:
    ids = [row.id for row in rows]
    boat = IncidentBoat
    counts = select(boat.incident_id, func.count().label("silent"), func.count(boat.back_at).label("back"))
    counted = await connection.execute(counts.where(boat.incident_id.in_(ids)).group_by(boat.incident_id))
    numbers = {row.incident_id: (row.silent, row.back) for row in counted}
    mine = await connection.execute(select(Case.incident_id, Case.id).where(Case.incident_id.in_(ids)))
    cases = {row.incident_id: row.id for row in mine}
    return [_incident(row, numbers.get(row.id, (0, 0)), cases.get(row.id)) for row in rows]


def _incident(row: Any, counted: tuple[int, int], case_id: int | None) -> IncidentView:
    kept = {name: value for name, value in row._mapping.items() if name in IncidentView.model_fields}
    title = Words(vi=row.title_vi, en=row.title_en)
    return IncidentView(**kept | {"silent": counted[0], "back": counted[1]}, title=title, case_id=case_id)
