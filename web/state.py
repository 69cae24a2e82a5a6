"""What the web process holds while it lives; made in `create_app`, reached through the request."""

from dataclasses import dataclass, field

from cachetools import TTLCache
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import HTTPConnection

from geo.clock import Clock
from layers.access.accounts import Who
from layers.pilot.usage import Tally
from layers.registry import Registry
from tiles.read import TileReader
from web.live.hub import Hub
from web.rates import Rates
from web.region_keeper import RegionKeeper
from web.replay.chunks import ChunkReader
from web.settings import WebSettings
from web.spooling import WebSpool
from web.zone_keeper import ZoneKeeper


@dataclass(frozen=True)
class State:
    """The parts that requests share."""

    settings: WebSettings
    clock: Clock
    registry: Registry
    engine: AsyncEngine
    tiles: TileReader
    hub: Hub
    replay: ChunkReader
    zones: ZoneKeeper
    spool: WebSpool
    sessions: TTLCache[str, Who | None]
    regions: RegionKeeper
    rates: Rates = field(default_factory=Rates)
    tally: Tally = field(default_factory=Tally)


def state_of(connection: HTTPConnection) -> State:
    """The state of the app that serves this connection."""
    state: State = connection.app.state.opsmap
    return state


def url_of(state: State) -> str:
    """The database's address, for work that has to be done over a plain connection."""
    return state.engine.url.render_as_string(hide_password=False)
