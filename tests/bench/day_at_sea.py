"""A day of five thousand boats straight in the database: who they are, where they went, the newest fix of each."""

from datetime import UTC, datetime, timedelta

import psycopg
from ground import now

from geo.clock import unix_ms
from ingest.partitions import day_of, make_partitions

BOATS = 5_000
DENSE_S, SPARSE_S = 300, 7_200

_DEVICES = """
INSERT INTO transmitter (key, kind)
SELECT CASE WHEN n %% 2 = 0 THEN 'vms:A:' || lpad(n::text, 5, '0') ELSE 'mmsi:999' || lpad(n::text, 6, '0') END,
       CASE WHEN n %% 2 = 0 THEN 'vms' ELSE 'ais' END
FROM generate_series(1, %(boats)s) AS n
"""
_BOATS = """
INSERT INTO vessel (id, code, content_hash, source_id, delivery_id, t, heard_at, name, length_m, gear, home_port)
SELECT id, 'QNg-MP ' || lpad(id::text, 5, '0'), id, 1, 1, now(), now(), 'Bình Minh ' || id, 17, 'câu', 'Sa Kỳ'
FROM transmitter
"""
_LINKS = """
INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, source_id)
SELECT id, id, %(since)s - interval '1 year', 1 FROM transmitter
"""
# Seven knots, give or take, on a course that swings; a fix is off by ten metres; one report in thirty is lost.
# Stored in the order of time, as they would have come.
_POSITIONS = """
INSERT INTO position (transmitter_id, t, source_id, payload_hash, heard_at, lon_e7, lat_e7, sog_dkn, cog_ddeg,
                      delivery_id, raw)
SELECT d.id, t.at, s.id, d.id, t.at,
       ((106 + d.id %% 11 + 0.00002 * e + 0.04 * sin(e / 4000 + d.id) + 0.0002 * (random() - 0.5)) * 1e7)::int4,
       ((10 + d.id %% 9 + 0.00001 * e + 0.04 * cos(e / 5000 + d.id) + 0.0002 * (random() - 0.5)) * 1e7)::int4,
       (60 + 20 * random())::int2, ((e / 10 + d.id * 7)::int4 %% 3600)::int2, 1, '\\x00'
FROM transmitter AS d
CROSS JOIN generate_series(0, 86399, %(step)s) AS g
CROSS JOIN LATERAL (SELECT g + d.id %% %(step)s AS e) AS at_e
CROSS JOIN LATERAL (SELECT %(since)s + e * interval '1 s' AS at) AS t
CROSS JOIN (SELECT id FROM source WHERE code = 'sea') AS s
WHERE t.at < %(until)s AND random() > 1 / 30.0 ORDER BY t.at
"""
_LIVE = """
INSERT INTO live (transmitter_id, t, heard_at, stored_at, source_id, lon_e7, lat_e7, sog_dkn, cog_ddeg, vessel_id,
                  version, geom)
SELECT DISTINCT ON (transmitter_id) transmitter_id, t, heard_at, stored_at, source_id, lon_e7, lat_e7, sog_dkn,
       cog_ddeg, transmitter_id, 1, ST_SetSRID(ST_MakePoint(lon_e7 / 1e7, lat_e7 / 1e7), 4326)
FROM position ORDER BY transmitter_id, t DESC
"""


def yesterday() -> datetime:
    """The whole UTC day before today."""
    return now().replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC) - timedelta(days=1)


def put_to_sea(connection: psycopg.Connection, every_s: int) -> int:
    """A report every so many seconds of each boat, all of yesterday; how many positions that is."""
    place = {"boats": BOATS, "since": yesterday(), "until": yesterday() + timedelta(days=1), "step": every_s}
    with connection.transaction():
        make_partitions(connection, [day_of(unix_ms(yesterday()))])
        connection.execute(
            "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('sea', 'biển', 'sea', 'simulated')"
        )
        for statement in (_DEVICES, _BOATS, _LINKS, _POSITIONS, _LIVE):
            connection.execute(statement, place)
    connection.execute("VACUUM ANALYZE")
    found = connection.execute("SELECT count(*) FROM position").fetchone()
    assert found is not None
    return int(found[0])
