"""Which transmitters a file puts on which boat; a device that moves, or is no longer named, closes its former link."""

from collections.abc import Sequence
from datetime import datetime

import psycopg

from ingest.tables.check import Checked
from ingest.tables.stage import Delivered
from layers.versions import bump
from layers.vessels.identity import settle_boats
from layers.vessels.live import settle
from layers.vessels.turns import keep_turns_of

_TRANSMITTER = """
INSERT INTO transmitter (key, kind) VALUES (%s, %s)
ON CONFLICT (key) DO UPDATE SET kind = excluded.kind RETURNING id
"""
_CLOSE = """
UPDATE transmitter_on_vessel SET valid_to = greatest(valid_from, %(since)s)
WHERE transmitter_id = %(device)s AND vessel_id <> %(vessel)s AND valid_to IS NULL
RETURNING vessel_id
"""
# A device under another seal than before has been off the boat: its stay ends, and a new one begins.
_RESEAL = """
UPDATE transmitter_on_vessel SET valid_to = greatest(valid_from, %(since)s)
WHERE transmitter_id = %(device)s AND vessel_id = %(vessel)s AND valid_to IS NULL
    AND %(seal)s::text IS NOT NULL AND seal <> %(seal)s
"""
_LINK = """
INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, source_id, delivery_id, seal)
SELECT %(device)s, %(vessel)s, %(since)s, %(source)s, %(delivery)s, %(seal)s::text
WHERE NOT EXISTS (SELECT 1 FROM transmitter_on_vessel
                  WHERE transmitter_id = %(device)s AND vessel_id = %(vessel)s AND valid_to IS NULL
                    AND (%(seal)s::text IS NULL OR seal = %(seal)s))
ON CONFLICT (transmitter_id, vessel_id, valid_from)
DO UPDATE SET valid_to = NULL, seal = coalesce(excluded.seal, transmitter_on_vessel.seal)
"""
# A seal that was not known until now is that of the stay there is.
_SEAL = """
UPDATE transmitter_on_vessel SET seal = %(seal)s
WHERE transmitter_id = %(device)s AND vessel_id = %(vessel)s AND valid_to IS NULL AND seal IS NULL
    AND %(seal)s::text IS NOT NULL
"""
_DROP = """
UPDATE transmitter_on_vessel SET valid_to = greatest(valid_from, %(since)s)
WHERE vessel_id = %(vessel)s AND source_id = %(source)s AND valid_to IS NULL AND transmitter_id <> ALL(%(devices)s)
"""
# Every device that ever was on these boats: one that left must lose its boat, one that stays may now count.
_TOUCH = """
UPDATE live SET version = %(version)s WHERE transmitter_id IN
    (SELECT transmitter_id FROM transmitter_on_vessel WHERE vessel_id = ANY(%(boats)s))
"""
# A boat's history is told anew from the beginning: which device was whose may have changed at any time.
_SLIP = """
INSERT INTO track_touch (transmitters, first_hours, hours, counts)
SELECT array_agg(transmitter_id), array_agg(0), '{0}', '{0}'
FROM (SELECT DISTINCT transmitter_id FROM transmitter_on_vessel WHERE vessel_id = ANY(%(boats)s)) AS d
HAVING count(*) > 0
"""


def link_transmitters(
    connection: psycopg.Connection, delivered: Delivered, rows: Sequence[tuple[int, Checked]]
) -> None:
    """Link every transmitter the rows name to its boat, and give the live fixes already heard their boat.

    Of a boat that stands in several registers only the one believed first says what is on board; what the others say
    stays in their rows, and shows as a disagreement.
    """
    boats: set[int] = set()
    settle_boats(connection, [vessel for vessel, _ in rows])
    for vessel, row in _believed(connection, delivered.source_id, rows):
        named = {"vessel": vessel, "since": row.t or delivered.heard_at, "source": delivered.source_id}
        named["delivery"] = delivered.delivery_id
        seals = dict(row.seals)
        devices = [_transmitter(connection, kind, key) for kind, key in row.links]
        for device, (_, key) in zip(devices, row.links, strict=True):
            told = named | {"device": device, "seal": seals.get(key)}
            boats.update(former for (former,) in connection.execute(_CLOSE, told))
            for statement in (_SEAL, _RESEAL, _LINK):
                connection.execute(statement, told)
        connection.execute(_DROP, named | {"devices": devices})  # the newest row says all that is on board
        boats.add(vessel)
    version = bump(connection, "vessel")
    if connection.execute(_TOUCH, {"version": version, "boats": list(boats)}).rowcount:
        keep_turns_of(connection, boats)
        settle(connection, version)
        connection.execute(_SLIP, {"boats": list(boats)})


def _believed(
    connection: psycopg.Connection, source_id: int, rows: Sequence[tuple[int, Checked]]
) -> list[tuple[int, Checked]]:
    """The rows whose boat no other register stands for."""
    found = connection.execute(
        "SELECT id FROM vessel WHERE id = ANY(%s) AND leads AND source_id <> %s",
        ([vessel for vessel, _ in rows], source_id),
    )
    others = {vessel for (vessel,) in found}
    return [(vessel, row) for vessel, row in rows if vessel not in others]


def unlink_vessels(connection: psycopg.Connection, boats: Sequence[int], now: datetime) -> None:
    """Take every transmitter off these boats: they are no longer in the register."""
    connection.execute(
        "UPDATE transmitter_on_vessel SET valid_to = greatest(valid_from, %s)"
        " WHERE vessel_id = ANY(%s) AND valid_to IS NULL",
        (now, list(boats)),
    )
    version = bump(connection, "vessel")
    if connection.execute(_TOUCH, {"version": version, "boats": list(boats)}).rowcount:
        keep_turns_of(connection, boats)
        settle(connection, version)
        connection.execute(_SLIP, {"boats": list(boats)})


def _transmitter(connection: psycopg.Connection, kind: str, key: str) -> int:
    found = connection.execute(_TRANSMITTER, (key, kind)).fetchone()
    assert found is not None  # RETURNING always gives the row
    return int(found[0])
