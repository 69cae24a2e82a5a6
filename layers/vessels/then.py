"""Each boat as it stood at a moment: the same columns as `VesselNow`, from the history.

A boat stands where the newest position with device time up to that moment puts it, as we know it today: late satellite
batches and corrected devices are in. Names are today's register. A boat nobody had heard by then is there and unknown.
"""

from datetime import datetime

from sqlalchemy import ARRAY, DateTime, Integer, Interval, bindparam, text
from sqlalchemy.orm import aliased

from geo.clock import FUTURE_ALLOWANCE
from geo.errors import BadInput
from layers.vessels.history import LINKS, LOOKBACK
from layers.vessels.registry import VesselNow
from layers.vessels.stations import NO_BOATS

BARRED = f"ARRAY[{', '.join(map(repr, NO_BOATS))}]"
# A device silent since then is told by its live row alone; the others by their index, newest first.
_SQL = f"""
WITH fix AS MATERIALIZED (
    SELECT l.transmitter_id, l.t, l.heard_at, l.stored_at, l.lon_e7, l.lat_e7, l.sog_dkn, l.cog_ddeg, l.source_id,
           l.version, l.in_port
    FROM live AS l WHERE l.t <= :now AND (:known IS NULL OR l.stored_at <= :known)
      AND (:devices IS NULL OR l.transmitter_id = ANY(:devices))
    UNION ALL
    SELECT l.transmitter_id, p.t, p.heard_at, p.stored_at, p.lon_e7, p.lat_e7, p.sog_dkn, p.cog_ddeg, p.source_id,
           l.version, NULL
    FROM live AS l CROSS JOIN LATERAL (
        SELECT * FROM position AS q WHERE q.transmitter_id = l.transmitter_id AND q.t <= :now
          AND q.t >= :now - :lookback AND q.lon_e7 IS NOT NULL AND q.lat_e7 IS NOT NULL AND q.flags & 513 = 0
          AND (:known IS NULL OR q.stored_at <= :known)
        ORDER BY q.t DESC LIMIT 1) AS p
    WHERE (l.t > :now OR l.stored_at > :known) AND (:devices IS NULL OR l.transmitter_id = ANY(:devices))
), link AS ({LINKS}), owned AS (
    SELECT f.*, link.vessel_id, row_number() OVER (
        PARTITION BY link.vessel_id, CASE WHEN link.vessel_id IS NULL THEN f.transmitter_id END
        ORDER BY k.kind = 'vms' AND turn.transmitter_id IS NOT NULL AND turn.transmitter_id <> k.id,
                 f.t DESC, f.transmitter_id) AS place
    FROM fix AS f JOIN transmitter AS k ON k.id = f.transmitter_id
    LEFT JOIN link ON link.transmitter_id = f.transmitter_id AND link.valid_from <= f.t
        AND (link.valid_to IS NULL OR f.t < link.valid_to)
    LEFT JOIN device_turn AS turn ON turn.vessel_id = link.vessel_id AND turn.since <= :now
        AND (turn.until IS NULL OR :now < turn.until)
), counted AS MATERIALIZED (
    SELECT o.*, ST_SetSRID(ST_MakePoint(o.lon_e7 / 1e7, o.lat_e7 / 1e7), 4326) AS geom FROM owned AS o WHERE place = 1
)
SELECT CASE WHEN v.id IS NULL THEN 't' || d.id ELSE 'v' || v.id END AS id,
       v.id AS vessel_id, d.id AS transmitter_id, v.code AS reg_no,
       coalesce(v.code, d.name, replace(d.key, 'mmsi:', 'MMSI ')) AS label,
       coalesce(v.name, d.name) AS name,
       coalesce(v.search, d.name_folded, '') || ' ' || d.key AS search,
       coalesce(v.digits, regexp_replace(d.key, '\\D', '', 'g')) AS digits,
       v.length_m, v.gear, v.home_port, v.cell_id, d.kind,
       c.t, c.heard_at, c.stored_at, c.lon_e7, c.lat_e7, c.sog_dkn, c.cog_ddeg,
       coalesce(c.in_port, coalesce(c.sog_dkn, 0) < 10 AND EXISTS (
           SELECT FROM fishing_port AS p WHERE p.superseded_at IS NULL AND ST_DWithin(p.geom, c.geom, p.radius_m / 5e4)
             AND ST_DWithin(p.geom::geography, c.geom::geography, p.radius_m))) AS in_port,
       c.source_id, c.version, c.geom
FROM counted AS c
JOIN transmitter AS d ON d.id = c.transmitter_id AND (c.vessel_id IS NOT NULL OR NOT d.station = ANY({BARRED}))
LEFT JOIN vessel AS v ON v.id = c.vessel_id AND v.leads
UNION ALL
SELECT 'v' || v.id, v.id, NULL, v.code, v.code, v.name, v.search, v.digits, v.length_m, v.gear, v.home_port,
       v.cell_id, 'none', NULL, NULL, NULL, NULL, NULL, NULL, NULL, false, v.source_id, 0, NULL
FROM vessel AS v
WHERE v.leads AND NOT EXISTS (SELECT FROM counted AS c WHERE c.vessel_id = v.id)
"""  # noqa: S608 - our own words only

_COLUMNS = [column._copy() for column in VesselNow.__table__.columns]
_TOLD = (
    text(_SQL)
    .bindparams(
        bindparam("now", type_=DateTime(timezone=True)),
        bindparam("lookback", LOOKBACK, type_=Interval()),
        bindparam("known", None, type_=DateTime(timezone=True)),
        bindparam("devices", None, type_=ARRAY(Integer)),
    )
    .columns(*_COLUMNS)
    .subquery("vessel_then")
)
VesselThen = aliased(VesselNow, _TOLD, adapt_on_names=True)
"""Reads as VesselNow does; statements built on it take the moment as `now`.

For one boat, `devices` (every one that ever was on it) spares looking at the others. With `known` only positions stored
by that moment count: as it was known then.
"""


def check_moment(at: datetime, now: datetime) -> datetime:
    """The moment, not beyond now; BadInput when it has not come yet."""
    if at > now + FUTURE_ALLOWANCE:
        raise BadInput(f"at={at.isoformat()}: this has not come yet; use a moment before now", field="at")
    return min(at, now)
