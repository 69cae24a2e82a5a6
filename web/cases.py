"""The queue of cases: who needs somebody now, why, until when. Statements run on a sync connection (`run_sync`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from geo.errors import BadInput
from layers.access.roles import OFFICERS, Role
from layers.watch.cases import read
from layers.watch.cases.about import events_statement, silence_of
from layers.watch.cases.flow import flow_statement
from layers.watch.cases.flow_graph import Flow, flow_of, make_flows
from layers.watch.cases.fold import CaseThen
from layers.watch.cases.models import CLOSED, KINDS, Case
from web.case_views import (
    AcknowledgedView,
    BoatView,
    CanView,
    CaseLine,
    CaseQueue,
    DueView,
    IncidentView,
    StateView,
)
from web.case_words import due_words, headline, outcome_words, title_of
from web.views import Words

E7 = 1e7


@dataclass(frozen=True)
class Asked:
    """What is looked for; `assigned` and `vessel` None: anybody, any boat. `at`: as it stood then."""

    state: str
    kind: str
    assigned: str | None
    vessel: int | None
    q: str
    limit: int
    at: datetime | None = None


@dataclass(frozen=True)
class Beside:
    """What lines say beside the case itself, by case, boat or incident."""

    boats: Mapping[int, Any]
    incidents: Mapping[int, Any]
    told: Mapping[int, Any]
    events: Mapping[int, Sequence[Any]]
    flows: Mapping[str, Flow]


def read_queue(connection: Connection, asked: Asked, role: Role, clock_now: datetime) -> CaseQueue:
    """The queue now or at a moment; counts are of the same search without its kind."""
    now = asked.at or clock_now
    if asked.at is not None and asked.at > clock_now:
        raise BadInput(f"at={asked.at.isoformat()}: this has not come yet", field="at", title="Thời điểm này chưa tới")
    cases: Any = Case if asked.at is None else CaseThen
    given = {} if asked.at is None else {"now": now}
    conditions = read.found(cases, asked.state, asked.assigned, asked.vessel, asked.q)
    counted = connection.execute(read.counts_statement(cases, conditions, now), given).all()
    kind = read.check_kind(asked.kind)
    conditions += [cases.kind == kind] if kind else []
    rows = connection.execute(read.queue_statement(cases, conditions, now, asked.limit), given).all()
    beside = read_beside(connection, rows, now)
    mine = [row for row in counted if kind in ("", row.kind)]
    return CaseQueue(
        now=clock_now,
        at=asked.at,
        can=CanView(act=role in OFFICERS),
        counts={row.kind: row.cases for row in counted},
        kinds={name: Words.of(text) for name, text in KINDS.items()},
        total=sum(row.cases for row in mine),
        overdue=sum(row.overdue for row in mine),
        cases=[CaseLine(**line_of(row, beside, now)) for row in rows],
    )


def read_beside(connection: Connection, cases: Sequence[Any], now: datetime) -> Beside:
    """Boats, incidents, ledgers and events of some cases, in a statement each."""
    ids = [case.id for case in cases]
    boats = [case.vessel_id for case in cases if case.vessel_id is not None]
    incidents = [case.incident_id for case in cases if case.incident_id is not None]
    events: dict[int, list[Any]] = {}
    for event in connection.execute(events_statement(ids)):
        events.setdefault(event.case_id, []).append(event)
    return Beside(
        {row.id: row for row in connection.execute(read.boats_statement(boats))},
        {row.id: row for row in connection.execute(read.incidents_statement(incidents))} if incidents else {},
        {row.case_id: row for row in connection.execute(read.told_statement(ids, now))},
        events,
        make_flows(connection.execute(flow_statement()).all(), now),
    )


def line_of(case: Any, beside: Beside, now: datetime) -> dict[str, Any]:
    """What a line says of a case at a moment, as `CaseLine` takes it."""
    flow, told = flow_of(beside.flows, case.kind), beside.told.get(case.id)
    silence = silence_of(case, beside.events.get(case.id, ()), now)
    boat, incident = beside.boats.get(case.vessel_id), beside.incidents.get(case.incident_id)
    same = (
        "number",
        "kind",
        "priority",
        "began_at",
        "opened_at",
        "closed_at",
        "lead",
        "assigned_to",
        "origin",
        "version",
    )
    state = StateView(code=case.state, title=Words.of(flow.title_of(case.state)), since=case.state_since)
    return {name: getattr(case, name) for name in same} | {
        "title": title_of(case, told),
        "headline": headline(case, told, silence, now, incident),
        "vessel": None if boat is None else boat_view(boat),
        "crew": None if boat is None else boat.crew,
        "incident": None if incident is None else incident_view(incident),
        "state": state,
        "outcome": outcome_words(case.outcome),
        "due": due_view(case, flow, now),
        "acknowledged": acknowledged_view(case),
        "lon": None if case.lon_e7 is None else case.lon_e7 / E7,
        "lat": None if case.lat_e7 is None else case.lat_e7 / E7,
    }


def due_view(case: Any, flow: Flow, now: datetime) -> DueView | None:
    """The first clock, overdue from the very moment it is due; none of a closed case."""
    if case.due_at is None or case.state == CLOSED:
        return None
    code = case.due_what or "step"
    return DueView(code=code, at=case.due_at, what=due_words(code, flow.due_of(case.state)), overdue=case.due_at <= now)


def acknowledged_view(case: Any) -> AcknowledgedView | None:
    """Who has taken it on."""
    return AcknowledgedView(at=case.acknowledged_at, by=case.acknowledged_by) if case.acknowledged_at else None


def boat_view(row: Any) -> BoatView:
    """The boat of a case."""
    return BoatView(id=f"v{row.id}", label=row.code, name=row.name, length_m=row.length_m, home_port=row.home_port)


def incident_view(row: Any) -> IncidentView:
    """The incident of a case."""
    plain = {name: getattr(row, name) for name in ("id", "kind", "subject", "silent", "heard_of", "ended_at")}
    return IncidentView(**plain, title=Words(vi=row.title_vi, en=row.title_en))
