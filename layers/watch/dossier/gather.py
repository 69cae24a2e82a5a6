"""A case and all that is known of it at a moment, read in one snapshot; people as the reader's role may see them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from geo.clock import Window
from geo.errors import NotFound
from layers.access.roles import Role
from layers.sources.freshness import mark
from layers.watch.cases.models import Case
from layers.watch.dossier import boat, chain, heard, law_then, papers, story
from layers.watch.dossier.canonical import FORM, seal_sections

AROUND = timedelta(hours=24)
LONGEST = timedelta(days=62)
"""A dossier tells at most so long a stretch of positions; a longer matter says where it was cut."""


@dataclass(frozen=True)
class Reader:
    """For whom a dossier is made, and when (UTC)."""

    name: str
    role: Role
    at: datetime


def gather(connection: Connection, number: str, reader: Reader) -> dict[str, Any]:
    """The dossier as plain values with its hashes. The same case at the same version and moment is the same value.

    NotFound when there is no such case. Rows stored after `reader.at` are not in it.
    """
    case = connection.execute(select(*Case.__table__.columns).where(Case.number == number)).one_or_none()
    if case is None:
        raise NotFound(f"number={number[:40]!r}: there is no such case; see /api/cases", field="number")
    entries, events = story.read_entries(connection, case.id, reader.at), story.read_events(connection, case, reader.at)
    ended = end_of(case, events)
    window = window_of(case, ended, reader.at)
    devices = boat.read_devices(connection, case)
    positions = heard.read_positions(connection, devices, window, reader.at)
    reported = heard.read_reported(connection, case.vessel_id, window, reader.at)
    law = law_then.read_law(connection, case, ended, reader.at)
    origins = {case.origin, *(each["origin"] for each in (*positions, *events))}
    sections = {
        "form": FORM,
        "made": {"at": reader.at, "by": reader.name, "role": reader.role.value},
        "origin": mark(origins),
        "case": story.tell_case(case, ended),
        "boat": boat.read_boat(connection, case.vessel_id, reader),
        "devices": boat.tell_devices(devices),
        "window": {"from": window.since, "to": window.until, "cut": cut_of(window)},
        "timeline": entries,
        "contacts": story.contacts_of(entries),
        "events": events,
        "incident": story.read_incident(connection, case.incident_id, case.vessel_id),
        "positions": [p for p in positions if not p["typed"]],
        "typed": [p for p in positions if p["typed"]],
        "reported": reported,
        "track": heard.read_track(connection, case, devices, window, positions),
        "duties": law_then.tell_duties(connection, case, ended, (reported, entries), reader.at),
        "law": law,
        "lineage": papers.read_lineage(connection, positions),
        "seals": chain.read_seals(connection, window.since, reader.at),
    }
    return seal_sections(sections)


def window_of(case: Row[Any], ended: datetime | None, at: datetime) -> Window:
    """From a day before the matter began until a day after it was over; until it was closed, or now, while it lasts."""
    since = case.began_at - AROUND
    over = ended + AROUND if ended is not None else case.closed_at or at
    return Window(since, min(max(over, case.began_at), at, since + LONGEST))


def cut_of(window: Window) -> bool:
    """Whether the matter lasted longer than a dossier tells."""
    return window.until - window.since == LONGEST


def end_of(case: Row[Any], events: list[dict[str, Any]]) -> datetime | None:
    """When the matter was over: when its events of that kind had all ended, else when it was closed; None: it lasts."""
    told = [event["words"][-1] for event in events if event["words"][-1]["what"] != "withdrawn"]
    about = [word for word in told if word["began_at"] <= case.began_at] or told
    ends: list[datetime | None] = [word["ended_at"] for word in about]
    if ends and all(end is not None for end in ends):
        return max(end for end in ends if end is not None)
    closed: datetime | None = case.closed_at
    return closed if not ends else None
