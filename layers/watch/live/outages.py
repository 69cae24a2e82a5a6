"""Incidents as they go: opened with one case, joined, taking in the single cases of their boats, ended by recovery."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from geo.clock import show_moment
from layers.watch.cases.acts import write_down
from layers.watch.cases.ledger import Entry
from layers.watch.cases.models import CLOSED, Case, CaseEvent
from layers.watch.cases.opening import open_by_flow
from layers.watch.event_rows import EventRow, Incident, IncidentBoat
from layers.watch.live.hooks import close
from layers.watch.live.incidents import (
    AtSea,
    Outage,
    Silence,
    find_outages,
    note_back,
    open_incident,
    open_incidents,
    put_boats,
    read_fleet,
    read_silences,
    recovered_at,
)
from layers.watch.live.settings import Settings
from layers.watch.live.watches import Watchers
from layers.watch.policy import Policies


def look_for_outages(connection: Connection, watchers: Watchers, policies: Policies, now: datetime) -> None:
    """End what has recovered, let boats join what lasts, and open what is new."""
    settings = watchers.settings
    note_back(connection)
    lasting = open_incidents(connection)
    silences = read_silences(connection, now)
    if not lasting and len(silences) < min(settings[f"outage_{kind}_least"] for kind in ("provider", "port", "area")):
        return
    fleet = read_fleet(connection, settings["outage_area_cell"])
    for incident in lasting:
        silences = _join(connection, incident, silences, fleet, settings, now)
        _end(connection, incident, policies, settings["outage_recovered"], now)
    for outage in find_outages(silences, fleet, settings):
        _open(connection, outage, watchers, policies, now)


def _join(
    connection: Connection, incident: Any, silences: Sequence[Silence], fleet: Mapping[int, AtSea],
    settings: Settings, now: datetime,
) -> list[Silence]:  # fmt: skip
    """Boats of the same kind that fall silent while the others still do; the silences that are left."""
    last = connection.scalar(select(func.max(IncidentBoat.silent_from)).where(IncidentBoat.incident_id == incident.id))
    window = settings.span("outage_window")
    since, until = incident.began_at - window, (last or incident.began_at) + window
    mine = [
        silence for silence in silences
        if silence.vessel_id in fleet and fleet[silence.vessel_id].subjects.get(incident.kind) == incident.subject
        and since <= silence.began_at <= until
    ]  # fmt: skip
    if mine:
        put_boats(connection, incident.id, mine, now)
        case_id = connection.scalar(select(Case.id).where(Case.incident_id == incident.id))
        if case_id is not None:
            write_down(connection, case_id, Entry("event", now, body=_count(connection, incident.id, "joined")))
        _swallow(connection, incident.id, mine, now)
    return [silence for silence in silences if silence not in mine]


def _end(connection: Connection, incident: Any, policies: Policies, share: float, now: datetime) -> None:
    backs = connection.scalars(select(IncidentBoat.back_at).where(IncidentBoat.incident_id == incident.id)).all()
    ended = recovered_at(backs, share)
    if ended is None:
        return
    connection.execute(update(Incident).where(Incident.id == incident.id).values(ended_at=ended))
    case = connection.execute(select(Case).where(Case.incident_id == incident.id, Case.state != CLOSED)).first()
    if case is None:
        return
    write_down(connection, case.id, Entry("event", now, body=_count(connection, incident.id, "recovered")))
    policy = policies.at("incident", "outage", now)
    if policy is not None and policy.closes:
        close(connection, case.id, "recovered", now)


def _open(connection: Connection, outage: Outage, watchers: Watchers, policies: Policies, now: datetime) -> None:
    number = open_incident(connection, outage, watchers.settings.rows, now)
    policy = policies.at("incident", "outage", now)
    if policy is not None and policy.case_kind is not None:
        first = outage.silences[0]
        place = connection.execute(select(EventRow.lon_e7, EventRow.lat_e7).where(EventRow.key == first.key)).first()
        values = {
            "kind": policy.case_kind, "incident_id": number, "began_at": first.began_at, "lead": "province",
            "origin": connection.scalar(select(Incident.origin).where(Incident.id == number)),
            "lon_e7": place.lon_e7 if place else None, "lat_e7": place.lat_e7 if place else None,
        }  # fmt: skip
        open_by_flow(connection, values, Entry("opened", now, body=_count(connection, number, "opened")))
    _swallow(connection, number, outage.silences, now)


def _count(connection: Connection, incident_id: int, what: str) -> dict[str, Any]:
    """What an entry says of an incident: its numbers are those of its list."""
    row = connection.execute(select(Incident).where(Incident.id == incident_id)).one()
    boat = IncidentBoat
    back = connection.scalar(select(func.count()).where(boat.incident_id == incident_id, boat.back_at.is_not(None)))
    since, numbers = show_moment(row.began_at), {"silent": row.silent, "heard_of": row.heard_of, "back": back}
    said = {
        "vi": f"{row.title_vi}: {row.silent}/{row.heard_of} tàu, từ {since}",
        "en": f"{row.title_en}: {row.silent} of {row.heard_of} boats, since {since}",
    }
    return {"incident": incident_id, "what": what, **numbers, "new": said}


def _swallow(connection: Connection, incident_id: int, silences: Sequence[Silence], now: datetime) -> None:
    """Single cases of these silences were none of their captains' doing."""
    known = {silence.vessel_id: silence.began_at for silence in silences}
    event = EventRow
    rows = (
        select(Case.id, Case.vessel_id, event.began_at)
        .join(CaseEvent, CaseEvent.case_id == Case.id)
        .join(event, (event.key == CaseEvent.event_key) & event.superseded_at.is_(None))
        .where(Case.kind == "silence", Case.state != CLOSED, Case.vessel_id.in_(known))
        .order_by(Case.id)
    )
    theirs = {row.id for row in connection.execute(rows) if row.began_at == known[row.vessel_id]}
    for case_id in sorted(theirs):
        body = _count(connection, incident_id, "swallowed")
        write_down(connection, case_id, Entry("incident", now, body=body))
        write_down(connection, case_id, Entry("cleared", now, body={"incident": incident_id}))
        close(connection, case_id, "common_cause", now)
