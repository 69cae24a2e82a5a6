"""The processes: pages, feed, and all of them together."""

import sys

from geo.clock import system_clock
from web.children import inherited_listener
from web.database import database
from web.logs import configure
from web.settings import WebSettings


def serve() -> None:
    """Serve the pages and the API on OPSMAP_HOST:OPSMAP_PORT."""
    # Pages and demonstration are imported by the process that needs them: the others start without.
    import uvicorn

    from web.main import create_app

    configure()
    settings = WebSettings()
    with database(settings) as url:
        config = uvicorn.Config(
            create_app(settings, url),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            access_log=False,
            ws_max_size=4096,
            ws_ping_interval=20.0,
            timeout_graceful_shutdown=3,
        )
        listener = inherited_listener()
        uvicorn.Server(config).run(sockets=[listener] if listener else None)


def feed() -> None:
    """Feed the demonstration fleet, live, through ingest's door until stopped."""
    from web import demo

    configure()
    settings = WebSettings()
    with database(settings) as url:
        demo.feed(url, system_clock)


def up() -> None:
    """Bring everything up: database, schema, demonstration, pages, feed (what ./run ends with)."""
    from web import supervise

    sys.exit(supervise.main(WebSettings()))
