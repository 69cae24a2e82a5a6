"""Who sees what of a layer: its tiles, the API and the style carry exactly what is declared for each role."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import mapbox_vector_tile
import pytest
from fastapi.testclient import TestClient

from geo.errors import NotAllowed
from geo.tilegrid import Tile, tile_at
from layers.access.accounts import make_link
from layers.access.roles import PUBLIC, Role
from layers.access.scope import Scope, scope
from layers.database import connect
from layers.registry import load_layers
from layers.spec import Layer
from tiles.read import TileReader, tile_pool
from tiles.statement import tile_statement
from tiles.style import BASES, build_style
from tiles.tilejson import tilejson
from tiles.tokens import THEMES
from web import main
from web.settings import WebSettings

LAYERS = load_layers()
TILES = (Tile(0, 0, 0), tile_at(108.6, 15.0, 6), tile_at(109.12, 15.38, 11))
"""All of the world, all of the province, and Lý Sơn from near."""
every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)


def live_now() -> datetime:
    return datetime.now(UTC)


def scopes(layer: Layer) -> dict[str, tuple[Role, Scope]]:
    """The different ways in which anybody sees the layer, each with a role that sees it so."""
    return {scope(role, layer).digest: (role, scope(role, layer)) for role in Role}


def read_tiles(url: str, layer: Layer, seen: Scope) -> dict[str, list[dict[str, Any]]]:
    """The properties of every feature, by vector layer, over the tiles looked at."""

    async def bodies() -> list[bytes]:
        async with tile_pool(url, 1) as pool:
            reader = TileReader(pool)
            return [(await reader.read(layer, seen, 1, address))[1] for address in TILES]

    found: dict[str, list[dict[str, Any]]] = {}
    for body in asyncio.run(bodies()):
        for name, part in mapbox_vector_tile.decode(body).items() if body else ():
            found.setdefault(name, []).extend(f["properties"] for f in part["features"])
    return found


@every_layer
def test_tiles_carry_exactly_what_is_declared(layer: Layer, province: str) -> None:
    for role, seen in scopes(layer).values():
        if seen.mode == "none":
            with pytest.raises(NotAllowed):
                tile_statement(layer, seen)
            continue
        declared = {v["id"]: set(v["fields"]) for v in tilejson(layer, seen, 1)["vector_layers"]}
        carried = {name: set().union(*rows) for name, rows in read_tiles(province, layer, seen).items()}
        assert carried == declared, role
        if seen.mode == "exact":
            assert declared[layer.name] - {"id", "count"} == {f.name for f in layer.fields if role in f.read_by}


@pytest.fixture
def enter(province: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., TestClient]]:
    """A browser signed in as a role, on an app whose registry has one layer changed."""
    opened: list[TestClient] = []

    def entered(role: Role, layer: Layer) -> TestClient:
        monkeypatch.setattr(main, "load_layers", lambda: MappingProxyType({**LAYERS, layer.name: layer}))
        app = main.create_app(WebSettings(), province, live_now)
        client = TestClient(app, base_url="http://testserver").__enter__()
        opened.append(client)
        if role is not Role.GUEST:
            with connect(province) as connection:
                token = make_link(connection, role, live_now)
            client.get("/login", params={"link": token}, follow_redirects=False)
        return client

    yield entered
    for client in opened:
        client.__exit__(None, None, None)


@every_layer
def test_the_api_tells_each_role_what_its_tiles_carry(layer: Layer, enter: Callable[..., TestClient]) -> None:
    for role, seen in scopes(layer).values():
        client = enter(role, layer)
        listed = {m["name"]: m for m in client.get("/api/layers").json()["layers"]}
        assert (layer.name in listed) == (seen.mode != "none")
        assert client.get(f"/tiles/{layer.name}.json").status_code == (403 if seen.mode == "none" else 200)
        if layer.name in listed:
            assert [f["name"] for f in listed[layer.name]["fields"]] == list(seen.columns)


@every_layer
def test_made_private_it_leaves_no_trace(layer: Layer, enter: Callable[..., TestClient]) -> None:
    private = replace(layer, read_by=PUBLIC - {Role.GUEST}, density=None)
    client = enter(Role.GUEST, private)
    for path in (f"/tiles/{layer.name}.json", f"/tiles/{layer.name}/6/51/29.mvt"):
        assert client.get(path).status_code == 403
    assert layer.name not in {m["name"] for m in client.get("/api/layers").json()["layers"]}
    style = client.get("/style/dark.json").json()
    assert layer.name not in style["sources"]
    assert layer.name not in {part.get("source") for part in style["layers"]}
    assert layer.name not in {m["layer"] for m in client.get("/api/units/522").json()["measures"]}
    for measure in layer.measures:
        answer = client.get("/api/units/values", params={"measure": f"{layer.name}.{measure.name}"})
        assert (answer.status_code, answer.json()["field"]) == (400, "measure")


def named_properties(part: Any) -> set[str]:
    """The feature properties a style layer reads: every ["get", name] in it."""
    if isinstance(part, dict):
        return set().union(*(named_properties(value) for value in part.values()))
    if isinstance(part, list):
        return {part[1]} if part[:1] == ["get"] else set().union(*map(named_properties, part))
    return set()


@every_layer
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("base", BASES)
def test_the_style_draws_it_from_what_its_tiles_carry(layer: Layer, theme: str, base: str) -> None:
    for role, seen in scopes(layer).values():
        style = build_style({layer.name: (layer, seen)}, {layer.name: 1}, theme=theme, lang="vi", base=base)
        parts = [part for part in style["layers"] if part.get("source") == layer.name]
        streamed = layer.style.shape == "stream" and seen.mode == "exact"  # drawn from /live, not from tiles
        if streamed or seen.mode == "none" or not layer.tiled:
            assert parts == []
            continue
        carried = {v["id"]: set(v["fields"]) for v in tilejson(layer, seen, 1)["vector_layers"]}
        assert parts, f"{layer.name} is not drawn for {role}"
        for part in parts:
            assert named_properties(part) <= carried[part["source-layer"]], part["id"]
