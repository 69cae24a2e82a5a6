"""What the live table knows beyond the fix itself: in port or not, whose boat, and which device counts."""

import psycopg

_IN_PORT = """
UPDATE live AS l SET in_port = EXISTS (
    SELECT 1 FROM fishing_port AS p
    WHERE p.superseded_at IS NULL AND ST_DWithin(p.geom::geography, l.geom::geography, p.radius_m)
) AND coalesce(l.sog_dkn, 0) < 10
WHERE l.version = %(version)s
"""

_WHOSE = """
UPDATE live AS l SET vessel_id = x.vessel_id
FROM transmitter_on_vessel AS x
WHERE l.version = %(version)s AND x.transmitter_id = l.transmitter_id
  AND x.valid_from <= l.t AND (x.valid_to IS NULL OR l.t < x.valid_to)
  AND l.vessel_id IS DISTINCT FROM x.vessel_id
"""

_COUNTED = """
WITH touched AS (
    SELECT DISTINCT vessel_id FROM live WHERE version = %(version)s AND vessel_id IS NOT NULL
), ranked AS (
    SELECT transmitter_id, row_number() OVER (PARTITION BY vessel_id ORDER BY t DESC, transmitter_id) = 1
           AS first
    FROM live JOIN touched USING (vessel_id)
)
UPDATE live AS l SET counted = r.first, version = %(version)s
FROM ranked AS r WHERE r.transmitter_id = l.transmitter_id AND l.counted IS DISTINCT FROM r.first
"""


def settle(connection: psycopg.Connection, version: int) -> None:
    """Complete the live rows written at `version`; call it after the upsert, in the same transaction.

    A boat with two devices is counted once: the device heard last speaks for it.
    """
    for statement in (_IN_PORT, _WHOSE, _COUNTED):
        connection.execute(statement, {"version": version})
