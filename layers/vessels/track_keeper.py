"""Keeps the drawn tracks of the last day: takes the slips that writers left, makes the touched pieces anew.

Run it beside the writing, never within it. Doing a slip twice changes nothing, so whatever order batches come in (late
satellite batches, devices that change boats) the pieces end up as if everything had come at once.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import psycopg
import shapely

from geo import crs
from geo.clock import from_unix_ms
from layers.database import transaction
from layers.versions import bump, notify
from layers.vessels.history import HEARD, asked, unpack, vessel_of
from layers.vessels.pieces import HOUR_MS, Limits, Pieces, make_pieces
from layers.vessels.sharing import judge_sharing
from layers.vessels.stations import NO_BOATS

LAYER = "vessel_track"
KEPT = timedelta(hours=24)
MOST_SLIPS = 500
DEVICES_AT_ONCE = 2_000
_LOCK = 7_105_202

_TAKE = """
DELETE FROM track_touch WHERE id IN (SELECT id FROM track_touch ORDER BY id LIMIT %s)
RETURNING transmitters, first_hours, hours, counts
"""
_HOURS = """
INSERT INTO track_hour AS h (hour, version, points)
SELECT hour, %(version)s, points FROM unnest(%(hours)s::int4[], %(counts)s::int8[]) AS n (hour, points)
ON CONFLICT (hour) DO UPDATE SET version = excluded.version, points = h.points + excluded.points
"""
# A device not heard in these hours has nothing drawn in them, and never had.
_HEARD = """
SELECT transmitter_id FROM live AS l JOIN transmitter AS d ON d.id = l.transmitter_id
WHERE transmitter_id = ANY(%s) AND t >= %s AND (vessel_id IS NOT NULL OR NOT station = ANY(%s))
"""
_BOATS = """
SELECT DISTINCT 2 * vessel_id FROM transmitter_on_vessel WHERE transmitter_id = ANY(%(devices)s)
UNION SELECT 2 * id + 1 FROM unnest(%(devices)s::int4[]) AS id
"""
_DEVICES = """
SELECT transmitter_id FROM transmitter_on_vessel
WHERE vessel_id IN (SELECT boat / 2 FROM unnest(%(boats)s::int4[]) AS boat WHERE boat %% 2 = 0)
UNION SELECT boat / 2 FROM unnest(%(boats)s::int4[]) AS boat WHERE boat %% 2 = 1
"""
_CLEAR = "DELETE FROM vessel_track WHERE boat = ANY(%(boats)s) AND hour >= %(hour)s"
_PRUNE = "DELETE FROM vessel_track WHERE hour < %s"
_COPY = """
COPY vessel_track (boat, vessel, hour, kind, t_from, t_to, duration_s, points, source_id, geom) FROM STDIN
"""
_LIMITS = """
SELECT max(threshold_s) FILTER (WHERE step = 'gap_vms'), max(threshold_s) FILTER (WHERE step = 'gap_ais')
FROM rule WHERE conduct = 'track' AND superseded_at IS NULL AND valid_from <= %(now)s
  AND (valid_to IS NULL OR valid_to > %(now)s)
"""


class Touched(NamedTuple):
    """What some slips say together: each device's first touched hour, and positions by hour."""

    first_hours: dict[int, int]
    counts: dict[int, int]


def keep_tracks(connection: psycopg.Connection, now: datetime) -> bool:
    """Take the slips that wait, at most `MOST_SLIPS`, and bring the pieces of the last day up to date.

    True when there may be more to do. False when nothing waited, or another process is at it. Needs autocommit.
    """
    with transaction(connection):
        if not _alone(connection):
            return False
        slips = connection.execute(_TAKE, (MOST_SLIPS,)).fetchall()
        oldest = _hour_of(now - KEPT)
        pruned = connection.execute(_PRUNE, (oldest,)).rowcount
        if not slips and not pruned:
            return False
        touched = _together(slips)
        version = bump(connection, LAYER)
        hours = {"hours": list(touched.counts), "counts": list(touched.counts.values()), "version": version}
        connection.execute(_HOURS, hours)
        for hour, devices in _by_hour(touched.first_hours, oldest, _hour_of(now)):
            _remake(connection, devices, hour, now)
        judge_sharing(connection, list(touched.first_hours), list(touched.counts))
        notify(connection, {"layer": LAYER, "version": version})
    return len(slips) == MOST_SLIPS


def keep_all_tracks(connection: psycopg.Connection, now: datetime) -> None:
    """Until no slip waits: for the end of a load."""
    while keep_tracks(connection, now):
        pass


def _alone(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,)).fetchone()
    return row is not None and bool(row[0])


def _together(slips: Sequence[tuple[list[int], ...]]) -> Touched:
    first: dict[int, int] = {}
    counts: dict[int, int] = {}
    for devices, first_hours, hours, numbers in slips:
        for device, hour in zip(devices, first_hours, strict=True):
            first[device] = min(hour, first.get(device, hour))
        for hour, number in zip(hours, numbers, strict=True):
            counts[hour] = counts.get(hour, 0) + number
    return Touched(first, counts)


def _by_hour(first_hours: dict[int, int], oldest: int, current: int) -> Iterator[tuple[int, list[int]]]:
    """Devices with the hour to begin at. Those that only spoke lately are not redone for the sake of a late one.

    What was touched before the last day still needs its oldest kept hour: that hour begins where the past ended.
    """
    recent = [device for device, hour in first_hours.items() if hour >= current - 1]
    late = {device: max(hour, oldest) for device, hour in first_hours.items() if hour < current - 1}
    for devices in _parts(recent):
        yield current - 1, devices
    for devices in _parts(sorted(late, key=lambda device: late[device])):
        yield late[devices[0]], devices


def _parts(devices: list[int]) -> Iterator[list[int]]:
    return (devices[at : at + DEVICES_AT_ONCE] for at in range(0, len(devices), DEVICES_AT_ONCE))


def _remake(connection: psycopg.Connection, devices: list[int], hour: int, now: datetime) -> None:
    """Every piece of the boats that these devices ever were on, from an hour on."""
    since, until = from_unix_ms(hour * HOUR_MS), now + timedelta(hours=1)
    devices = [row[0] for row in connection.execute(_HEARD, (devices, since, list(NO_BOATS)))]
    if not devices:
        return
    boats = [row[0] for row in connection.execute(_BOATS, {"devices": devices})]
    theirs = [row[0] for row in connection.execute(_DEVICES, {"boats": boats})]
    found = connection.execute(HEARD, asked(since, until, devices=theirs), binary=True).fetchone()
    heard = unpack(found[0] if found else None, since, until)
    heard = heard.only(np.isin(heard.points.boat, boats))
    connection.execute(_CLEAR, {"boats": boats, "hour": hour})
    if len(heard):
        _store(connection, make_pieces(heard, _limits(connection, now)))


def _limits(connection: psycopg.Connection, now: datetime) -> Limits:
    row = connection.execute(_LIMITS, {"now": now}).fetchone()
    assert row is not None  # an aggregate always gives a row
    return Limits(*row)


def _store(connection: psycopg.Connection, pieces: Pieces) -> None:
    shapes = shapely.to_wkb(shapely.set_srid(pieces.lines, crs.STORED), hex=True, include_srid=True)
    seconds = (pieces.t_to_ms - pieces.t_from_ms) // 1000
    columns = (pieces.boat, pieces.hour, pieces.gap, pieces.t_from_ms, pieces.t_to_ms, seconds, pieces.points)
    rows = zip(*(column.tolist() for column in columns), pieces.source_id.tolist(), shapes, strict=True)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for boat, hour, gap, since, until, duration_s, points, source, shape in rows:
            kind = "gap" if gap else "piece"
            times = (from_unix_ms(since), from_unix_ms(until))
            copy.write_row((boat, vessel_of(boat), hour, kind, *times, duration_s, points, source, shape))


def _hour_of(moment: datetime) -> int:
    return int(moment.timestamp()) // 3600
