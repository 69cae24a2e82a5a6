"""Which zones a boat is in: every zone that is known in one fence, and of those the ones in force on the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from sqlalchemy import Row, Select, func, select

from geo.fence import Fence
from layers.access.roles import Role
from layers.access.scope import scope
from layers.catalog.zone import LAYER, Zone
from layers.database import ReadConnection
from layers.sources.freshness import Origin
from layers.sources.models import Source

Rows = Sequence[Row[*tuple[Any, ...]]]


@dataclass(frozen=True)
class ZoneHere:
    """A zone that holds a place. Not `verified` means that nobody has held it against the paper that sets it."""

    code: str
    name: str
    kind: str
    verified: bool
    basis: str | None
    origin: Origin
    valid_from: date | None
    valid_to: date | None

    def is_in_force(self, day: date) -> bool:
        """Whether it holds on a day in Việt Nam; its first and its last day are days of it."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


class ZoneWatch:
    """The zones of one version of the layer, ready to be asked for every fix; made once per version."""

    def __init__(self, zones: Sequence[ZoneHere], outlines: Sequence[Any]) -> None:
        self.zones = tuple(zones)
        self._fence = Fence(outlines)

    def observe(self, lon: float, lat: float, day: date) -> list[ZoneHere]:
        """The zones in force on that day that hold a place (EPSG:4326); a place on a border is inside."""
        return [zone for n in self._fence.zones_at(lon, lat) if (zone := self.zones[n]).is_in_force(day)]


async def read_zones(connection: ReadConnection) -> Rows:
    """Every zone of today's rows, from the narrowest to the widest, as those may see it who see each boat."""
    return (await connection.execute(_statement())).all()


def watch_zones(rows: Rows) -> ZoneWatch:
    """A watch over zones as they were read: some tenths of a second of work."""
    return ZoneWatch([_zone(row) for row in rows], shapely.from_wkb([bytes(row.outline) for row in rows]))


def _zone(row: Row[*tuple[Any, ...]]) -> ZoneHere:
    return ZoneHere(**{name: getattr(row, name) for name in ZoneHere.__dataclass_fields__})


def _statement() -> Select[*tuple[Any, ...]]:
    allowed = scope(Role.OFFICER, LAYER)
    columns: list[Any] = [getattr(Zone, name) for name in allowed.columns]
    rows = select(*columns, Source.origin, func.ST_AsBinary(Zone.geom).label("outline"))
    rows = rows.join(Source, Source.id == Zone.source_id).order_by(func.ST_Area(Zone.geom), Zone.code)
    return rows.where(allowed.predicate) if allowed.predicate is not None else rows
