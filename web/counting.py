"""Counts every answer by class of route and how soon it began, and pages and calls by role: nothing else is kept."""

import time
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.clock import local_date
from geo.errors import OpsmapError
from layers.access.roles import Role
from web.access import who_asks
from web.state import state_of

CLASSES = (
    ("/api/ingest", "send"), ("/api/intake", "send"), ("/api", "api"), ("/tiles", "tile"), ("/style", "tile"),
    ("/ogc", "ogc"), ("/open311", "ogc"), ("/static", "static"), ("/favicon.svg", "static"),
)  # fmt: skip
UNCOUNTED = ("/live", "/healthz", "/readyz", "/metrics", "/docs", "/openapi.json")
"""Streams that last, and what machines ask to see whether we live."""
FAILED = 500


def class_of(path: str) -> str | None:
    """The class of a path, one of a few however many paths are asked for; None: not counted."""
    if any(path == known or path.startswith(f"{known}/") for known in UNCOUNTED):
        return None
    return next((name for head, name in CLASSES if path == head or path.startswith(f"{head}/")), "page")


class Counting:
    """Pure ASGI, around everything: what is answered is passed on untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and count; a request that nobody answered counts as failed."""
        route = class_of(scope["path"]) if scope["type"] == "http" else None
        if route is None:
            await self.app(scope, receive, send)
            return
        began, status = time.monotonic(), FAILED
        took_ms = None

        async def timed(message: Message) -> None:
            nonlocal status, took_ms
            if message["type"] == "http.response.start":
                status, took_ms = message["status"], 1000 * (time.monotonic() - began)
            await send(message)

        try:
            await self.app(scope, receive, timed)
        finally:
            await _count(scope, route, took_ms if took_ms is not None else 1000 * (time.monotonic() - began), status)


async def _count(scope: Scope, route: str, took_ms: float, status: int) -> None:
    connection = HTTPConnection(scope)
    state = state_of(connection)
    today = local_date(state.clock())
    state.tally.count_answer(today, route, took_ms, failed=status >= FAILED)
    if route in ("page", "api") and status < 400:
        with suppress(OpsmapError, SQLAlchemyError):  # the answer is out: what cannot be counted is not
            who = await who_asks(connection)
            role = who.role if who is not None else Role.GUEST
            state.tally.count_use(today, role, "machine" if who is not None and who.key else route)
