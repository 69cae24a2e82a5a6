"""What the house promises of a layer, asked of every file in layers/catalog/. A new layer is tested by being there."""

import asyncio
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import mapbox_vector_tile
import orjson
import psycopg
import pytest
from alembic import command
from fastapi.testclient import TestClient
from sqlalchemy import create_engine

from geo.errors import NotAllowed
from geo.tilegrid import Tile, tile_at
from ingest.deliveries import Sender
from ingest.tables.load import Loaded, load_table
from layers.access.accounts import make_link
from layers.access.roles import PUBLIC, Role
from layers.access.scope import Scope, scope
from layers.aggregate import readable, unit_statement
from layers.cluster import Cluster
from layers.database import alembic_config, connect, sqlalchemy_url
from layers.registry import load_layers
from layers.spec import Field, Layer, Text
from layers.vessels.live import settle
from tiles.legend import legend
from tiles.read import TileReader, tile_pool
from tiles.statement import tile_statement
from tiles.style import BASES, build_style
from tiles.tilejson import tilejson
from tiles.tokens import THEMES
from web import main
from web.commands.docs import generated
from web.settings import WebSettings

LAYERS = load_layers()
TILES = (Tile(0, 0, 0), tile_at(108.6, 15.0, 6))
GIVEN = "2025-01-01"
Row = dict[str, Any]

every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
with_file = pytest.mark.parametrize("layer", [m for m in LAYERS.values() if m.file], ids=lambda m: m.name)
with_measures = pytest.mark.parametrize("layer", [m for m in LAYERS.values() if m.measures], ids=lambda m: m.name)


def live_now() -> datetime:
    return datetime.now(UTC)


# --- rows made from a layer's own declaration -----------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A cell, the code of its commune, and a point in it."""

    commune_code: str
    lon: float
    lat: float


def good_row(layer: Layer, number: int, place: Place) -> Row:
    """A row of a file of that layer that nothing can be said against."""
    assert layer.file is not None
    row: Row = {f.name: good_value(f, number) for f in layer.fields if f.from_file and f.column is not None}
    row |= {c: f"{999000000 + number}" for link in layer.file.links for c in link.columns}
    row |= {layer.file.time: GIVEN} if layer.file.time else {}
    return row | {"commune_code": place.commune_code, "lon": place.lon, "lat": place.lat}


def good_value(field: Field, number: int) -> Any:
    assert field.column is not None
    kind = field.column.type.python_type
    if field.choices:
        return field.choices[number % len(field.choices)]
    if kind in (int, float):
        low = field.low or 0
        return low + number % int(min(field.high or 100, 100) - low)
    return {str: f"{field.name} {number}", bool: number % 2 == 0}.get(kind, GIVEN)


def bad_values(field: Field) -> Iterator[Any]:
    """Everything that is wrong for a field."""
    assert field.column is not None
    if not field.column.nullable:
        yield ""
    if field.choices:
        yield "no such choice"
    if field.column.type.python_type in (int, float):
        yield "mười"
        yield from (limit + step for limit, step in ((field.low, -1), (field.high, 1)) if limit is not None)


def write_file(folder: Path, layer: Layer, rows: list[Row]) -> Path:
    """The rows as the layer's own kind of file."""
    assert layer.file is not None
    if layer.file.place == "geometry":
        features = [
            {"type": "Feature", "properties": r, "geometry": {"type": "Point", "coordinates": [r["lon"], r["lat"]]}}
            for r in rows
        ]
        path = folder / f"{layer.name}.geojson"
        path.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
        return path
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = folder / f"{layer.name}.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def read_places(connection: psycopg.Connection) -> list[Place]:
    statement = "SELECT commune_code, ST_X(p), ST_Y(p) FROM (SELECT *, ST_PointOnSurface(geom) AS p FROM cell) AS c"
    return [Place(*row) for row in connection.execute(statement + " ORDER BY id")]


def load(connection: psycopg.Connection, layer: Layer, path: Path) -> Loaded:
    return load_table(connection, layer, path, Sender(f"{layer.name}_test", "simulated", "thử"), live_now)


# --- one province, with something of every layer in every cell ------------------------------------------


@pytest.fixture(scope="module")
def province(cluster: Cluster, template: str, worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database where every layer that takes files has a row in each cell, and every device was heard."""
    name = f"province_{worker}"
    cluster.drop_database(name)
    cluster.ensure_database(name, template)
    with connect(cluster.url(name)) as connection:
        places = read_places(connection)
        for layer in (m for m in LAYERS.values() if m.file):
            rows = [good_row(layer, number, place) for number, place in enumerate(places)]
            assert load(connection, layer, write_file(tmp_path_factory.mktemp("files"), layer, rows)).rejects == []
        connection.execute(
            "INSERT INTO live (transmitter_id, t, heard_at, stored_at, source_id, lon_e7, lat_e7, version, geom)"
            " SELECT id, now(), now(), now(), 1, 1090000000, 150000000, 1, ST_SetSRID(ST_MakePoint(109, 15), 4326)"
            " FROM transmitter"
        )
        settle(connection, 1)
    yield cluster.url(name)
    cluster.drop_database(name)


def scopes(layer: Layer) -> dict[str, tuple[Role, Scope]]:
    """The different ways in which anybody sees the layer, each with a role that sees it so."""
    return {scope(role, layer).digest: (role, scope(role, layer)) for role in Role}


def read_tiles(url: str, layer: Layer, seen: Scope) -> dict[str, list[Row]]:
    """The properties of every feature, by vector layer, over the tiles looked at."""

    async def bodies() -> list[bytes]:
        async with tile_pool(url, 1) as pool:
            reader = TileReader(pool)
            return [(await reader.read(layer, seen, 1, address))[1] for address in TILES]

    found: dict[str, list[Row]] = {}
    for body in asyncio.run(bodies()):
        for name, part in mapbox_vector_tile.decode(body).items() if body else ():
            found.setdefault(name, []).extend(f["properties"] for f in part["features"])
    return found


# --- schema, words, pages -------------------------------------------------------------------------------


def test_the_migrations_say_what_the_models_say(database_url: str) -> None:
    command.check(alembic_config(database_url))


@every_layer
def test_its_tables_exist(layer: Layer, province: str) -> None:
    shapes = [layer.shapes.table] if layer.shapes else []
    with connect(province) as connection:
        for table in (layer.model.__table__, layer.reading.__table__, *shapes):
            statement = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            assert {name for (name,) in connection.execute(statement, (table.name,))} >= set(table.columns.keys())


@every_layer
def test_everything_it_says_is_said_in_both_languages(layer: Layer) -> None:
    words: list[Text] = [layer.title, *layer.notes, *(f.title for f in layer.fields)]
    words += [text for m in layer.measures for text in (m.title, m.unit)]
    assert all(text.vi.strip() and text.en.strip() for text in words)


@every_layer
def test_its_page_is_what_the_code_says(layer: Layer) -> None:
    path, content = next((p, c) for p, c in generated().items() if p.name == f"{layer.name}.md")
    assert path.exists(), "run opsmap docs"
    assert path.read_text(encoding="utf-8") == content, "run opsmap docs"


def test_no_page_is_stale_or_left_over() -> None:
    pages = generated()
    assert [str(p) for p, c in pages.items() if not p.exists() or p.read_text(encoding="utf-8") != c] == []
    assert {p for p in next(iter(pages)).parent.glob("*.md")} <= set(pages)


@every_layer
def test_its_legend_has_the_colour_of_its_map(layer: Layer) -> None:
    shown = legend(layer)
    assert shown["color"] == {theme: colors[layer.style.color.value] for theme, colors in THEMES.items()}
    assert shown["title"] == {"vi": layer.title.vi, "en": layer.title.en}


# --- who sees what --------------------------------------------------------------------------------------


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
            assert declared[layer.name] == {f.name for f in layer.fields if role in f.read_by}


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
