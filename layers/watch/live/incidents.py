"""Common cause first: boats of one provider, port or area that fall silent together are one incident.

Looked for before any single silence becomes a case. Who is in it is cleared; who is still silent after the recovery
counts from the recovery.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from layers.sources.freshness import mark
from layers.spec import Text
from layers.vessels.models import Live, Transmitter
from layers.vessels.registry import Vessel
from layers.watch.event_rows import EventRow, Incident, IncidentBoat
from layers.watch.live.settings import Settings

KINDS = ("provider", "port", "area")
LOOK_BACK = timedelta(days=1)
"""A common silence that began longer ago is nothing to be seen now: who else was at sea then is not known any more."""


class Silence(NamedTuple):
    """One boat's silence that lasts: its event, since when, and how real it is."""

    key: str
    vessel_id: int
    began_at: datetime
    origin: str


@dataclass(frozen=True)
class AtSea:
    """A boat with a monitoring device: when it was last heard, and what it has in common with others, by kind."""

    last: datetime
    in_port: bool
    subjects: Mapping[str, str]


@dataclass(frozen=True)
class Outage:
    """Boats silent together, and how many of their kind there were."""

    kind: str
    subject: str
    silences: tuple[Silence, ...]
    heard_of: int

    @property
    def title(self) -> Text:
        """As people read it."""
        vi, en = {
            "provider": ("Thiết bị của nhà cung cấp {}", "Devices of provider {}"),
            "port": ("Tàu của cảng {}", "Boats of the port {}"),
            "area": ("Tàu trong vùng biển {}", "Boats in the area {}"),
        }[self.kind]
        return Text(vi.format(self.subject) + " cùng mất kết nối", en.format(self.subject) + " silent together")


def find_outages(silences: Sequence[Silence], fleet: Mapping[int, AtSea], settings: Settings) -> list[Outage]:
    """Boats silent together, enough of them and a large enough share; a boat is in one outage only. Pure."""
    found: list[Outage] = []
    taken: set[str] = set()
    for kind in KINDS:
        groups: dict[str, list[Silence]] = defaultdict(list)
        for silence in silences:
            subject = fleet[silence.vessel_id].subjects.get(kind) if silence.vessel_id in fleet else None
            if subject and silence.key not in taken:
                groups[subject].append(silence)
        for subject, mine in sorted(groups.items()):
            outage = _outage(kind, subject, mine, fleet, settings)
            if outage is not None:
                found.append(outage)
                taken |= {silence.key for silence in outage.silences}
    return found


def _outage(
    kind: str, subject: str, silences: Sequence[Silence], fleet: Mapping[int, AtSea], settings: Settings
) -> Outage | None:
    together = _most_together(silences, settings.span("outage_window"))
    since = together[0].began_at
    silent = {silence.vessel_id for silence in together}
    others = [
        boat for boat, seen in fleet.items()
        if boat not in silent and seen.subjects.get(kind) == subject and not seen.in_port and seen.last >= since
    ]  # fmt: skip
    heard_of = len(silent) + len(others)
    enough = len(silent) >= settings[f"outage_{kind}_least"]
    large = len(silent) >= settings[f"outage_{kind}_share"] * heard_of
    return Outage(kind, subject, tuple(together), heard_of) if enough and large else None


def _most_together(silences: Sequence[Silence], window: timedelta) -> list[Silence]:
    """The most silences that began within a window of one another."""
    ordered = sorted(silences, key=lambda silence: (silence.began_at, silence.vessel_id))
    best: list[Silence] = []
    first = 0
    for last, silence in enumerate(ordered):
        while silence.began_at - ordered[first].began_at > window:
            first += 1
        if last + 1 - first > len(best):
            best = ordered[first : last + 1]
    return best


def read_silences(connection: Connection, now: datetime) -> list[Silence]:
    """Silences that last and that no incident explains yet."""
    event, boat = EventRow, IncidentBoat
    rows = (
        select(event.key, event.vessels[1], event.began_at, event.origin)
        .outerjoin(boat, boat.event_key == event.key)
        .where(event.superseded_at.is_(None), event.what != "withdrawn", event.ended_at.is_(None))
        .where(event.conduct == "silence", event.step == "late", func.cardinality(event.vessels) == 1)
        .where(boat.event_key.is_(None), event.began_at >= now - LOOK_BACK)
    )
    return [Silence(*row) for row in connection.execute(rows)]


def read_fleet(connection: Connection, cell_deg: float) -> dict[int, AtSea]:
    """Every boat whose monitoring device was heard, by vessel: where it last was, and whose device it carries."""
    rows = (
        select(Vessel.id, Live.t, Live.in_port, Transmitter.key, Vessel.home_port, Live.lon_e7, Live.lat_e7)
        .join(Transmitter, and_(Transmitter.id == Live.transmitter_id, Transmitter.kind == "vms"))
        .join(Vessel, and_(Vessel.id == Live.vessel_id, Vessel.leads))
        .order_by(Live.t)
    )
    fleet: dict[int, AtSea] = {}
    for vessel, last, in_port, key, port, lon, lat in connection.execute(rows):
        named = {"provider": key.split(":")[1], "port": port, "area": cell_of(lon / 1e7, lat / 1e7, cell_deg)}
        fleet[vessel] = AtSea(last, in_port, named)
    return fleet


def cell_of(lon: float, lat: float, cell_deg: float) -> str:
    """The name of the cell of so many degrees that a place is in: its south-west corner."""
    south, west = floor(lat / cell_deg) * cell_deg, floor(lon / cell_deg) * cell_deg
    return f"{south:g}–{south + cell_deg:g}°N {west:g}–{west + cell_deg:g}°E"


def open_incident(connection: Connection, outage: Outage, rule_ids: Sequence[int], now: datetime) -> int:
    """A row for an outage, and one for each boat in it; the incident's id."""
    values = {
        "kind": outage.kind, "subject": outage.subject, "title_vi": outage.title.vi, "title_en": outage.title.en,
        "began_at": outage.silences[0].began_at, "opened_at": now, "heard_of": outage.heard_of,
        "silent": len(outage.silences), "rule_ids": list(rule_ids),
        "origin": mark({silence.origin for silence in outage.silences}),
    }  # fmt: skip
    number = int(connection.execute(insert(Incident).values(**values).returning(Incident.id)).scalar_one())
    put_boats(connection, number, outage.silences, now)
    return number


def put_boats(connection: Connection, incident_id: int, silences: Iterable[Silence], now: datetime) -> None:
    """These silences are explained by an incident; its count is that of its list."""
    rows = [
        {"incident_id": incident_id, "event_key": s.key, "vessel_id": s.vessel_id, "silent_from": s.began_at,
         "joined_at": now}
        for s in silences
    ]  # fmt: skip
    if rows:
        connection.execute(upsert(IncidentBoat).on_conflict_do_nothing(), rows)
    mine = select(func.count()).select_from(IncidentBoat).where(IncidentBoat.incident_id == incident_id)
    silent = mine.scalar_subquery()
    values = {"silent": silent, "heard_of": func.greatest(Incident.heard_of, silent)}
    connection.execute(update(Incident).where(Incident.id == incident_id).values(**values))


def note_back(connection: Connection) -> None:
    """Boats of incidents that were heard again: their silence has an end, or never was."""
    event, boat = EventRow, IncidentBoat
    over = (event.superseded_at.is_(None), event.ended_at.is_not(None) | (event.what == "withdrawn"))
    back = func.coalesce(event.ended_at, event.found_at)
    known = update(boat).where(boat.event_key == event.key, boat.back_at.is_(None), *over)
    connection.execute(known.values(back_at=back))


def recovered_at(backs: Sequence[datetime | None], share: float) -> datetime | None:
    """When so large a share of the boats had been heard again; None while it has not."""
    known = sorted(back for back in backs if back is not None)
    needed = max(1, ceil(share * len(backs) - 1e-9))
    return known[needed - 1] if len(known) >= needed else None


def open_incidents(connection: Connection) -> Sequence[Any]:
    """Incidents that last."""
    return connection.execute(select(Incident).where(Incident.ended_at.is_(None)).order_by(Incident.id)).all()
