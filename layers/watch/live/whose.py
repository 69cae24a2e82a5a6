"""Whose events are: the boat and the devices behind a detector's numbers, with length and origin, as known now."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from geo.clock import from_unix_ms
from layers.sources.freshness import mark
from layers.sources.models import Source
from layers.vessels.models import Live, Transmitter, TransmitterOnVessel
from layers.vessels.registry import Vessel
from layers.watch.detect.events import Event
from layers.watch.live.watches import BY_DEVICE


@dataclass(frozen=True)
class Subject:
    """Of an event: our vessels, the devices, the length that chose its law, and its least real origin."""

    vessels: list[int]
    transmitters: list[int]
    length_m: float | None
    origin: str


@dataclass
class Whose:
    """Links, lengths and origins of the boats and devices that some events name."""

    links: list[Any]
    lengths: dict[int, float]
    origins: dict[int, str]
    kinds: dict[int, str] = field(default_factory=dict)

    def of(self, event: Event) -> Subject:
        """Who is behind one event."""
        at = from_unix_ms(event.start_ms)
        if event.conduct in BY_DEVICE:
            devices = list(event.boats)
            vessels = [boat for device in devices if (boat := self._boat_of(device, at)) is not None]
        else:
            vessels = [boat // 2 for boat in event.boats if boat % 2 == 0]
            devices = [boat // 2 for boat in event.boats if boat % 2]
            devices += [device for boat in vessels for device in self._devices_of(boat, at, event.conduct)]
        lengths = [self.lengths[boat] for boat in vessels if boat in self.lengths]
        origin = mark({self.origins[device] for device in devices if device in self.origins})
        return Subject(sorted(set(vessels)), sorted(set(devices)), min(lengths, default=None), origin)

    def are_together(self, event: Event) -> bool:
        """Whether both devices of a pair sat on one boat when it began."""
        boats = [self._boat_of(device, from_unix_ms(event.start_ms)) for device in event.boats]
        return None not in boats and len(set(boats)) == 1

    def _boat_of(self, device: int, at: datetime) -> int | None:
        mine = [link for link in self.links if link.transmitter_id == device and _holds(link, at)]
        return max(mine, key=lambda link: link.valid_from).vessel_id if mine else None

    def _devices_of(self, boat: int, at: datetime, conduct: str) -> list[int]:
        """What sat on the boat then; of a silence the monitoring devices only."""
        mine = [link.transmitter_id for link in self.links if link.vessel_id == boat and _holds(link, at)]
        return [device for device in mine if conduct != "silence" or self.kinds.get(device) == "vms"] or mine


def _holds(link: Any, at: datetime) -> bool:
    return bool(link.valid_from <= at and (link.valid_to is None or at < link.valid_to))


def _pairs(rows: Iterable[Any]) -> dict[int, Any]:
    return {number: value for number, value in rows}


def read_whose(connection: Connection, events: Iterable[Event]) -> Whose:
    """What `Whose.of` needs for these events."""
    vessels: set[int] = set()
    devices: set[int] = set()
    for event in events:
        if event.conduct in BY_DEVICE:
            devices.update(event.boats)
        else:
            vessels.update(boat // 2 for boat in event.boats if boat % 2 == 0)
            devices.update(boat // 2 for boat in event.boats if boat % 2)
    link = TransmitterOnVessel
    known = link.transmitter_id.in_(devices) | link.vessel_id.in_(vessels)
    links = list(connection.execute(select(link).where(known)).all())
    vessels |= {row.vessel_id for row in links}
    devices |= {row.transmitter_id for row in links}
    lengths = select(Vessel.id, Vessel.length_m).where(Vessel.id.in_(vessels), Vessel.leads)
    origins = select(Live.transmitter_id, Source.origin).join(Source, Source.id == Live.source_id)
    kinds = select(Transmitter.id, Transmitter.kind).where(Transmitter.id.in_(devices))
    return Whose(
        links,
        _pairs(connection.execute(lengths)),
        _pairs(connection.execute(origins.where(Live.transmitter_id.in_(devices)))),
        _pairs(connection.execute(kinds)),
    )
