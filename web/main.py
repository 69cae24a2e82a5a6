"""The web process: `create_app` puts its parts together; nothing happens at import."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cachetools import TTLCache
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from geo.clock import Clock, system_clock
from ingest.bus.settings import SpoolSettings
from layers.database import make_async_engine
from layers.registry import load_layers
from tiles.read import TileReader, tile_pool
from web import VERSION, errors
from web.access import SESSION_MEMORY_S
from web.built import STATIC
from web.citizen.intake import MOST_BODY
from web.counting import Counting
from web.guard import Guard
from web.headers import SecurityHeaders
from web.life_keeper import LifeKeeper
from web.live.hub import Hub
from web.live.socket import live
from web.region_keeper import RegionKeeper
from web.replay.chunks import ChunkReader
from web.routes import (
    alarms,
    approvals,
    books,
    bulletins,
    case_flow,
    case_people,
    cases,
    citizen_staff,
    citizens,
    conflicts,
    docs,
    documents,
    dossiers,
    epidemics,
    events,
    exceptions,
    exchange,
    expected,
    features,
    freshness,
    groups,
    holidays,
    indicator_edits,
    indicators,
    ingest,
    intake,
    law,
    layers,
    lineage,
    me,
    measure,
    notices,
    open311,
    own_zones,
    pages,
    pilot,
    regions,
    rejects,
    reminders,
    replay,
    report_page,
    reported,
    scoreboard,
    seals,
    shifts,
    sources,
    storms,
    style,
    surveys,
    tasks,
    templates,
    tiles,
    topics,
    units,
    vessels,
    wall,
    ways,
)
from web.settings import WebSettings
from web.spooling import WebSpool
from web.state import State
from web.uploads import MOST_BYTES
from web.zone_keeper import ZoneKeeper

ROUTERS = (
    documents.router,
    dossiers.router,
    features.router,
    me.router,
    law.router,
    layers.router,
    units.router,
    indicators.router,
    exceptions.router,
    conflicts.router,
    topics.router,
    epidemics.router,
    holidays.router,
    indicator_edits.router,
    vessels.router,
    regions.router,
    reported.router,
    books.router,
    cases.router,
    case_flow.router,
    case_people.router,
    notices.router,
    citizen_staff.router,
    citizens.router,
    open311.router,
    report_page.router,
    storms.router,
    shifts.router,
    bulletins.router,
    tasks.router,
    pilot.router,
    groups.router,
    own_zones.router,
    measure.router,
    replay.router,
    style.router,
    tiles.router,
    docs.router,
    sources.router,
    seals.router,
    rejects.router,
    exchange.router,
    lineage.router,
    ingest.router,
    intake.router,
    surveys.router,
    approvals.router,
    templates.router,
    expected.router,
    scoreboard.router,
    reminders.router,
    freshness.router,
    wall.router,
    alarms.router,
    events.router,
    ways.router,
    pages.router,
)
LARGER = {intake.FILES: MOST_BYTES} | dict.fromkeys(report_page.DOORS, MOST_BODY)
"""Where bodies may be larger: files and photos."""


def create_app(settings: WebSettings, url: str, clock: Clock = system_clock) -> FastAPI:
    """The app over the database at `url`; opens its connections when it starts, closes them when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = make_async_engine(url)
        pool = tile_pool(url, settings.tile_connections)
        await pool.open()
        registry = load_layers()
        hub = Hub(engine, url, registry, clock, settings.silent_after_s)
        reader = TileReader(pool, settings.tile_cache_mb)
        chunks = ChunkReader(engine, clock)
        sessions: TTLCache[str, object] = TTLCache(4096, SESSION_MEMORY_S)
        zones, spool = ZoneKeeper(engine, hub), WebSpool(SpoolSettings())
        parts = (settings, clock, registry, engine, reader, hub, chunks, zones, spool, sessions, RegionKeeper())
        app.state.opsmap = State(*parts)  # type: ignore[arg-type]
        life = LifeKeeper(url, clock, app.state.opsmap.tally)
        await hub.start()
        life.start()
        yield
        await life.stop()
        await hub.stop()
        spool.close()
        await pool.close()
        await engine.dispose()

    app = FastAPI(
        title="opsmap",
        summary="Bản đồ điều hành Quảng Ngãi",
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    errors.install(app)
    _open_doors(app)
    _surround(app, settings)
    return app


def _open_doors(app: FastAPI) -> None:
    """Every address there is."""
    app.router.routes.append(tiles.tile_route)
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_websocket_route("/live", live)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")


def _surround(app: FastAPI, settings: WebSettings) -> None:
    """What every request passes, the innermost first."""
    app.add_middleware(Guard, max_body_bytes=settings.max_body_bytes, larger=LARGER)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Counting)
