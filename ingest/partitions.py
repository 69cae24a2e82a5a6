"""Daily partitions of the history, made when the first position of a day comes in."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg import sql

DAY_MS = 86_400_000
_LOCK = 7_105_201
_NOT_EMPTIED = sql.SQL(
    "CREATE TRIGGER position_not_emptied BEFORE TRUNCATE ON {}"
    " FOR EACH STATEMENT EXECUTE FUNCTION refuse_position_change()"
)
"""Row triggers come with the attachment, this kind does not."""


def day_of(t_ms: int) -> int:
    """Days since 1970, UTC, of Unix milliseconds."""
    return t_ms // DAY_MS


def make_partitions(connection: psycopg.Connection, days: Iterable[int]) -> None:
    """Make sure each day (since 1970) has its partition, in the caller's transaction; safe beside other writers."""
    missing = [day for day in sorted(days) if not _exists(connection, day)]
    if not missing:
        return
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    for day in missing:
        if not _exists(connection, day):
            _make(connection, day)


def partition_name(day: int) -> str:
    """`position_20261123`."""
    return f"position_{_start(day):%Y%m%d}"


def _start(day: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)


def _exists(connection: psycopg.Connection, day: int) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (partition_name(day),)).fetchone()
    return row is not None and bool(row[0])


def _make(connection: psycopg.Connection, day: int) -> None:
    """Built apart and attached, which unlike PARTITION OF does not shut readers out."""
    name = sql.Identifier(partition_name(day))
    connection.execute(sql.SQL("CREATE TABLE {} (LIKE position INCLUDING ALL)").format(name))
    attach = sql.SQL("ALTER TABLE position ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})")
    bounds = (sql.Literal(_start(day).isoformat()), sql.Literal(_start(day + 1).isoformat()))
    connection.execute(attach.format(name, *bounds))
    connection.execute(_NOT_EMPTIED.format(name))
