"""What happened: the case, its ledger, the events behind it with every later word on them, the incident if any."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from layers.watch.cases.models import ENTRIES, KINDS, Case, CaseEntry, CaseEvent
from layers.watch.event_rows import EventRow, Incident, IncidentBoat

CONTACTS = ("call", "report", "notice", "promise", "kept")
WORDS = ("what", "conduct", "step", "began_at", "ended_at", "facts", "length_m", "rule_ids", "origin", "found_at",
         "stored_at")  # fmt: skip
INCIDENT = ("kind", "subject", "title_vi", "title_en", "began_at", "opened_at", "ended_at", "heard_of", "silent",
            "rule_ids", "origin")  # fmt: skip


def tell_case(case: Row[Any], ended: datetime | None) -> dict[str, Any]:
    """The case as it stands."""
    left_out = ("id", "vessel_id", "transmitter_id", "incident_id", "priority", "lon_e7", "lat_e7")
    names = [column.name for column in Case.__table__.columns if column.name not in left_out]
    told = {name: getattr(case, name) for name in names}
    place = None if case.lon_e7 is None else {"lon": case.lon_e7 / 1e7, "lat": case.lat_e7 / 1e7}
    return told | {"title_vi": KINDS[case.kind].vi, "title_en": KINDS[case.kind].en, "ended_at": ended, "place": place}


def read_entries(connection: Connection, case_id: int, at: datetime) -> list[dict[str, Any]]:
    """The ledger, oldest first, as it was written down."""
    entry = CaseEntry
    columns = (entry.id, entry.kind, entry.at, entry.stored_at, entry.actor, entry.role, entry.body)
    rows = connection.execute(
        select(*columns).where(entry.case_id == case_id, entry.stored_at <= at).order_by(entry.at, entry.id)
    )
    return [{**row._mapping, "title_vi": ENTRIES[row.kind].vi, "title_en": ENTRIES[row.kind].en} for row in rows]


def contacts_of(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The part of the ledger that says who was reached, told or promised what."""
    return [entry for entry in entries if entry["kind"] in CONTACTS]


def read_events(connection: Connection, case: Row[Any], at: datetime) -> list[dict[str, Any]]:
    """The events of the case, each with every word on it in the order they were stored: corrections stand beside."""
    keys = select(CaseEvent.event_key).where(CaseEvent.case_id == case.id)
    columns = [getattr(EventRow, name) for name in WORDS]
    place = (EventRow.key, EventRow.lon_e7, EventRow.lat_e7)
    rows = connection.execute(
        select(*columns, *place).where(EventRow.key.in_(keys), EventRow.stored_at <= at).order_by(EventRow.id)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        word = {name: getattr(row, name) for name in WORDS} | {"lon": row.lon_e7 / 1e7, "lat": row.lat_e7 / 1e7}
        told = found.setdefault(row.key, {"key": row.key, "origin": row.origin, "words": []})
        told["words"].append(word)
    return sorted(found.values(), key=lambda event: (event["words"][0]["began_at"], event["key"]))


def read_incident(connection: Connection, incident_id: int | None, vessel_id: int | None) -> dict[str, Any] | None:
    """The common cause that clears the captain, and from when to when it explains this boat's silence."""
    if incident_id is None:
        return None
    row = connection.execute(select(*Incident.__table__.columns).where(Incident.id == incident_id)).one_or_none()
    if row is None:
        return None
    mine = select(IncidentBoat.silent_from, IncidentBoat.joined_at, IncidentBoat.back_at).where(
        IncidentBoat.incident_id == incident_id, IncidentBoat.vessel_id == (vessel_id or 0)
    )
    spans = [dict(span._mapping) for span in connection.execute(mine.order_by(IncidentBoat.silent_from))]
    return {name: getattr(row, name) for name in INCIDENT} | {"boat": spans}
