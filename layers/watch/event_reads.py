"""Events, incidents and the law behind them, as they are asked for: what stands, or what was known at a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select

from layers.vessels.registry import Vessel
from layers.watch.event_rows import EventRow, Incident, IncidentBoat
from layers.watch.rules import Rule


@dataclass(frozen=True)
class Asked:
    """Which events: those that lasted in [since, until], or at one moment; as known now, or at `known_at`."""

    conduct: str | None = None
    step: str | None = None
    vessel_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    at: datetime | None = None
    known_at: datetime | None = None
    limit: int = 200


def events_statement(asked: Asked) -> Select[*tuple[Any, ...]]:
    """Events, the newest to begin first; what was withdrawn is not among them."""
    event = EventRow
    since, until = asked.at or asked.since, asked.at or asked.until
    conditions = [known(asked.known_at), event.what != "withdrawn"]
    if asked.conduct is not None:
        conditions.append(event.conduct == asked.conduct)
    if asked.step is not None:
        conditions.append(event.step == asked.step)
    if asked.vessel_id is not None:
        conditions.append(
            event.vessels.bool_op("@>")(func.array_append(literal_column("'{}'::int4[]"), asked.vessel_id))
        )
    if since is not None:
        conditions.append(func.coalesce(event.ended_at, literal_column("'infinity'::timestamptz")) >= since)
    if until is not None:
        conditions.append(event.began_at <= until)
    return select(event).where(*conditions).order_by(event.began_at.desc(), event.id.desc()).limit(asked.limit)


def known(at: datetime | None) -> ColumnElement[bool]:
    """Holds for words that stood at a moment, now unless told."""
    event = EventRow
    if at is None:
        return event.superseded_at.is_(None)
    return (event.stored_at <= at) & or_(event.superseded_at.is_(None), event.superseded_at > at)


def words_statement(keys: Iterable[str]) -> Select[*tuple[Any, ...]]:
    """Every word that was ever said on these events, the first first."""
    return select(EventRow).where(EventRow.key.in_(list(keys))).order_by(EventRow.key, EventRow.id)


def rules_by_id(ids: Iterable[int]) -> Select[*tuple[Any, ...]]:
    """Rows of the law by their ids, whether they stand or not."""
    return select(Rule).where(Rule.id.in_(list(ids)))


def labels_statement(vessels: Iterable[int]) -> Select[*tuple[Any, ...]]:
    """What these boats are called."""
    return select(Vessel.id, Vessel.code, Vessel.name).where(Vessel.id.in_(list(vessels)), Vessel.leads)


def incidents_statement(at: datetime | None = None, limit: int = 200) -> Select[*tuple[Any, ...]]:
    """Incidents, those that last first; with `at` those that lasted then."""
    rows = select(Incident).order_by(Incident.ended_at.is_not(None), Incident.began_at.desc(), Incident.id.desc())
    if at is not None:
        rows = rows.where(Incident.began_at <= at, or_(Incident.ended_at.is_(None), Incident.ended_at > at))
    return rows.limit(limit)


def incident_statement(number: int) -> Select[*tuple[Any, ...]]:
    """One incident."""
    return select(Incident).where(Incident.id == number)


def incident_boats_statement(number: int) -> Select[*tuple[Any, ...]]:
    """The boats of an incident with what they are called, those still silent first."""
    boat = IncidentBoat
    return (
        select(boat, Vessel.code.label("label"), Vessel.name)
        .outerjoin(Vessel, (Vessel.id == boat.vessel_id) & Vessel.leads)
        .where(boat.incident_id == number)
        .order_by(boat.back_at.is_not(None), boat.silent_from, boat.vessel_id)
    )
