"""Numbers heard in two places at once: judged hour by hour from what is stored, so the order of coming plays no part.

Nothing is dropped or changed: an hour of a transmitter gets a row of evidence, and loses it should what comes late
explain it. Run where the tracks are kept, beside the writing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from geo.clock import from_unix_ms, unix_ms
from geo.interleaved import Spot, TwoWays, find_two_ways
from layers.base import Base
from layers.watch.rules import NOW

HOUR_MS = 3_600_000
RECENT = timedelta(hours=24)
"""How long evidence marks a boat in lists."""
SHOWN = timedelta(days=30)
_TIMED = """p.lon_e7 IS NOT NULL AND p.lat_e7 IS NOT NULL AND p.flags & 1 = 0 AND x.kind = 'ais'"""
# More than a mile in one direction, faster than 100 kn by the longer way round the corner: coarse, and misses nothing.
_SUSPECTS = f"""
SELECT id FROM (
    SELECT p.transmitter_id AS id, abs(p.lat_e7 - lag(p.lat_e7) OVER w) AS north,
           abs(p.lon_e7 - lag(p.lon_e7) OVER w) * cos(radians(p.lat_e7 / 1e7)) AS east,
           extract(epoch FROM p.t - lag(p.t) OVER w) AS seconds
    FROM position AS p JOIN transmitter AS x ON x.id = p.transmitter_id
    WHERE p.transmitter_id = ANY(%(devices)s::int4[]) AND p.t >= %(since)s AND p.t < %(until)s AND {_TIMED}
    WINDOW w AS (PARTITION BY p.transmitter_id ORDER BY p.t, p.payload_hash)
) AS step
WHERE greatest(north, east) > 117000 AND north + east > 4600 * greatest(seconds, 1)
GROUP BY id HAVING count(*) >= 4
"""  # noqa: S608 - our own words only
# One transmission heard by a station whose clock is wrong is one place: of its copies the first counts (a boat that
# moves never says the same twice, one at rest may). So is what came late: its second is not that of hearing it.
_SPOTS = f"""
SELECT transmitter_id, origin, t, lon_e7, lat_e7 FROM (
    SELECT p.transmitter_id, s.origin, p.t, p.lon_e7, p.lat_e7, p.utc_second, p.sog_dkn,
           min(p.t) OVER (PARTITION BY p.transmitter_id, s.origin, p.payload_hash) AS first_t
    FROM position AS p JOIN transmitter AS x ON x.id = p.transmitter_id JOIN source AS s ON s.id = p.source_id
    WHERE p.transmitter_id = ANY(%(devices)s::int4[]) AND {_TIMED}
      AND p.t >= %(since)s - interval '12 hours' AND p.t < %(until)s + interval '12 hours'
) AS spot
WHERE (t = first_t OR sog_dkn < 5) AND t >= %(since)s AND t < %(until)s
  AND (coalesce(utc_second, 60) > 59 OR abs((extract(second FROM t)::int - utc_second + 90) %% 60 - 30) <= 6)
ORDER BY transmitter_id, origin, t, lon_e7, lat_e7
"""  # noqa: S608
_CLEAR = "DELETE FROM transmitter_shared WHERE hour = %s AND transmitter_id = ANY(%s)"
_KEEP = """
INSERT INTO transmitter_shared (transmitter_id, hour, t_from, t_to, turns, apart_nm, one_t, one_lon, one_lat, one_fixes,
                                other_t, other_lon, other_lat, other_fixes)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


class Shared(Base):
    """An hour (Unix hours) in which a transmitter was in two places by turns; the last spot and the fixes of each way.

    Degrees EPSG:4326, times UTC.
    """

    __tablename__ = "transmitter_shared"

    transmitter_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    t_from: Mapped[datetime]
    t_to: Mapped[datetime]
    turns: Mapped[int]
    apart_nm: Mapped[float]
    one_t: Mapped[datetime]
    one_lon: Mapped[float]
    one_lat: Mapped[float]
    one_fixes: Mapped[int]
    other_t: Mapped[datetime]
    other_lon: Mapped[float]
    other_lat: Mapped[float]
    other_fixes: Mapped[int]


def judge_sharing(connection: psycopg.Connection, devices: Sequence[int], hours: Sequence[int]) -> None:
    """Look anew at some transmitters in some hours, in the caller's transaction."""
    for hour in hours:
        place: dict[str, Any] = {"since": from_unix_ms(hour * HOUR_MS), "until": from_unix_ms((hour + 1) * HOUR_MS)}
        suspects = [row[0] for row in connection.execute(_SUSPECTS, place | {"devices": list(devices)})]
        connection.execute(_CLEAR, (hour, list(devices)))
        for device, found in _judged(connection, place | {"devices": suspects}) if suspects else ():
            connection.execute(_KEEP, (device, hour, *_row(found)))


def _judged(connection: psycopg.Connection, place: dict[str, Any]) -> Iterator[tuple[int, TwoWays]]:
    """The transmitters in two places; what is simulated is held against its like only."""
    spots: defaultdict[tuple[int, str], list[Spot]] = defaultdict(list)
    for device, origin, t, lon, lat in connection.execute(_SPOTS, place):
        spots[device, origin].append(Spot(unix_ms(t), lon / 1e7, lat / 1e7))
    told: set[int] = set()
    for (device, _), found in sorted(spots.items()):
        two = find_two_ways(found)
        if two is not None and device not in told:
            told.add(device)
            yield device, two


def _row(found: TwoWays) -> tuple[object, ...]:
    one, other = found.one, found.other
    return (
        from_unix_ms(found.since_ms), from_unix_ms(found.until_ms), found.turns, found.apart_nm,
        from_unix_ms(one.t_ms), one.lon, one.lat, found.one_fixes,
        from_unix_ms(other.t_ms), other.lon, other.lat, found.other_fixes,
    )  # fmt: skip


def is_shared(transmitter_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """Whether a transmitter was in two places at once within the day before `now`."""
    return exists().where(Shared.transmitter_id == transmitter_id, Shared.t_to > NOW - RECENT, Shared.t_from <= NOW)


def shared_statement(transmitters: list[int]) -> Select[Any]:
    """The evidence of the month before `now`, newest first."""
    return (
        select(Shared)
        .where(Shared.transmitter_id.in_(transmitters), Shared.t_to > NOW - SHOWN, Shared.t_from <= NOW)
        .order_by(Shared.t_to.desc(), Shared.transmitter_id)
        .limit(48)
    )
