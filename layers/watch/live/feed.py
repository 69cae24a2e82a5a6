"""Positions on their way into the watch: each with its device, its boat at that time, and the boat's length.

A position belongs to the boat its transmitter sat on at the position's own time; of several monitoring devices on one
boat only the one whose turn it was speaks (`layers.vessels.history` says the same of drawn tracks).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import psycopg

from geo.clock import unix_ms
from layers.vessels.history import LINKS, LOOKBACK
from layers.vessels.stations import NO_BOATS

UNTIMED_OR_TYPED, JUMP, AHEAD, DISTRESS = 513, 8, 16, 128
"""`position.flags` (`ingest.outcome.Flag`): not heard from the device then; doubtful place, doubtful time; a call."""

_ROW = np.dtype(
    [("device", ">i4"), ("boat", ">i4"), ("t", ">i8"), ("lon", ">i4"), ("lat", ">i4"), ("sog", ">i2"), ("cog", ">i2"),
     ("flags", ">i2"), ("vms", "?"), ("length_m", ">f4")]
)  # fmt: skip
HEARD = np.dtype(
    [("device", "i8"), ("boat", "i8"), ("t_ms", "i8"), ("lon", "f8"), ("lat", "f8"), ("sog_kn", "f8"),
     ("cog_deg", "f8"), ("flags", "i8"), ("vms", "?"), ("length_m", "f8")]
)  # fmt: skip
"""`boat` is a handle; NaN is "not said", of the length too."""
_EPOCH_2000_MS = 946_684_800_000

Heard = Any
"""A structured array of `HEARD`."""

_GOOD = """p.lon_e7 IS NOT NULL AND p.lat_e7 IS NOT NULL AND p.flags & 16 = 0 AND p.t <= %(latest)s
  AND (p.flags & 513 = 0 OR p.flags & 128 = 128) AND NOT EXISTS (
    SELECT FROM echo AS e WHERE e.transmitter_id = p.transmitter_id AND e.t = p.t AND e.source_id = p.source_id
    AND e.payload_hash = p.payload_hash)"""
_COLUMNS = "p.transmitter_id, p.t, p.lon_e7, p.lat_e7, p.sog_dkn, p.cog_ddeg, p.flags"
_PACKED = """
SELECT string_agg(
    int4send(fix.transmitter_id) || int4send(coalesce(2 * link.vessel_id, 2 * fix.transmitter_id + 1))
    || timestamptz_send(fix.t) || int4send(lon_e7) || int4send(lat_e7) || int2send(coalesce(sog_dkn, -1::int2))
    || int2send(coalesce(cog_ddeg, -1::int2)) || int2send(flags) || boolsend(device.kind = 'vms')
    || float4send(coalesce(boat.length_m, 'NaN')::float4), ''::bytea)
FROM fix JOIN transmitter AS device ON device.id = fix.transmitter_id
    AND (NOT device.station = ANY(%(no_boats)s) OR fix.flags & 128 = 128)
LEFT JOIN link ON link.transmitter_id = fix.transmitter_id AND link.valid_from <= fix.t
    AND (link.valid_to IS NULL OR fix.t < link.valid_to)
LEFT JOIN device_turn AS turn ON turn.vessel_id = link.vessel_id AND turn.since <= fix.t
    AND (turn.until IS NULL OR fix.t < turn.until)
LEFT JOIN vessel AS boat ON boat.id = link.vessel_id AND boat.leads
WHERE turn.transmitter_id IS NULL OR turn.transmitter_id = device.id OR device.kind <> 'vms' OR fix.flags & 128 = 128
"""
_OF_BATCH = f"""
WITH link AS ({LINKS} WHERE transmitter_id = ANY(%(devices)s)), fix AS MATERIALIZED (
    SELECT {_COLUMNS} FROM position AS p
    WHERE p.transmitter_id = ANY(%(devices)s) AND p.t >= %(since)s AND p.t <= %(until)s
      AND p.stored_at = %(stored_at)s AND {_GOOD})
{_PACKED}"""  # noqa: S608
_OF_PERIOD = f"""
WITH link AS ({LINKS}), fix AS MATERIALIZED (
    SELECT {_COLUMNS} FROM position AS p WHERE p.t > %(since)s AND p.t <= %(until)s AND {_GOOD}
      AND (%(devices)s::int4[] IS NULL OR p.transmitter_id = ANY(%(devices)s::int4[])))
{_PACKED}"""  # noqa: S608
_BEFORE = f"""
WITH link AS ({LINKS}), fix AS MATERIALIZED (
    SELECT p.* FROM live AS l CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM position AS p WHERE p.transmitter_id = l.transmitter_id AND {_GOOD}
          AND p.flags & 513 = 0 AND p.t <= %(since)s AND p.t > %(since)s - %(lookback)s
        ORDER BY p.t DESC LIMIT 1) AS p
    WHERE %(devices)s::int4[] IS NULL OR l.transmitter_id = ANY(%(devices)s::int4[]))
{_PACKED}"""  # noqa: S608


@dataclass(frozen=True)
class Slip:
    """One stored batch, as its writer left it."""

    id: int
    stored_at: datetime
    devices: list[int]
    since: datetime
    until: datetime
    count: int


_WAITING = """
SELECT id, stored_at, transmitters, t_from, t_to, count FROM watch_slip
ORDER BY %(recent)s::timestamptz IS NOT NULL AND t_to < %(recent)s::timestamptz, id LIMIT %(most)s
"""
MOST_SLIPS = 500


def waiting_slips(
    connection: psycopg.Connection, recent: datetime | None, most_positions: int
) -> tuple[list[Slip], bool]:
    """Slips to be taken now, and whether more wait.

    What reaches past `recent` comes first: a load of history must not keep a call for help waiting. Without it they
    come as they were stored.
    """
    rows = connection.execute(_WAITING, {"recent": recent, "most": MOST_SLIPS}).fetchall()
    slips: list[Slip] = []
    positions = 0
    for row in rows:
        slip = Slip(*row)
        if slips and positions + slip.count > most_positions:
            break
        slips.append(slip)
        positions += slip.count
    return slips, len(slips) < len(rows) or len(rows) == MOST_SLIPS


def read_slips(connection: psycopg.Connection, slips: Iterable[Slip], latest: datetime) -> Heard:
    """What these batches stored; nothing dated after `latest`."""
    parts = [
        _read(
            connection,
            _OF_BATCH,
            latest,
            devices=slip.devices, since=slip.since, until=slip.until, stored_at=slip.stored_at,
        )
        for slip in slips
    ]  # fmt: skip
    return np.concatenate([np.zeros(0, HEARD), *parts])


def drop_slips(connection: psycopg.Connection, slips: Iterable[Slip]) -> None:
    """They were taken."""
    connection.execute("DELETE FROM watch_slip WHERE id = ANY(%s)", ([slip.id for slip in slips],))


def read_period(
    connection: psycopg.Connection, since: datetime, until: datetime, devices: Sequence[int] | None, latest: datetime
) -> Heard:
    """What was heard in (since, until], of some devices or of all."""
    return _read(connection, _OF_PERIOD, latest, since=since, until=until, devices=_listed(devices))


def read_before(
    connection: psycopg.Connection, since: datetime, devices: Sequence[int] | None, latest: datetime
) -> Heard:
    """Each device's last position at or before a moment, so that what lasts then has its beginning."""
    return _read(connection, _BEFORE, latest, since=since, devices=_listed(devices), lookback=LOOKBACK)


def _listed(devices: Sequence[int] | None) -> list[int] | None:
    return None if devices is None else list(devices)


def _read(connection: psycopg.Connection, statement: str, latest: datetime, **about: Any) -> Heard:
    told = {"latest": latest, "no_boats": list(NO_BOATS), **about}
    row = connection.execute(statement.encode(), told, binary=True).fetchone()
    return _unpack(row[0] if row else None)


def _unpack(raw: bytes | None) -> Heard:
    rows = np.frombuffer(raw or b"", _ROW)
    found = np.zeros(len(rows), HEARD)
    for name in ("device", "boat", "flags", "vms", "length_m"):
        found[name] = rows[name]
    found["t_ms"] = rows["t"].astype(np.int64) // 1000 + _EPOCH_2000_MS
    found["lon"], found["lat"] = rows["lon"] / 1e7, rows["lat"] / 1e7
    found["sog_kn"] = np.where(rows["sog"] < 0, np.nan, rows["sog"] / 10)
    found["cog_deg"] = np.where(rows["cog"] < 0, np.nan, rows["cog"] / 10)
    return found


def last_ms(heard: Heard, otherwise: datetime) -> int:
    """The latest moment heard of, Unix ms."""
    return int(heard["t_ms"].max()) if len(heard) else unix_ms(otherwise)
