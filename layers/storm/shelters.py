"""Where boats can go: room as reported and as counted, side by side, and who goes where without any overflow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from geo.measure import distance_m
from geo.text import fold
from geo.winds import Floats
from layers.catalog.fishing_port import FishingPort
from layers.database import ReadConnection
from layers.storm.fleet import Fleet
from layers.storm.models import ShelterState

Row = Any
NOWHERE = -1


@dataclass(frozen=True)
class Shelters:
    """m ports: as the register has them, the last report on each or None, boats counted there by map and by book."""

    ports: Sequence[Row]
    reports: Sequence[Row | None]
    lon: Floats
    lat: Floats
    live: NDArray[np.intp]
    booked: NDArray[np.intp]

    @property
    def free(self) -> NDArray[np.intp]:
        """Room to send boats to: capacity less the larger of what is reported and what is seen. Not known: none."""
        return np.array([self._room(n) or 0 for n in range(len(self.ports))], dtype=np.intp)

    def room(self) -> list[int | None]:
        """The same with None where no capacity was ever reported."""
        return [self._room(n) for n in range(len(self.ports))]

    def _room(self, n: int) -> int | None:
        report = self.reports[n]
        if report is None or report.capacity is None:
            return None
        return max(0, int(report.capacity) - max(report.occupied or 0, int(self.live[n])))


def ports_statement() -> Select[Any]:
    """Every port and shelter."""
    place = (func.ST_X(FishingPort.geom).label("lon"), func.ST_Y(FishingPort.geom).label("lat"))
    current = FishingPort.superseded_at.is_(None)
    return (
        select(FishingPort.code, FishingPort.name, FishingPort.radius_m, *place).where(current).order_by(FishingPort.id)
    )


def reports_statement(at: datetime) -> Select[Any]:
    """The last report on each port up to a moment."""
    return (
        select(ShelterState.__table__)
        .where(ShelterState.reported_at <= at)
        .ext(distinct_on(ShelterState.port_code))
        .order_by(ShelterState.port_code, ShelterState.reported_at.desc(), ShelterState.id.desc())
    )


async def read_shelters(connection: ReadConnection, fleet: Fleet, at: datetime) -> Shelters:
    """Ports with what was reported of them, and how many of the fleet lie there."""
    ports = (await connection.execute(ports_statement())).all()
    told = {row.port_code: row for row in (await connection.execute(reports_statement(at))).all()}
    lon, lat = (np.array([getattr(port, name) for port in ports], dtype=float) for name in ("lon", "lat"))
    radius = np.array([port.radius_m for port in ports], dtype=float)
    return Shelters(
        ports, [told.get(p.code) for p in ports], lon, lat, _lying(fleet, lon, lat, radius), _booked(fleet, ports)
    )


def _lying(fleet: Fleet, lon: Floats, lat: Floats, radius_m: Floats) -> NDArray[np.intp]:
    """Boats in each port by their positions: in the nearest of those that reach them."""
    which = np.flatnonzero(fleet.in_port)
    if not len(which) or not len(lon):
        return np.zeros(len(lon), dtype=np.intp)
    away = distance_m(fleet.lon[which, None], fleet.lat[which, None], lon[None, :], lat[None, :])
    away[away > radius_m[None, :]] = np.inf
    reached = np.isfinite(away).any(axis=1)
    return np.bincount(away[reached].argmin(axis=1), minlength=len(lon))


def _booked(fleet: Fleet, ports: Sequence[Row]) -> NDArray[np.intp]:
    """Boats whose last entry in the ports' book is an arrival there."""
    number = {fold(port.name): n for n, port in enumerate(ports)}
    came = (fold(entry.station) for entry in fleet.port if entry is not None and entry.direction == "in")
    return np.bincount([number[name] for name in came if name in number], minlength=len(ports))


def assign(eta_s: Floats, free: NDArray[np.intp], order: NDArray[np.intp]) -> NDArray[np.intp]:
    """A shelter for each boat, the most urgent first; `NOWHERE` for boats not in `order` and where all is full.

    `eta_s` (n, m) is in seconds; `free` (m,) is never exceeded. A boat takes the nearest shelter with room.
    """
    left, given = free.copy(), np.full(len(eta_s), NOWHERE, dtype=np.intp)
    for boat in order:
        ways = np.where(left > 0, eta_s[boat], np.inf)
        best = int(ways.argmin()) if len(ways) else NOWHERE
        if best != NOWHERE and np.isfinite(ways[best]):
            given[boat] = best
            left[best] -= 1
    return given


def urgency(eta_s: Floats, limit_s: Floats, wanted: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The order in which boats are given places: those that can still make it, least to spare first, then others."""
    which = np.flatnonzero(wanted)
    nearest = eta_s[which].min(axis=1, initial=np.inf)
    spare = np.nan_to_num(limit_s[which] - nearest, nan=np.inf)
    return which[np.lexsort((spare, spare < 0))]
