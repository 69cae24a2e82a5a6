"""Which transmitters a file puts on which boat; a device that moves closes its former link."""

from collections.abc import Sequence
from datetime import datetime

import psycopg

from ingest.tables.check import Checked
from layers.versions import bump
from layers.vessels.live import settle

_TRANSMITTER = """
INSERT INTO transmitter (key, kind) VALUES (%s, %s)
ON CONFLICT (key) DO UPDATE SET kind = excluded.kind RETURNING id
"""
_CLOSE = """
UPDATE transmitter_on_vessel SET valid_to = %(since)s
WHERE transmitter_id = %(device)s AND vessel_id <> %(vessel)s AND valid_to IS NULL
"""
_LINK = """
INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, source_id)
SELECT %(device)s, %(vessel)s, %(since)s, %(source)s
WHERE NOT EXISTS (SELECT 1 FROM transmitter_on_vessel
                  WHERE transmitter_id = %(device)s AND vessel_id = %(vessel)s AND valid_to IS NULL)
"""


def link_transmitters(
    connection: psycopg.Connection, source_id: int, rows: Sequence[tuple[int, Checked]], now: datetime
) -> None:
    """Link every transmitter the rows name to its boat, and give the live fixes already heard their boat."""
    devices = []
    for vessel, row in rows:
        for kind, key in row.links:
            found = connection.execute(_TRANSMITTER, (key, kind)).fetchone()
            assert found is not None
            named = {"device": found[0], "vessel": vessel, "since": row.t or now, "source": source_id}
            connection.execute(_CLOSE, named)
            connection.execute(_LINK, named)
            devices.append(found[0])
    if devices:
        version = bump(connection, "vessel")
        connection.execute("UPDATE live SET version = %s WHERE transmitter_id = ANY(%s)", (version, devices))
        settle(connection, version)
