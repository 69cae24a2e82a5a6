"""Keys for machines: told once, kept as a hash, ended but never deleted."""

import re
import secrets
from datetime import datetime

import psycopg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from geo.clock import Clock
from geo.errors import BadInput, NotFound
from layers.access.accounts import Who, token_hash
from layers.access.models import ApiKey
from layers.access.roles import Role
from layers.database import read

_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


def add_key(connection: psycopg.Connection, role: Role, source: str | None, name: str | None, clock: Clock) -> str:
    """A new key. With a source it may send as that source, and nothing else; BadInput when the name is taken."""
    if source is not None and _SOURCE.fullmatch(source) is None:
        raise BadInput(f"source={source!r}: letters, digits, _ . : - only, at most 64", field="source")
    token = secrets.token_urlsafe(32)
    row = (token_hash(token), name or f"{source or role.value}-{secrets.token_hex(3)}", role.value, source, clock())
    made = connection.execute(
        "INSERT INTO api_key (token_hash, name, role, source, created_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (name) DO NOTHING",
        row,
    ).rowcount
    if not made:
        raise BadInput(f"name={name!r}: taken; choose another, or end that key first", field="name")
    return token


def end_key(connection: psycopg.Connection, name: str, now: datetime) -> None:
    """From now on the key opens nothing. NotFound when there is no living key of that name."""
    done = connection.execute("UPDATE api_key SET ended_at = %s WHERE name = %s AND ended_at IS NULL", (now, name))
    if not done.rowcount:
        raise NotFound(f"name={name!r}: no living key; see `opsmap key list`", field="name")


async def whose_key(engine: AsyncEngine, token: str) -> Who | None:
    """Who comes with this key, if it still holds."""
    statement = select(ApiKey.name, ApiKey.role, ApiKey.source).where(
        ApiKey.token_hash == token_hash(token), ApiKey.ended_at.is_(None)
    )
    async with read(engine) as connection:
        row = (await connection.execute(statement)).first()
    return None if row is None else Who(0, row.name, Role(row.role), source=row.source, key=True)
