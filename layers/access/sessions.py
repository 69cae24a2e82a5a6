"""Signing in and out over the web process's async engine."""

import asyncio
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from layers.access.accounts import Who, dummy_hash, hasher, session_row, token_hash
from layers.access.models import Account, LoginLink, LoginSession
from layers.access.roles import Role
from layers.database import read, write_async

_HASHING = asyncio.Semaphore(4)


async def sign_in(engine: AsyncEngine, username: str, password: str, now: datetime) -> str | None:
    """A session token for the right password, else None; as slow for an unknown name as for a known one."""
    async with read(engine) as connection:
        statement = select(Account.id, Account.password_hash).where(Account.username == username, Account.active)
        row = (await connection.execute(statement)).first()
    stored = row.password_hash if row is not None and row.password_hash else dummy_hash()
    async with _HASHING:
        fits = await asyncio.to_thread(hasher().verify, password, stored)
    if row is None or not row.password_hash or not fits:
        return None
    return await open_session(engine, row.id, now)


async def use_link(engine: AsyncEngine, token: str, now: datetime, wall: bool = False) -> str | None:
    """A session token for a link that was not used and has not expired; the link is spent.

    `wall` opens a session of a screen of the wall, which lasts.
    """
    spend = (
        update(LoginLink)
        .where(LoginLink.token_hash == token_hash(token), LoginLink.used_at.is_(None), LoginLink.expires_at > now)
        .values(used_at=now)
        .returning(LoginLink.account_id)
    )
    async with write_async(engine) as connection:
        account = (await connection.execute(spend)).scalar()
    return None if account is None else await open_session(engine, account, now, wall)


async def open_session(engine: AsyncEngine, account_id: int, now: datetime, wall: bool = False) -> str:
    """A new session of an account."""
    token, row = session_row(account_id, now, wall)
    async with write_async(engine) as connection:
        await connection.execute(insert(LoginSession).values(**row))
    return token


async def who_is(engine: AsyncEngine, token: str, now: datetime) -> Who | None:
    """Whose session this token is, if it still holds."""
    statement = (
        select(Account.id, Account.username, Account.role, LoginSession.wall)
        .join(LoginSession, LoginSession.account_id == Account.id)
        .where(LoginSession.token_hash == token_hash(token), LoginSession.ended_at.is_(None))
        .where(LoginSession.expires_at > now, Account.active)
    )
    async with read(engine) as connection:
        row = (await connection.execute(statement)).first()
    return None if row is None else Who(row.id, row.username, Role(row.role), row.wall)


async def sign_out(engine: AsyncEngine, token: str, now: datetime) -> None:
    """End a session at once."""
    ended = update(LoginSession).where(LoginSession.token_hash == token_hash(token)).values(ended_at=now)
    async with write_async(engine) as connection:
        await connection.execute(ended)
