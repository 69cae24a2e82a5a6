"""What the live table knows beyond the fix itself: in port or not, whose boat, and which device counts."""

import psycopg

from layers.vessels.stations import NO_BOATS

_IN_PORT = """
UPDATE live AS l SET in_port = n.in_port
FROM (SELECT transmitter_id, coalesce(sog_dkn, 0) < 10 AND EXISTS (
          SELECT 1 FROM fishing_port AS p
          WHERE p.superseded_at IS NULL AND ST_DWithin(p.geom::geography, live.geom::geography, p.radius_m)
      ) AS in_port FROM live WHERE version = %(version)s) AS n
WHERE n.transmitter_id = l.transmitter_id AND l.in_port <> n.in_port
"""

# A device whose link was closed speaks for nobody: it loses its boat and counts as itself.
_WHOSE = """
UPDATE live AS l SET vessel_id = n.vessel_id, counted = true
FROM (SELECT transmitter_id, (
          SELECT x.vessel_id FROM transmitter_on_vessel AS x
          WHERE x.transmitter_id = live.transmitter_id AND x.valid_from <= live.t
            AND (x.valid_to IS NULL OR live.t < x.valid_to)
          ORDER BY x.valid_from DESC LIMIT 1
      ) AS vessel_id FROM live WHERE version = %(version)s) AS n
WHERE n.transmitter_id = l.transmitter_id AND l.vessel_id IS DISTINCT FROM n.vessel_id
"""

_COUNTED = """
WITH touched AS (
    SELECT DISTINCT vessel_id FROM live WHERE version = %(version)s AND vessel_id IS NOT NULL
), ranked AS (
    SELECT live.transmitter_id, row_number() OVER (
        PARTITION BY live.vessel_id
        ORDER BY d.kind = 'vms' AND turn.transmitter_id IS NOT NULL AND turn.transmitter_id <> d.id,
                 live.t DESC, live.transmitter_id) = 1 AS first
    FROM live JOIN touched USING (vessel_id) JOIN transmitter AS d ON d.id = live.transmitter_id
    LEFT JOIN device_turn AS turn ON turn.vessel_id = live.vessel_id AND turn.until IS NULL
)
UPDATE live AS l SET counted = r.first, version = %(version)s
FROM ranked AS r WHERE r.transmitter_id = l.transmitter_id AND l.counted IS DISTINCT FROM r.first
"""

# A net marker is no boat, however it transmits; one that turns out to be none, or a boat after all, changes sides.
_AFLOAT = """
UPDATE live AS l SET counted = NOT l.counted FROM transmitter AS d
WHERE d.id = l.transmitter_id AND l.version = %(version)s AND l.vessel_id IS NULL
  AND l.counted = (d.station = ANY(%(no_boats)s))
"""


def settle(connection: psycopg.Connection, version: int) -> None:
    """Complete the live rows written at `version`; call it after the upsert, in the same transaction.

    A boat is counted once: of its monitoring devices the one whose turn it is (`layers.vessels.turns`), or its AIS
    where that was heard later, speaks for it.
    """
    for statement in (_IN_PORT, _WHOSE, _COUNTED, _AFLOAT):
        connection.execute(statement, {"version": version, "no_boats": list(NO_BOATS)})
