"""Who am I, and how is the house: /api/me, /api/status, /healthz, /readyz."""

from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from sqlalchemy import text

from geo.clock import from_unix_ms
from layers.access.roles import Role
from layers.access.scope import scope
from layers.database import read
from layers.health.invariants import SEA
from layers.health.read import count_open, read_watching
from layers.sources.freshness import read_mark
from web import VERSION
from web.access import who_asks
from web.errors import problem
from web.state import state_of

router = APIRouter()


@router.get("/api/me")
async def get_me(request: Request) -> dict[str, Any]:
    """The role of this browser and what it can do."""
    state, who = state_of(request), await who_asks(request)
    role = who.role if who is not None else Role.GUEST
    can = {"boats": scope(role, state.registry["vessel"]).mode == "exact", "alarms": role in SEA}
    return {"role": role.value, "name": who.username if who is not None else None, "can": can}


@router.get("/api/status")
async def get_status(request: Request) -> dict[str, Any]:
    """The server's time, whether ingest lives, and what every picture must be marked."""
    state = state_of(request)
    async with read(state.engine) as connection:
        origin = await read_mark(connection)
    pulse = state.hub.pulse
    last = None if pulse.last_beat_ms is None else from_unix_ms(pulse.last_beat_ms)
    return {
        "now": state.clock(),
        "origin_mark": origin,
        "ingest": {"state": pulse.state, "last_beat": last},
        "version": VERSION,
    }


@router.get("/healthz")
async def get_health() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/readyz")
async def get_ready(request: Request) -> Response:
    """The database answers and the schema is there; how many alarms are open, and whether anybody watches."""
    state = state_of(request)
    try:
        async with read(state.engine) as connection:
            await connection.execute(text("SELECT PostGIS_Version() FROM layer_version LIMIT 1"))
            alarms, watching = await count_open(connection), await read_watching(connection, state.clock())
    except Exception:
        return problem(503, "Chưa sẵn sàng", "the database does not answer; see `opsmap doctor`", retry_after="2")
    told = {"status": "ready", "alarms": alarms, "watch": "silent" if watching.silent else "watching"}
    return Response(orjson.dumps(told), media_type="application/json")
