"""Rows made from a layer's own declaration, and a province that has one of every layer in each cell."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.tables.load import Loaded, load_table
from ingest.tables.shapes import wanted_kind
from ingest.write import Batch
from layers.cluster import Cluster
from layers.database import connect
from layers.registry import load_layers
from layers.spec import Field, Layer
from layers.vessels.live import settle

GIVEN = "2025-01-01"
Row = dict[str, Any]


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
        return field.values[number % len(field.values)]
    if kind in (int, float):
        low = field.low or 0
        return low + number % int(min((field.high or low + 100) - low, 100))
    return {str: f"{field.name} {number}", bool: number % 2 == 0}.get(kind, f"2025-01-{1 + number % 28:02}")


def good_geometry(layer: Layer, lon: float, lat: float) -> Row:
    """A geometry of the layer's kind around a place: a point, a square or a line a kilometre wide."""
    kind = wanted_kind(layer)
    if kind == "POINT":
        return {"type": "Point", "coordinates": [lon, lat]}
    west, south, east, north = lon - 0.005, lat - 0.005, lon + 0.005, lat + 0.005
    if kind == "MULTILINESTRING":
        return {"type": "LineString", "coordinates": [[west, lat], [east, lat]]}
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def bad_values(field: Field) -> Iterator[Any]:
    """Everything that is wrong for a field."""
    assert field.column is not None
    if not field.column.nullable:
        yield ""
    if field.choices:
        yield "no such choice"
    kind = field.column.type.python_type
    if kind in (bool, date, datetime):
        yield "có lẽ"
    if kind in (int, float):
        yield "mười"
        yield from (limit + step for limit, step in ((field.low, -1), (field.high, 1)) if limit is not None)


def write_file(folder: Path, layer: Layer, rows: list[Row]) -> Path:
    """The rows as the layer's own kind of file."""
    assert layer.file is not None
    if layer.file.place == "geometry":
        features = [
            {
                "type": "Feature",
                "properties": r,
                "geometry": r.get("geometry", good_geometry(layer, r["lon"], r["lat"])),
            }
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


def load_file(connection: psycopg.Connection, layer: Layer, path: Path) -> Loaded:
    return load_table(
        connection, layer, path, Sender(f"{layer.name}_test", "simulated", "thử"), lambda: datetime.now(UTC)
    )


@pytest.fixture
def places(connection: psycopg.Connection) -> list[Place]:
    return read_places(connection)


@pytest.fixture(scope="session")
def make_row() -> Callable[[Layer, int, Place], Row]:
    return good_row


@pytest.fixture(scope="session")
def spoil() -> Callable[[Field], list[Any]]:
    return lambda field: list(bad_values(field))


@pytest.fixture
def load(connection: psycopg.Connection, tmp_path: Path) -> Callable[[Layer, list[Row]], Loaded]:
    """Load rows as the layer's own kind of file."""
    return lambda layer, rows: load_file(connection, layer, write_file(tmp_path, layer, rows))


def draw_a_track(connection: psycopg.Connection) -> None:
    """One of the devices was heard before now, too: a piece of a track and a gap."""
    now = datetime.now(UTC)
    delivery = Delivery(connection, Sender("ais_test", "simulated", "thử"), "test", lambda: now)
    key = f"mmsi:{999000000}"
    for minutes_ago in (300, 20, 10):
        t_ms = unix_ms(now) - minutes_ago * 60_000
        place = (round(109e7) - minutes_ago * 10_000, round(15e7))
        delivery.write(Batch([Fix(key, t_ms, minutes_ago, t_ms, *place, *[None] * 6, 0, b"test")]))
    delivery.keep_tracks()


@pytest.fixture(scope="session")
def province(cluster: Cluster, template: str, worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database where every layer that takes files has a row in each cell, and every device was heard."""
    name = f"province_{worker}"
    cluster.drop_database(name)
    cluster.ensure_database(name, template)
    with connect(cluster.url(name)) as connection:
        places = read_places(connection)
        for layer in (m for m in load_layers().values() if m.file):
            rows = [good_row(layer, number, place) for number, place in enumerate(places)]
            assert load_file(connection, layer, write_file(tmp_path_factory.mktemp("files"), layer, rows)).rejects == []
        connection.execute(
            "INSERT INTO live (transmitter_id, t, heard_at, stored_at, source_id, lon_e7, lat_e7, version, geom)"
            " SELECT id, now(), now(), now(), 1, 1090000000, 150000000, 1, ST_SetSRID(ST_MakePoint(109, 15), 4326)"
            " FROM transmitter"
        )
        settle(connection, 1)
        draw_a_track(connection)
    yield cluster.url(name)
    cluster.drop_database(name)
