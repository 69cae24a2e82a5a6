"""What the hub reads of the fleet: every boat, or those that have changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from layers.database import read
from layers.sources.models import Source
from layers.vessels.registry import VesselNow
from layers.vessels.status import STATUS


async def read_fleet(engine: AsyncEngine, since: int, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """Boats as `web.live.fleet.FixRow` tells, of a version above `since` (0: all), their status as of `now` (UTC)."""
    v = VesselNow
    columns = (
        v.id,
        v.label,
        v.name,
        v.kind,
        v.t.label("last_t"),
        v.lon_e7,
        v.lat_e7,
        v.sog_dkn,
        v.cog_ddeg,
        v.version,
    )
    statement = select(*columns, STATUS.label("status"), Source.origin).join(Source, Source.id == v.source_id)
    if since:
        statement = statement.where(v.version > since)
    async with read(engine) as connection:
        return (await connection.execute(statement, {"now": now})).all()
