"""Engines, sessions, migrations; the only place that commits."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NewType

import psycopg
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

if TYPE_CHECKING:
    from alembic.config import Config

ReadConnection = NewType("ReadConnection", AsyncConnection)

STATEMENT_TIMEOUT_MS = 5000
MIGRATION_LOCK = 7_105_100
MIGRATIONS = Path(__file__).parent / "migrations"


def sqlalchemy_url(url: str) -> str:
    """Any PostgreSQL URL as SQLAlchemy wants it, always with psycopg 3."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def libpq_url(url: str) -> str:
    """The same address as libpq wants it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def make_engine(url: str) -> Engine:
    """A sync engine for ingest and the command line."""
    return create_engine(sqlalchemy_url(url), pool_pre_ping=True)


def make_async_engine(url: str, pool_size: int = 8) -> AsyncEngine:
    """An async engine for the web process; every transaction is READ ONLY unless `write` asks otherwise."""
    return create_async_engine(sqlalchemy_url(url), pool_size=pool_size, pool_pre_ping=True)


def connect(url: str) -> psycopg.Connection:
    """A plain psycopg connection in autocommit mode; group statements with `transaction`."""
    return psycopg.connect(libpq_url(url), autocommit=True)


@contextmanager
def transaction(connection: psycopg.Connection, *, keep: bool = True) -> Iterator[psycopg.Connection]:
    """One transaction: committed at the end, rolled back on any error, or in any case unless `keep`."""
    with connection.transaction(force_rollback=not keep):
        yield connection


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """One sync SQLAlchemy transaction."""
    with engine.begin() as connection:
        yield connection


@asynccontextmanager
async def read(engine: AsyncEngine) -> AsyncIterator[ReadConnection]:
    """One READ ONLY transaction with a statement timeout, for one request."""
    async with engine.connect() as connection, connection.begin():
        await connection.execute(text("SET TRANSACTION READ ONLY"))
        await connection.execute(text(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"))
        yield ReadConnection(connection)


@contextmanager
def read_now(engine: Engine) -> Iterator[Connection]:
    """The same as `read`, on a thread."""
    with engine.begin() as connection:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"))
        yield connection


@asynccontextmanager
async def write_async(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One writing transaction of the web process (accounts, sessions)."""
    async with engine.begin() as connection:
        yield connection


def alembic_config(url: str) -> "Config":
    """Alembic set up for our migrations and this database."""
    from alembic.config import Config  # late: every process connects, few migrate

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = sqlalchemy_url(url)
    return config


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the schema to `revision`; concurrent callers wait for one another."""
    from alembic import command

    command.upgrade(alembic_config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to `revision`."""
    from alembic import command

    command.downgrade(alembic_config(url), revision)


def enable_postgis(url: str) -> None:
    """Create the extensions our migrations count on (needs the right to)."""
    with connect(url) as connection:
        for extension in ("postgis", "pg_trgm", "pgcrypto"):
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}".encode())
