"""Who came into a zone and who left it: two reports of one boat on different sides of its border.

Only positions speak here. What happened between two reports far apart nobody knows: the passage says both moments.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy import TextClause, text

from geo.clock import from_unix_ms, unix_ms
from geo.segments import firsts
from layers.vessels.history import Heard, vessel_of


@dataclass(frozen=True)
class Passage:
    """A boat (`v12`) that came `in` or went `out`: the first report on the other side, and the one before."""

    vessel: str
    way: str
    t: datetime
    before_t: datetime
    lon: float
    lat: float
    source_id: int


# Devices heard within the box around a zone, and those whose last word put them there.
_NEAR = text("""
SELECT DISTINCT p.transmitter_id FROM position AS p
WHERE p.t >= :since AND p.t < :until AND p.lon_e7 BETWEEN :west AND :east AND p.lat_e7 BETWEEN :south AND :north
UNION
SELECT l.transmitter_id FROM live AS l
WHERE l.lon_e7 BETWEEN :west AND :east AND l.lat_e7 BETWEEN :south AND :north
UNION
SELECT b.transmitter_id FROM live AS l CROSS JOIN LATERAL (
    SELECT p.transmitter_id, p.lon_e7, p.lat_e7 FROM position AS p
    WHERE p.transmitter_id = l.transmitter_id AND p.t < :since AND p.t >= :since - interval '2 days'
      AND p.lon_e7 IS NOT NULL ORDER BY p.t DESC LIMIT 1) AS b
WHERE l.t >= :since AND b.lon_e7 BETWEEN :west AND :east AND b.lat_e7 BETWEEN :south AND :north
""")
_WHOLE_BOATS = text("""
SELECT DISTINCT o.transmitter_id FROM transmitter_on_vessel AS x
JOIN transmitter_on_vessel AS o ON o.vessel_id = x.vessel_id WHERE x.transmitter_id = ANY(:near)
UNION SELECT unnest(cast(:near AS int4[]))
""")


def near_statement(outline: Any, since: datetime, until: datetime) -> tuple[TextClause, dict[str, Any]]:
    """The devices that can have passed the border of an outline (EPSG:4326) in [since, until)."""
    west, south, east, north = (round(float(edge) * 1e7) for edge in shapely.bounds(outline))
    box = {"west": west, "south": south, "east": east, "north": north}
    return _NEAR, {"since": since, "until": until, **box}


def boats_statement(near: Iterable[int]) -> tuple[TextClause, dict[str, Any]]:
    """All devices of the boats those sat on: of two devices on one boat the one that counts speaks."""
    return _WHOLE_BOATS, {"near": sorted(near)}


def find_passages(heard: Heard, outline: Any, since: datetime, until: datetime) -> list[Passage]:
    """The passages whose later report lies in [since, until), oldest first; the border belongs to the zone."""
    p = heard.points
    inside = shapely.intersects_xy(outline, p.lon, p.lat) if len(p) else np.zeros(0, np.bool_)
    turned = np.zeros(len(p), np.bool_)
    turned[1:] = (inside[1:] != inside[:-1]) & ~firsts(p.boat)[1:]
    turned &= (p.t_ms >= unix_ms(since)) & (p.t_ms < unix_ms(until))
    found = [_passage(heard, int(i), bool(inside[i])) for i in np.flatnonzero(turned)]
    return sorted(found, key=lambda each: (each.t, each.vessel))


def _passage(heard: Heard, i: int, is_in: bool) -> Passage:
    p = heard.points
    return Passage(
        vessel=vessel_of(int(p.boat[i])),
        way="in" if is_in else "out",
        t=from_unix_ms(int(p.t_ms[i])),
        before_t=from_unix_ms(int(p.t_ms[i - 1])),
        lon=float(p.lon[i]),
        lat=float(p.lat[i]),
        source_id=int(heard.source_id[i]),
    )
