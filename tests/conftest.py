"""What every test may ask for: a fresh database cloned from a migrated template, and a clock of its own."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from layers.cluster import Cluster
from layers.database import connect, enable_postgis, make_engine, upgrade, write
from layers.settings import DatabaseSettings
from layers.units.load import load_reference

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


settings.register_profile("shared machine", deadline=None)  # a busy neighbour is no failure
settings.load_profile("shared machine")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count aloud the tests that could not run for want of recordings."""
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if "shared recordings" in str(r.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests skipped: shared recordings are absent")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared recordings and tables, or a counted skip."""
    if not SHARED.is_dir():
        pytest.skip("shared recordings absent")
    return SHARED


@pytest.fixture(scope="session")
def worker() -> str:
    """The name of this test process."""
    return os.environ.get("PYTEST_XDIST_WORKER", "one")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The product's own cluster code over a folder of its own, without fsync."""
    product = DatabaseSettings().resolved_data_dir()
    folder = product.with_name(product.name + "-test") if os.geteuid() == 0 else product / "test"
    made = Cluster(folder, durable=False)
    with made.running():
        yield made


@pytest.fixture(scope="session")
def template(cluster: Cluster, worker: str) -> Iterator[str]:
    """A migrated database with units and rules, to clone from."""
    name = f"template_{worker}"
    cluster.drop_database(name)
    cluster.ensure_database(name)
    url = cluster.url(name)
    enable_postgis(url)
    upgrade(url)
    engine = make_engine(url)
    with write(engine) as connection:
        load_reference(connection, lambda: NOW)
    engine.dispose()
    yield name
    cluster.drop_database(name)


@pytest.fixture
def database_url(cluster: Cluster, template: str, worker: str) -> Iterator[str]:
    """The URL of a fresh database, one per test."""
    name = f"test_{worker}"
    cluster.drop_database(name)
    cluster.ensure_database(name, template)
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def reading_url(cluster: Cluster, template: str, worker: str) -> Iterator[str]:
    """The URL of one database shared by the tests that only read."""
    name = f"reading_{worker}"
    cluster.drop_database(name)
    cluster.ensure_database(name, template)
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    """A psycopg connection to this test's database."""
    with connect(database_url) as opened:
        yield opened


@pytest.fixture
def put_boat(connection: psycopg.Connection) -> Callable[[int, float, float], None]:
    """Puts a heard transmitter at (number, lon, lat) by the shortest way: for tests about reading."""

    def put(number: int, lon: float, lat: float) -> None:
        connection.execute(
            "INSERT INTO source (code, title_vi, title_en, origin) VALUES ('t', 't', 't', 'simulated')"
            " ON CONFLICT DO NOTHING"
        )
        row = connection.execute(
            "INSERT INTO transmitter (key, kind) VALUES (%s, 'ais') RETURNING id", (f"mmsi:{999000000 + number}",)
        ).fetchone()
        assert row is not None
        connection.execute(
            "INSERT INTO live (transmitter_id, t, heard_at, stored_at, source_id, lon_e7, lat_e7, version, geom)"
            " VALUES (%s, now(), now(), now(), (SELECT id FROM source WHERE code = 't'), %s, %s, 1,"
            " ST_SetSRID(ST_MakePoint(%s, %s), 4326))",
            (row[0], round(lon * 1e7), round(lat * 1e7), lon, lat),
        )

    return put


@pytest.fixture
def now() -> datetime:
    """The moment every test starts from."""
    return NOW


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Debian's Chromium; ./run test installs it."""
    found = shutil.which("chromium")
    assert found is not None, "chromium is missing: ./run test installs it (apt-get install chromium)"
    return found
