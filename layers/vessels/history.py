"""What was heard in a stretch of time, boat by boat, as arrays: one statement and one value for thousands of boats.

A point belongs to the boat its transmitter sat on at the point's own time; of several monitoring devices on one boat
only the one whose turn it was (`device_turn`) speaks for it. A boat's number is its handle: twice the
vessel's id, or twice the transmitter's and one for a device on no known boat; it stays the same for ever.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.errors import BadInput
from geo.segments import Points, firsts, order
from layers.vessels.stations import NO_BOATS

Array: TypeAlias = NDArray[Any]

LOOKBACK = timedelta(days=60)
"""How long before a moment a device's last position is looked for, when it has been heard again since.

A device still silent is found however long ago it spoke: the live table holds its last fix.
"""
NO_LEAD = timedelta(0)
UNSAID = -1

_COLUMNS = "transmitter_id, t, lon_e7, lat_e7, sog_dkn, cog_ddeg, flags, source_id"
# Heard from a device (not NOT_HEARD), placed, and the one reception of a transmission that counts (FIRST_HEARD).
_GOOD = """p.lon_e7 IS NOT NULL AND p.lat_e7 IS NOT NULL AND p.flags & 513 = 0 AND NOT EXISTS (
    SELECT FROM echo AS e WHERE e.transmitter_id = p.transmitter_id AND e.t = p.t AND e.source_id = p.source_id
    AND e.payload_hash = p.payload_hash)"""

# A device named on two boats at once belongs to the one named last, as it does on the live map.
LINKS = """
SELECT transmitter_id, vessel_id, valid_from,
       least(valid_to, lead(valid_from) OVER (PARTITION BY transmitter_id ORDER BY valid_from, vessel_id)) AS valid_to
FROM transmitter_on_vessel
"""

HEARD = f"""
WITH device AS (
    SELECT id, kind FROM transmitter
    WHERE CASE WHEN %(devices)s::int4[] IS NULL THEN NOT station = ANY(%(no_boats)s)
               ELSE id = ANY(%(devices)s::int4[]) END
), spoken AS MATERIALIZED (
    SELECT live.transmitter_id AS id, live.t FROM live JOIN device ON device.id = live.transmitter_id
), link AS ({LINKS}), fix AS (
    SELECT {_COLUMNS} FROM position AS p
    WHERE p.t >= %(since)s AND p.t < %(until)s AND {_GOOD}
      AND (%(devices)s::int4[] IS NULL OR p.transmitter_id = ANY(%(devices)s::int4[]))
    UNION ALL
    SELECT {_COLUMNS} FROM live WHERE t < %(since)s AND flags & 1 = 0
    UNION ALL
    SELECT before.* FROM spoken CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM position AS p WHERE p.transmitter_id = spoken.id AND {_GOOD}
          AND p.t < %(since)s AND p.t >= %(since)s - %(lookback)s ORDER BY p.t DESC LIMIT 1) AS before
    WHERE spoken.t >= %(since)s
    UNION ALL
    SELECT after.* FROM spoken CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM position AS p WHERE p.transmitter_id = spoken.id AND {_GOOD}
          AND p.t >= %(until)s AND p.t < %(until)s + %(lead)s ORDER BY p.t LIMIT 1) AS after
    WHERE spoken.t >= %(until)s
)
SELECT string_agg(
    int4send(CASE WHEN link.vessel_id IS NULL THEN 2 * device.id + 1 ELSE 2 * link.vessel_id END)
    || timestamptz_send(fix.t) || int4send(lon_e7) || int4send(lat_e7)
    || int2send(coalesce(sog_dkn, -1::int2)) || int2send(coalesce(cog_ddeg, -1::int2)) || int2send(flags)
    || int2send(source_id) || boolsend(device.kind = 'vms'), ''::bytea) AS heard
FROM fix JOIN device ON device.id = fix.transmitter_id
LEFT JOIN link ON link.transmitter_id = fix.transmitter_id AND link.valid_from <= fix.t
    AND (link.valid_to IS NULL OR fix.t < link.valid_to)
LEFT JOIN device_turn AS turn ON turn.vessel_id = link.vessel_id AND turn.since <= fix.t
    AND (turn.until IS NULL OR fix.t < turn.until)
WHERE turn.transmitter_id IS NULL OR turn.transmitter_id = device.id OR device.kind <> 'vms'
"""  # noqa: S608 - our own words only
"""One value: packed rows of the positions in [since, until), and of each device the last before, the first after."""

ROW = np.dtype(
    [("boat", ">i4"), ("t", ">i8"), ("lon", ">i4"), ("lat", ">i4"), ("sog", ">i2"), ("cog", ">i2"), ("flags", ">i2"),
     ("source", ">i2"), ("vms", "?")]
)  # fmt: skip
_EPOCH_2000_MS = 946_684_800_000


@dataclass(frozen=True)
class Heard:
    """Positions by boat, then time; `sog_dkn` and `cog_ddeg` are -1 where nobody said."""

    points: Points
    sog_dkn: Array
    cog_ddeg: Array
    flags: Array
    source_id: Array
    vms: Array

    def __len__(self) -> int:
        return len(self.points)

    def only(self, which: Array) -> "Heard":
        """Some of the points: a mask, or indices in order."""
        p = self.points
        points = Points(p.boat[which], p.t_ms[which], p.lon[which], p.lat[which])
        said = (self.sog_dkn[which], self.cog_ddeg[which], self.flags[which])
        return Heard(points, *said, self.source_id[which], self.vms[which])


def asked(
    since: datetime, until: datetime, *, lead: timedelta = NO_LEAD, devices: list[int] | None = None
) -> dict[str, Any]:
    """The parameters of HEARD. `lead`: how long after `until` a device's first position is looked for."""
    return {"since": since, "until": until, "lead": lead, "lookback": LOOKBACK, "devices": devices,
            "no_boats": list(NO_BOATS)}  # fmt: skip


def unpack(raw: bytes | None, since: datetime, until: datetime) -> Heard:
    """HEARD's value as arrays: in order, the same place told twice for one moment once, one point before and after."""
    rows = np.frombuffer(raw or b"", ROW)
    t_ms = rows["t"].astype(np.int64) // 1000 + _EPOCH_2000_MS
    boat = rows["boat"].astype(np.int64)
    rows, t_ms = rows[at := order(boat, t_ms)], t_ms[at]
    points = Points(boat[at], t_ms, rows["lon"] / 1e7, rows["lat"] / 1e7)
    sog, cog, flags, source = (rows[name].astype(np.int16) for name in ("sog", "cog", "flags", "source"))
    heard = Heard(points, sog, cog, flags, source, rows["vms"])
    heard = heard.only(~_repeated(points))
    return heard.only(_wanted(heard.points, _ms(since), _ms(until)))


def _repeated(points: Points) -> Array:
    """The same boat at the same moment at the same place: one transmission that two receivers heard."""
    same = ~firsts(points.boat)
    for column in (points.t_ms, points.lon, points.lat):
        same[1:] &= column[1:] == column[:-1]
    return same


def _wanted(points: Points, since_ms: int, until_ms: int) -> Array:
    """Of a boat's devices only the last one's point before, and the first one's after."""
    before, after = points.t_ms < since_ms, points.t_ms >= until_ms
    follows = np.zeros(len(points), dtype=np.bool_)
    follows[:-1] = (points.boat[1:] == points.boat[:-1]) & before[1:]
    preceded = np.zeros(len(points), dtype=np.bool_)
    preceded[1:] = (points.boat[1:] == points.boat[:-1]) & after[:-1]
    return ~(before & follows) & ~(after & preceded)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def handle_of(vessel: str) -> int:
    """The handle of `v12` or `t45`; BadInput for anything else."""
    number = vessel[1:]
    if vessel[:1] not in ("v", "t") or not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise BadInput(f"id={vessel[:40]!r}: v or t and a number, as /api/vessels gives it", field="id")
    return 2 * int(number) + (vessel[0] == "t")


def vessel_of(handle: int) -> str:
    """`v12` or `t45`."""
    return f"{'t' if handle % 2 else 'v'}{handle // 2}"
