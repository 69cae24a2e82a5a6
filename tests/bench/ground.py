"""The ground every benchmark stands on: a durable cluster of its own, and databases that nobody has touched before."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from layers.cluster import Cluster
from layers.database import connect, enable_postgis, make_engine, upgrade, write
from layers.units.load import load_reference

TEMPLATE = "bench_template"


def now() -> datetime:
    """The benchmarks run on today's clock, as the program does."""
    return datetime.now(UTC)


class Ground:
    """A running cluster with a migrated database (units, cells, rules) to copy from."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.cluster = cluster
        self.folder = folder
        self._made = 0

    def build_template(self) -> None:
        """Migrate once; every benchmark starts from a copy."""
        self.cluster.ensure_database(TEMPLATE)
        url = self.cluster.url(TEMPLATE)
        enable_postgis(url)
        upgrade(url)
        engine = make_engine(url)
        with write(engine) as connection:
            load_reference(connection, now)
        engine.dispose()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The name of a new database, for the length of the block."""
        self._made += 1
        name = f"bench_{self._made}"
        self.cluster.ensure_database(name, TEMPLATE)
        try:
            yield name
        finally:
            self.cluster.drop_database(name)

    def rest(self) -> None:
        """Let the server put away what earlier work left, so that the next rival does not pay for it."""
        with connect(self.cluster.url(TEMPLATE)) as connection:
            connection.execute("CHECKPOINT")


@contextmanager
def ground() -> Iterator[Ground]:
    """A private cluster with production's settings, thrown away at the end."""
    with tempfile.TemporaryDirectory(prefix="opsmap-bench-", dir="/var/tmp") as made:
        folder = Path(made)
        folder.chmod(0o755)  # as root the server runs under another account
        with Cluster(folder / "data").running() as cluster:
            found = Ground(cluster, folder)
            found.build_template()
            yield found


def process_seconds(pid: int) -> float:
    """The processor seconds that a process has used, its ended children included."""
    used = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:15]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def cluster_seconds(cluster: Cluster) -> float:
    """The processor seconds that a whole cluster has used."""
    postmaster = int((cluster.place.pgdata / "postmaster.pid").read_text().split()[0])
    family = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    return process_seconds(postmaster) + sum(process_seconds(int(pid)) for pid in family)


def server_seconds(connection: psycopg.Connection) -> Callable[[], float]:
    """Reads the processor seconds that the server's process behind a connection has used."""
    stat = Path(f"/proc/{connection.info.backend_pid}/stat")

    def read() -> float:
        user, system = stat.read_text().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    return read
