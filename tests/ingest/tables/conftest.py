"""A file written and loaded in one call, and a point known to lie in a cell."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from ingest.deliveries import Sender
from ingest.outcome import Reject
from ingest.tables.check import Checked
from ingest.tables.load import Loaded, check_rows, load_table, read_file, understood
from ingest.tables.parts import found_table
from ingest.tables.table import ReadOptions
from layers.registry import get_layer, load_layers

Load = Callable[..., Loaded]
HEALTH = "code,name,kind,beds,his,precision_m,note,as_of,lon,lat\n"
REGISTRY = "reg_no,name,length_m,gear,home_port,commune_code,mmsi,vms_provider,vms_device_id,valid_from\n"


@pytest.fixture
def load(connection: psycopg.Connection, tmp_path: Path, now) -> Load:
    """Load bytes or text as a file of that name, at `now`."""

    def loaded(layer: str, name: str, content: bytes | str | Path, at=None, **said: str) -> Loaded:
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        sender = Sender(f"{layer}_test", "simulated", "thử")
        wanted = get_layer(load_layers(), layer)
        return load_table(connection, wanted, path, sender, lambda: at or now, ReadOptions(**said))

    return loaded


@pytest.fixture
def check(tmp_path: Path, now) -> Callable[..., tuple[list[Checked], list[Reject], int]]:
    """The rows of a file understood and refused, without a database."""

    def checked(layer: str, name: str, content: bytes | str | Path, **said: str):
        path = content if isinstance(content, Path) else tmp_path / name
        if not isinstance(content, Path):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        wanted = get_layer(load_layers(), layer)
        good: list[Checked] = []
        refused: list[Reject] = []
        with found_table(path) as file:
            for rows in understood(read_file(wanted, file, ReadOptions(**said))):
                batch = check_rows(wanted, rows, now)
                good += batch[0]
                refused += batch[1]
        return good, refused, len(good) + len(refused)

    return checked


@pytest.fixture
def health(load: Load):
    """Load rows of health facilities, as CSV lines without their header."""
    return lambda *rows: load("health_facility", "health.csv", HEALTH + "\n".join(rows) + "\n")


@pytest.fixture
def boats(load: Load):
    """Load rows of the fleet register, as CSV lines without their header."""
    return lambda *rows: load("vessel", "registry.csv", REGISTRY + "\n".join(rows) + "\n")


@pytest.fixture
def inside(connection: psycopg.Connection) -> tuple[float, float, int]:
    """Lon, lat (degrees) of a point in a cell, and the cell."""
    row = connection.execute(
        "SELECT ST_X(p), ST_Y(p), id FROM (SELECT id, ST_PointOnSurface(geom) AS p FROM cell ORDER BY id LIMIT 1) AS c"
    ).fetchone()
    assert row is not None
    return row
