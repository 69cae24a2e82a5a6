"""WS /live: the session decides the scope; the origin must be ours; ping gives the server's time."""

import asyncio
import contextlib
from urllib.parse import urlsplit

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from geo.clock import unix_ms
from layers.access.roles import Role
from web.access import is_wall, who_asks
from web.built import build_name
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
    who = await who_asks(websocket)
    await websocket.accept()
    role, wall = who.role if who is not None else Role.GUEST, is_wall(websocket, who)
    client = Client(state.hub.mode_of(role, wall), role, wall)
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
        turn = client.turn
        for message in [*([_hello(state, client), *state.hub.snapshot(client)] if due else ()), *messages]:
            if client.turn != turn:  # of a mode that is over
                break
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


def _hello(state: State, client: Client) -> str:
    """What every snapshot begins with: whose eyes this stream is for, and which build its page should be."""
    return orjson.dumps(
        {
            "type": "hello",
            "epoch": state.hub.epoch,
            "role": client.role.value,
            "mode": client.mode,
            "server_ms": _now(state),
            "build": build_name(),
        }
    ).decode()


def _now(state: State) -> int:
    return unix_ms(state.clock())
