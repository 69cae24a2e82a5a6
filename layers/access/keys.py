"""Keys for machines: told once, kept as a hash, ended but never deleted."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

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


class Sends(NamedTuple):
    """As which source a key may send, and in which forms."""

    source: str
    forms: Sequence[str]


def add_key(connection: psycopg.Connection, role: Role, sends: Sends | None, name: str | None, clock: Clock) -> str:
    """A new key. With `sends` it may send so, and in no other way; BadInput when the name is taken."""
    source = None if sends is None else sends.source
    if source is not None and _SOURCE.fullmatch(source) is None:
        raise BadInput(f"source={source!r}: letters, digits, _ . : - only, at most 64", field="source")
    token = secrets.token_urlsafe(32)
    row = (token_hash(token), name or f"{source or role.value}-{secrets.token_hex(3)}", role.value, source)
    forms = None if sends is None else sorted(set(sends.forms))
    made = connection.execute(
        "INSERT INTO api_key (token_hash, name, role, source, forms, created_at) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (name) DO NOTHING",
        (*row, forms, clock()),
    ).rowcount
    if not made:
        raise BadInput(f"name={name!r}: taken; choose another, or end that key first", field="name")
    return token


def change_forms(connection: psycopg.Connection, name: str, forms: Sequence[str]) -> None:
    """From now on the key may post these forms. NotFound when no living key of that name sends for a source."""
    done = connection.execute(
        "UPDATE api_key SET forms = %s WHERE name = %s AND source IS NOT NULL AND ended_at IS NULL",
        (sorted(set(forms)), name),
    )
    if not done.rowcount:
        raise NotFound(f"name={name!r}: no living key that sends for a source; see `opsmap key list`", field="name")


def end_key(connection: psycopg.Connection, name: str, now: datetime) -> None:
    """From now on the key opens nothing. NotFound when there is no living key of that name."""
    done = connection.execute("UPDATE api_key SET ended_at = %s WHERE name = %s AND ended_at IS NULL", (now, name))
    if not done.rowcount:
        raise NotFound(f"name={name!r}: no living key; see `opsmap key list`", field="name")


async def whose_key(engine: AsyncEngine, token: str) -> Who | None:
    """Who comes with this key, if it still holds."""
    statement = select(ApiKey.name, ApiKey.role, ApiKey.source, ApiKey.forms).where(
        ApiKey.token_hash == token_hash(token), ApiKey.ended_at.is_(None)
    )
    async with read(engine) as connection:
        row = (await connection.execute(statement)).first()
    if row is None:
        return None
    forms = None if row.forms is None else tuple(row.forms)
    return Who(0, row.name, Role(row.role), source=row.source, key=True, forms=forms)
