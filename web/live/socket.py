"""WS /live: the session decides the scope; the origin must be ours; ping gives the server's time."""

import asyncio
import contextlib
from urllib.parse import urlsplit

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from geo.clock import unix_ms
from layers.access.scope import scope
from web.access import role_of
from web.live.clients import Client
from web.state import State, state_of

SEND_LIMIT_S = 30.0
"""A client that takes nothing for so long is let go."""


async def live(websocket: WebSocket) -> None:
    """Serve one open map until it leaves."""
    state = state_of(websocket)
    origin = websocket.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != websocket.headers.get("host"):
        await websocket.close(1008, "origin")
        return
    role = await role_of(websocket)
    mode = scope(role, state.registry["vessel"]).mode
    await websocket.accept()
    client = Client(mode)
    hello = {"type": "hello", "epoch": state.hub.epoch, "role": role.value, "mode": mode, "server_ms": _now(state)}
    await websocket.send_text(orjson.dumps(hello).decode())
    state.hub.join(client)
    tasks = {asyncio.create_task(_send(websocket, state, client)), asyncio.create_task(_receive(websocket, state))}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        state.hub.leave(client)
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect, TimeoutError, RuntimeError, OSError):
                await task
        with contextlib.suppress(RuntimeError, OSError, WebSocketDisconnect):
            await websocket.close()


async def _send(websocket: WebSocket, state: State, client: Client) -> None:
    while True:
        due, messages = await client.take()
        for message in [*(state.hub.snapshot(client) if due else ()), *messages]:
            send = websocket.send_bytes(message) if isinstance(message, bytes) else websocket.send_text(message)
            await asyncio.wait_for(send, SEND_LIMIT_S)


async def _receive(websocket: WebSocket, state: State) -> None:
    while True:
        text = await websocket.receive_text()
        with contextlib.suppress(orjson.JSONDecodeError, TypeError, AttributeError):
            ping = orjson.loads(text[:200])
            if ping.get("type") == "ping":
                pong = {"type": "pong", "t": ping.get("t"), "server_ms": _now(state)}
                await websocket.send_text(orjson.dumps(pong).decode())


def _now(state: State) -> int:
    return unix_ms(state.clock())
