"""Chunks of a replay: read in one statement, packed by numpy off the event loop, kept by version and scope.

A chunk of closed hours never changes unless late positions come in; then its version does.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from cachetools import LRUCache
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from geo.clock import Clock
from geo.measure import Floats, within_any
from geo.segments import each_so_often, firsts, thin
from layers.catalog.fishing_port import FishingPort
from layers.database import ReadConnection, read
from layers.sources.models import Source
from layers.vessels.history import HEARD, Array, Heard, asked, unpack
from layers.vessels.pieces import TOLERANCE_M, Limits, split_heard
from layers.vessels.tracks import TrackHour
from layers.watch.rules import in_force, rules_statement
from web.replay.frames import DOUBTFUL, GAP, IN_PORT, VERSION, VMS, Columns, Stamp, encode

LEAD = timedelta(hours=6)
"""How long after a chunk a boat's next position is still looked for."""
EVERY_S = 300
MEGABYTES = 96
_ORIGIN = {"real": 0, "simulated": 1, "replayed": 2}
_SLOW_DKN = 10
_VERSIONS = select(TrackHour.hour, TrackHour.version)


@dataclass(frozen=True)
class Hours:
    """Whole UTC hours, beginning on a multiple of how many they are."""

    since: datetime
    count: int

    @property
    def until(self) -> datetime:
        """The end, no longer part of it."""
        return self.since + timedelta(hours=self.count)


@dataclass(frozen=True)
class Ground:
    """What stands behind the marks of points: gap rules, ports (lon, lat, radius in metres), origins by source."""

    rules: Sequence[Row[Any]]
    ports: Floats
    origins: dict[int, int]

    @property
    def digest(self) -> str:
        """Changes when any of it does, or the format."""
        rules = [(rule.step, rule.threshold_s, rule.valid_from, rule.valid_to) for rule in self.rules]
        said = repr((VERSION, rules, self.ports.tolist(), sorted(self.origins.items())))
        return hashlib.sha256(said.encode()).hexdigest()[:8]

    def limits(self, at: datetime) -> Limits:
        """How long a device may be silent before it is a gap, at a moment."""
        return Limits(*(in_force(self.rules, "track", step, at).threshold_s for step in ("gap_vms", "gap_ais")))


class ChunkReader:
    """Gives chunks; equal requests are made once."""

    def __init__(self, engine: AsyncEngine, clock: Clock, megabytes: int = MEGABYTES) -> None:
        self._engine, self._clock = engine, clock
        self._cache: LRUCache[tuple[Hours, str], bytes] = LRUCache(megabytes * 1_000_000, getsizeof=len)
        self._flying: dict[tuple[Hours, str], asyncio.Task[bytes]] = {}

    async def versions(self, chunks: Sequence[Hours]) -> list[str]:
        """The version of each chunk: what was stored of the time up to shortly after it, and what its marks rest on."""
        async with read(self._engine) as connection:
            touched = [(row.hour, row.version) for row in await connection.execute(_VERSIONS)]
            digest = (await read_ground(connection)).digest
        ends = [int((hours.until + LEAD).timestamp()) // 3600 for hours in chunks]
        newest = [max((version for hour, version in touched if hour < end), default=0) for end in ends]
        return [f"{version}-{digest}" for version in newest]

    async def chunk(self, hours: Hours) -> tuple[str, bytes]:
        """Version and bytes."""
        (version,) = await self.versions((hours,))
        key = (hours, version)
        body = self._cache.get(key)
        if body is None:
            task = self._flying.get(key) or asyncio.ensure_future(self._build(hours))
            self._flying[key] = task
            try:
                body = await asyncio.shield(task)
            finally:
                self._flying.pop(key, None)
            if len(body) <= self._cache.maxsize:
                self._cache[key] = body
        return version, body

    async def _build(self, hours: Hours) -> bytes:
        async with read(self._engine) as connection:
            ground = await read_ground(connection)
            found = await connection.exec_driver_sql(HEARD, asked(hours.since, hours.until, lead=LEAD))
            raw: bytes | None = found.scalar()
        return await asyncio.to_thread(pack, raw, hours, ground, self._clock())


async def read_ground(connection: ReadConnection) -> Ground:
    """The rules of all times; ports and sources as known today."""
    rules = (await connection.execute(rules_statement(("track",)))).all()
    port = FishingPort
    places = select(func.ST_X(port.geom), func.ST_Y(port.geom), port.radius_m).where(port.superseded_at.is_(None))
    ports = [tuple(row) for row in await connection.execute(places.order_by(port.id))]
    sources = await connection.execute(select(Source.id, Source.origin))
    origins = {source.id: _ORIGIN[source.origin] for source in sources}
    return Ground(rules, np.array(ports, dtype=float).reshape(-1, 3), origins)


def pack(raw: bytes | None, hours: Hours, ground: Ground, now: datetime) -> bytes:
    """What the database said, as a chunk."""
    heard = unpack(raw, hours.since, hours.until)
    columns = columns_of(heard, ground, ground.limits(hours.since))
    return encode(Stamp(int(hours.since.timestamp()), hours.count, now.timestamp()), columns)


def columns_of(heard: Heard, ground: Ground, limits: Limits) -> Columns:
    """Marks for every point, and fewer points: nowhere more than 15 m off, never over ten minutes apart for it."""
    p = heard.points
    found = split_heard(heard, limits)
    in_port = in_port_marks(heard, ground.ports)
    flags = (found.gap | found.jump) * GAP + in_port * IN_PORT + heard.vms * VMS + found.jump * DOUBTFUL
    pinned = found.begins | each_so_often(p, EVERY_S)
    for mark in (found.begins, _changes(in_port), _changes(heard.vms)):
        pinned |= mark | _before(mark)
    keep = thin(p, pinned, TOLERANCE_M)
    return Columns(
        boat=p.boat[keep],
        t_s=p.t_ms[keep] // 1000,
        lon=p.lon[keep],
        lat=p.lat[keep],
        flags=flags[keep],
        sog_dkn=heard.sog_dkn[keep],
        cog_ddeg=heard.cog_ddeg[keep],
        origin=origins_of(heard, ground.origins),
    )


def in_port_marks(heard: Heard, ports: Floats) -> Array:
    """Which points are in port as the live map has it: not faster than a knot, within a port's radius."""
    slow = np.flatnonzero(heard.sog_dkn < _SLOW_DKN)
    marks = np.zeros(len(heard), dtype=np.bool_)
    marks[slow] = within_any(heard.points.lon[slow], heard.points.lat[slow], ports)
    return marks


def origins_of(heard: Heard, origins: dict[int, int]) -> Array:
    """Per boat, which origins its points have: 0 real, 1 simulated, 2 replayed, 3 both."""
    table = np.zeros(max(origins, default=0) + 1, dtype=np.uint8)
    for source, origin in origins.items():
        table[source] = origin
    each = table[heard.source_id]
    starts = np.flatnonzero(firsts(heard.points.boat))
    return np.bitwise_or.reduceat(each, starts) if len(starts) else each


def _changes(marks: Array) -> Array:
    changed = np.zeros(len(marks), dtype=np.bool_)
    changed[1:] = marks[1:] != marks[:-1]
    return changed


def _before(marks: Array) -> Array:
    return np.append(marks[1:], False) if len(marks) else marks
