"""Which database a command works on: the one it is told, else the private cluster, started if need be."""

from collections.abc import Iterator
from contextlib import contextmanager

from layers.cluster import Cluster
from layers.settings import DatabaseSettings

NAME = "opsmap"


@contextmanager
def database(settings: DatabaseSettings) -> Iterator[str]:
    """The URL of the product's database, for as long as the command needs it."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    cluster = Cluster(settings.resolved_data_dir())
    with cluster.running():
        cluster.ensure_database(NAME)
        yield cluster.url(NAME)
