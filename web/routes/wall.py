"""The wall: its screens, its scenes, and what it is told."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse

from geo.clock import unix_ms
from geo.errors import NeedsLogin, NotAllowed
from layers.access.accounts import WALL_LIFE
from layers.access.roles import Role
from layers.access.sessions import use_link
from layers.bunches import is_bunched
from layers.database import read, write_async
from layers.wall.state import change as wall_change
from layers.wall.state import read_wall
from tiles.bunch_signs import bunch_words
from tiles.scenes import Panel, Scene, every_measure, find_scene, first_measure, published
from web.access import who_asks
from web.routes.pages import check_origin, keep_session, page
from web.state import State, state_of
from web.views import Words
from web.wall_screen import BadScreen, read_screen, refusal

CONTROLLERS = frozenset({Role.OFFICER, Role.OPERATOR, Role.ADMIN})
"""Who may choose a scene and say that guests are in the room."""

router = APIRouter()


@router.get("/wall", include_in_schema=False)
async def wall(request: Request) -> Response:
    """One screen of the wall, or a page that says why there is none."""
    token = request.query_params.get("token")
    if token is not None:
        return await _exchange(request, token)
    try:
        read_screen(request.query_params)
    except BadScreen as error:
        if "text/html" not in request.headers.get("accept", ""):
            raise
        return HTMLResponse(refusal(error), 400, {"cache-control": "no-store"})
    return page("wall")


async def _exchange(request: Request, link: str) -> Response:
    """A link's token, once, for a cookie that lasts; the address goes on without it.

    A machine that starts again brings the same spent link and still has its cookie.
    """
    state = state_of(request)
    rest = request.url.remove_query_params("token")
    response = RedirectResponse(f"{rest.path}?{rest.query}", 303)
    token = await use_link(state.engine, link, state.clock(), wall=True)
    if token is None:
        return response if await who_asks(request) else RedirectResponse("/login?error=link", 303)
    keep_session(response, request, token, WALL_LIFE)
    return response


@router.get("/api/scenes")
async def get_scenes(request: Request) -> dict[str, Any]:
    """The scenes in their order, each for so many seconds; which one is due follows from the server's time."""
    state = state_of(request)
    scenes = published(state.registry)
    return {"scenes": [_scene(state, s) for s in scenes.values()], "server_ms": unix_ms(state.clock())}


class WallView(BaseModel):
    """What the wall is told, and whether this browser may change it."""

    guest: bool
    scene: str | None
    can_control: bool


class WallChange(BaseModel):
    """A change; what is left out stays as it is. `scene` "" lets the scenes rotate."""

    guest: bool | None = None
    scene: Annotated[str | None, Field(max_length=40)] = None


@router.get("/api/wall")
async def get_wall(request: Request) -> WallView:
    """What the wall is told now."""
    who = await who_asks(request)
    async with read(state_of(request).engine) as connection:
        told = await read_wall(connection)
    return WallView(guest=told.guest, scene=told.scene, can_control=who is not None and who.role in CONTROLLERS)


@router.post("/api/wall")
async def post_wall(request: Request, change: WallChange) -> WallView:
    """Hold a scene or let them rotate; guests in, guests out. All screens obey within a second."""
    check_origin(request)
    state, who = state_of(request), await who_asks(request)
    if who is None:
        raise NeedsLogin("sign in as operator, officer or admin to change the wall", field="session")
    if who.role not in CONTROLLERS:
        raise NotAllowed(f"role {who.role.value}: use operator, officer or admin", field="role")
    if change.scene:
        find_scene(published(state.registry), change.scene)
    async with write_async(state.engine) as connection:
        statement = wall_change(state.clock(), who.username, change.guest, change.scene)
        guest, scene, _ = (await connection.execute(statement)).one()
    return WallView(guest=guest, scene=scene, can_control=True)


def _scene(state: State, scene: Scene) -> dict[str, Any]:
    known = every_measure(state.registry)
    layers = [*scene.layers, *(name for name in scene.extra if name in state.registry)]
    return {
        "name": scene.name,
        "title": Words.of(scene.title),
        "view": scene.view,
        "anchor": scene.anchor,
        "layers": layers,
        "bunches": bunch_words() if any(is_bunched(state.registry[name]) for name in layers) else None,
        "measure": first_measure(scene, state.registry),
        "panels": [_panel(panel, known) for panel in scene.panels],
        "names": [{"kind": n.kind, "title": Words.of(n.title), "lon": n.lon, "lat": n.lat} for n in scene.names],
        "inset": scene.inset,
        "seconds": scene.seconds,
    }


def _panel(panel: Panel, known: frozenset[str]) -> dict[str, Any]:
    measures = [name for name in panel.measures if name in known]
    told = {"kind": panel.kind, "side": panel.side, "title": Words.of(panel.title), "measures": measures}
    return told | {"indicators": list(panel.indicators)}
