"""A database beside the real one, with the same schema and reference data, gone when its work is done."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import sql
from sqlalchemy.engine import make_url

from geo.clock import Clock
from layers.database import connect, enable_postgis, make_engine, upgrade, write
from layers.units.load import load_reference


@contextmanager
def scratch_database(url: str, clock: Clock) -> Iterator[str]:
    """The address of a fresh database on the same server. Needs the right to create databases and extensions."""
    name = f"opsmap_scratch_{os.getpid()}"
    with connect(url) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            made = make_url(url).set(database=name).render_as_string(hide_password=False)
            enable_postgis(made)
            upgrade(made)
            engine = make_engine(made)
            with write(engine) as opened:
                load_reference(opened, clock)
            engine.dispose()
            yield made
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
