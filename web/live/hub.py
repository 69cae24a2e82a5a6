"""The hub: listens for ticks, reads what changed, tells every client; bounded for slow ones."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from geo.clock import Clock, local_date, unix_ms
from layers.access.roles import Role
from layers.access.scope import scope
from layers.database import libpq_url, read
from layers.registry import Registry
from layers.sources.freshness import Origin, read_mark
from layers.sources.models import Heartbeat
from layers.versions import CHANNEL, LayerVersion
from layers.wall.state import Wall, read_wall
from layers.watch.live.watched import read_watched, with_zeros
from tiles.statement import density_rows
from web.live.clients import Client
from web.live.fleet import Fleet
from web.live.frames import DELTA, SNAPSHOT, Stamp, encode
from web.live.read import read_fleet

SWEEP_S = 15.0
"""How often every boat's status is read anew: boats grow late without sending anything."""
DELTA_S = 1.0

_log = structlog.get_logger()


@dataclass
class Pulse:
    """Whether ingest lives, and what its pictures must be marked (None until it is known)."""

    last_beat_ms: int | None = None
    origin: Origin | None = None
    state: str = "silent"


class Hub:
    """One per web process."""

    def __init__(self, engine: AsyncEngine, url: str, registry: Registry, clock: Clock, silent_after_s: float) -> None:
        self.versions: dict[str, tuple[int, Any]] = {}
        self.pulse = Pulse()
        self.wall = Wall()
        self._watched: dict[str, bool] = {}
        self.fleet = Fleet()
        self.epoch = int(time.time())
        self.seq = 0
        self._engine, self._url, self._registry, self._clock = engine, url, registry, clock
        self._silent_after_ms = silent_after_s * 1000
        self._clients: set[Client] = set()
        self._seen_version = 0
        self._arrived_ms = 0.0
        self._stale = True
        self._snapshot: tuple[int, list[bytes | str]] | None = None
        self._density: str | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Read what there is, then begin to listen; a database that is not there yet is waited for later."""
        with contextlib.suppress(SQLAlchemyError, OSError):
            await self._read_versions()
            await self._refresh(full=True)
        self._tasks = [asyncio.create_task(job()) for job in (self._listen, self._deltas, self._beats)]

    async def stop(self) -> None:
        """Stop listening and let every client go."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def version(self, layer: str) -> int:
        """The layer's version as last heard; 0 before its first delivery."""
        return self.versions.get(layer, (0, None))[0]

    # --- clients -------------------------------------------------------------------------------

    def join(self, client: Client) -> None:
        """Add a client; it gets a snapshot first."""
        self._clients.add(client)

    def leave(self, client: Client) -> None:
        """Forget a client."""
        self._clients.discard(client)

    def snapshot(self, client: Client) -> list[bytes | str]:
        """Everything a new or slow client needs, in order; shared bytes."""
        told = [self._wall_message()] if client.wall else []
        if client.mode != "exact":
            counts = [self._counts_message()] if client.wall else []
            return [*told, *(m for m in (self._density, self._ingest_message()) if m is not None), *counts]
        if self._snapshot is None or self._snapshot[0] != self.seq:
            self._snapshot = (self.seq, self._make_snapshot())
        return [*told, *self._snapshot[1], self._ingest_message()]

    def _make_snapshot(self) -> list[bytes | str]:
        standing = set(self.fleet.handles.values())
        who = [entry for entry in self.fleet.who if entry[0] in standing]
        frame = encode(SNAPSHOT, self._stamp(), self.fleet.standing())
        return [_who(self.epoch, who), frame, self._counts_message()]

    def _tell(self, messages: Sequence[bytes | str], mode: str | None = None, wall: bool = False) -> None:
        for client in self._clients:
            if (mode is None or client.mode == mode) and (client.wall or not wall):
                client.offer(messages)

    # --- the wall ------------------------------------------------------------------------------

    def mode_of(self, role: Role, wall: bool) -> str:
        """How a client of this role sees boats; on the wall nobody sees one while guests are in the room."""
        seen_by = Role.GUEST if wall and self.wall.guest else role
        return scope(seen_by, self._registry["vessel"]).mode

    def take_wall(self, wall: Wall) -> None:
        """The wall is told something else: screens that may see less turn at once, then all hear of it."""
        if wall == self.wall:
            return
        self.wall = wall
        for client in self._clients:
            if client.wall:
                client.turn_to(self.mode_of(client.role, True))
        self._tell([self._wall_message()], wall=True)

    def _wall_message(self) -> str:
        return _json({"type": "wall", "guest": self.wall.guest, "scene": self.wall.scene})

    # --- listening -----------------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(libpq_url(self._url), autocommit=True)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    await self._read_versions()
                    self._stale = True
                    async for notice in connection.notifies():
                        self._take(orjson.loads(notice.payload))
            except (psycopg.Error, OSError) as error:
                _log.warning("listen_lost", error=str(error)[:200])
            await asyncio.sleep(1.0)

    def _take(self, tick: dict[str, Any]) -> None:
        if "beat" in tick:
            self._beat(int(tick["at"]))
        elif "wall" in tick:
            self.take_wall(Wall(bool(tick["wall"]["guest"]), tick["wall"]["scene"]))
        elif "layer" in tick:
            layer, version = str(tick["layer"]), int(tick["version"])
            self.versions[layer] = (version, self._clock())
            if layer == "vessel":
                arrived = float(tick.get("arrived") or 0)
                self._arrived_ms = min(a for a in (self._arrived_ms, arrived) if a) if arrived else self._arrived_ms
                self._stale = True
            else:
                self._tell([_json({"type": "layer", "layer": layer, "version": version})])

    async def _read_versions(self) -> None:
        async with read(self._engine) as connection:
            for row in await connection.execute(
                select(LayerVersion.layer, LayerVersion.version, LayerVersion.changed_at)
            ):
                self.versions[row.layer] = (row.version, row.changed_at)
            self.take_wall(await read_wall(connection))
            beat = (await connection.execute(select(Heartbeat.beat_at).where(Heartbeat.process == "ingest"))).scalar()
        if beat is not None:
            self._beat(unix_ms(beat))

    # --- the pulse of ingest -------------------------------------------------------------------

    def _beat(self, at_ms: int) -> None:
        self.pulse.last_beat_ms = at_ms
        self._settle_pulse()

    def _settle_pulse(self) -> None:
        last = self.pulse.last_beat_ms
        alive = last is not None and unix_ms(self._clock()) - last < self._silent_after_ms
        state = "live" if alive else "silent"
        if state != self.pulse.state:
            self.pulse.state = state
            self._tell([self._ingest_message()])

    async def _beats(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(1.0)
            self._settle_pulse()
            ticks += 1
            if ticks % 5 == 0:
                self._tell([self._ingest_message()])

    def _ingest_message(self) -> str:
        pulse = self.pulse
        told = {"state": pulse.state, "last_beat_ms": pulse.last_beat_ms, "origin_mark": pulse.origin}
        return _json({"type": "ingest", **told})

    # --- deltas --------------------------------------------------------------------------------

    async def _deltas(self) -> None:
        swept = 0.0
        while True:
            began = time.monotonic()
            full = began - swept >= SWEEP_S
            if full or self._stale:
                try:
                    await self._refresh(full)
                    swept = began if full else swept
                except Exception as error:  # the stream outlives a database that does not
                    _log.warning("refresh_failed", error=repr(error)[:200])
            await asyncio.sleep(max(0.05, DELTA_S - (time.monotonic() - began)))

    async def _refresh(self, full: bool) -> None:
        self._stale = False
        arrived, self._arrived_ms = self._arrived_ms, 0.0
        rows = await read_fleet(self._engine, 0 if full else self._seen_version, self._clock())
        await self._refresh_mark()
        records, introduced = self.fleet.update(rows)
        removed = self.fleet.forget(self.fleet.statuses.keys() - {r.id for r in rows}) if full else records[:0]
        if full:
            await self._refresh_watched()
            await self._refresh_density()
        self._seen_version = max([self._seen_version, *(r.version for r in rows)])
        if not (len(records) or len(removed) or introduced):
            return
        self.seq += 1
        messages: list[bytes | str] = [_who(self.epoch, introduced)] if introduced else []
        messages += [encode(DELTA, self._stamp(arrived), found) for found in (records, removed) if len(found)]
        self._tell([*messages, self._counts_message()], "exact")
        self._tell([self._counts_message()], "density", wall=True)

    async def _refresh_mark(self) -> None:
        """The mark goes out before the first boat it is needed for."""
        async with read(self._engine) as connection:
            origin = await read_mark(connection)
        if origin != self.pulse.origin:
            self.pulse.origin = origin
            self._tell([self._ingest_message()])

    async def _refresh_watched(self) -> None:
        async with read(self._engine) as connection:
            self._watched = await read_watched(connection, local_date(self._clock()))

    async def _refresh_density(self) -> None:
        layer = self._registry["vessel"]
        if layer.density is None or scope(Role.GUEST, layer).mode != "density":
            return
        async with read(self._engine) as connection:
            rows = (await connection.execute(density_rows(layer))).all()
        cells = [[row.west, row.south, row.boats] for row in rows]
        message = _json({"type": "density", "cells": cells, "size_deg": layer.density.size_deg})
        if message != self._density:
            self._density = message
            self._tell([message], "density")

    def _stamp(self, arrived: float = 0.0) -> Stamp:
        return Stamp(self.epoch, self.seq, float(unix_ms(self._clock())), arrived)

    def _counts_message(self) -> str:
        counts = with_zeros(self._watched, self.fleet.counts())
        return _json({"type": "counts", "denominator": sum(counts.values()), "counts": counts})


def _who(epoch: int, boats: Sequence[tuple[int, str, str, str]]) -> str:
    return _json({"type": "who", "epoch": epoch, "vessels": boats})


def _json(message: dict[str, Any]) -> str:
    return orjson.dumps(message).decode()
