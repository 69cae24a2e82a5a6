"""Tiles and TileJSON. Authorise before the cache; 204 when empty; an ETag of layer version and scope."""

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse
from starlette.routing import Route

from geo.errors import BadInput, NotAllowed, OpsmapError
from geo.tilegrid import Tile, tile
from layers.access.scope import Scope, scope
from layers.database import read
from layers.registry import get_layer
from layers.spec import Layer
from tiles.cache import etag
from tiles.tilejson import tilejson
from web.access import role_of
from web.errors import of_ours
from web.state import State, state_of
from web.unit_outlines import read_outline

MVT = "application/vnd.mapbox-vector-tile"
LIVE_LAYERS = frozenset({"stream"})

router = APIRouter()


@router.get("/tiles/{layer}.json")
async def get_tilejson(request: Request, layer: str) -> JSONResponse:
    """TileJSON 3.0 of a layer as this role sees it."""
    state, found, allowed = await _allowed(request, layer)
    body = tilejson(found, allowed, state.hub.version(found.name))
    if found.shapes is not None and found.cell is not None:
        async with read(state.engine) as connection:
            body["attribution"] = (await read_outline(connection)).title.vi
    return JSONResponse(body, headers={"cache-control": "private, no-cache"})


async def get_tile(request: Request) -> Response:
    """One vector tile (a plain route: this path is asked for thousands of times)."""
    try:
        return await _tile(request)
    except OpsmapError as error:
        return of_ours(error)


async def _tile(request: Request) -> Response:
    address = _address(request.path_params)
    state, layer, allowed = await _allowed(request, request.path_params["layer"])
    version = state.hub.version(layer.name)
    tag = etag((layer.name, version, allowed.digest, address.z, address.x, address.y))
    headers = {"etag": tag, "cache-control": _caching(request, layer, allowed, version), "vary": "Cookie"}
    if request.headers.get("if-none-match") == tag and layer.style.shape not in LIVE_LAYERS:
        return Response(status_code=304, headers=headers)
    _, body = await state.tiles.read(layer, allowed, version, address)
    return Response(body, 200, headers, MVT) if body else Response(status_code=204, headers=headers)


async def _allowed(request: Request, name: str) -> tuple[State, Layer, Scope]:
    state = state_of(request)
    layer = get_layer(state.registry, name)
    allowed = scope(await role_of(request), layer)
    if allowed.mode == "none":
        raise NotAllowed(f"layer={name!r}: this role does not see it", field="layer")
    return state, layer, allowed


def _address(given: dict[str, str]) -> Tile:
    numbers = []
    for name in "zxy":
        text = given[name]
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise BadInput(f"{name}={text[:20]!r}: use a whole number", field=name)
        numbers.append(int(text))
    return tile(*numbers)


def _caching(request: Request, layer: Layer, allowed: Scope, version: int) -> str:
    """Named by version: keep for a day. Unnamed or moving: ask again."""
    if layer.style.shape in LIVE_LAYERS or request.query_params.get("v") != f"{version}-{allowed.digest}":
        return "private, no-cache"
    return f"{'public' if allowed.public else 'private'}, max-age=86400"


tile_route = Route("/tiles/{layer}/{z}/{x}/{y}.mvt", get_tile, methods=["GET"])
