"""Accounts, sessions and one-click links over any connection; secrets are kept as hashes.

argon2id with 19 MiB, two passes, one lane (OWASP's figure): the library's default of 64 MiB lets a
hundred parallel logins take all memory.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

import psycopg
from psycopg import sql
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from geo.clock import Clock
from geo.errors import BadInput, NotFound
from layers.access.roles import Role

SESSION_LIFE = timedelta(hours=12)
WALL_LIFE = timedelta(days=400)
"""A wall stands untouched for weeks; browsers keep a cookie no longer than this."""
LINK_LIFE = timedelta(hours=24)
DUMMY = "mat-khau-khong-ai-dung"


@dataclass(frozen=True)
class Who:
    """Somebody signed in; `wall` when it is a screen of the wall.

    Or a machine with a `key`: then `account_id` is 0, `username` the key's name, and `source` what it may send as, in
    which `forms` (None: any).
    """

    account_id: int
    username: str
    role: Role
    wall: bool = False
    source: str | None = None
    key: bool = False
    forms: tuple[str, ...] | None = None


@cache
def hasher() -> PasswordHash:
    """argon2id, 19 MiB, t=2, p=1."""
    return PasswordHash((Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1),))


@cache
def dummy_hash() -> str:
    """A hash nobody's password has: checking it costs an unknown user as long as a known one."""
    return hasher().hash(DUMMY)


def token_hash(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def parse_role(text: str) -> Role:
    """The role, or BadInput naming those that exist."""
    try:
        return Role(text)
    except ValueError:
        raise BadInput(f"role={text!r}: use one of {', '.join(Role)}", field="role") from None


def add_account(connection: psycopg.Connection, username: str, role: Role, password: str | None, clock: Clock) -> int:
    """A new account; BadInput when the name is taken."""
    hashed = hasher().hash(password) if password else None
    row = connection.execute(
        "INSERT INTO account (username, password_hash, role, created_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (username) DO NOTHING RETURNING id",
        (username, hashed, role.value, clock()),
    ).fetchone()
    if row is None:
        raise BadInput(f"username={username!r}: taken; use `opsmap user reset {username}`", field="username")
    return int(row[0])


def ensure_account(connection: psycopg.Connection, username: str, role: Role, clock: Clock) -> int:
    """The account of that name, made without a password when missing."""
    row = connection.execute("SELECT id FROM account WHERE username = %s", (username,)).fetchone()
    return int(row[0]) if row else add_account(connection, username, role, None, clock)


def set_password(connection: psycopg.Connection, username: str, password: str) -> None:
    """A new password; ends the account's sessions."""
    done = connection.execute(
        "UPDATE account SET password_hash = %s WHERE username = %s RETURNING id", (hasher().hash(password), username)
    ).fetchone()
    if done is None:
        raise NotFound(f"username={username!r}: no such account; see `opsmap user list`", field="username")
    connection.execute("UPDATE session SET ended_at = now() WHERE account_id = %s AND ended_at IS NULL", done)


def tie_to_unit(connection: psycopg.Connection, username: str, unit: str) -> None:
    """The commune an account works for; NotFound for an account, BadInput for a commune that there is none of."""
    if not connection.execute("SELECT 1 FROM unit WHERE code = %s AND valid_to IS NULL", (unit,)).fetchone():
        raise BadInput(f"code={unit!r}: no unit of today; see GET /api/units?level=commune", field="code")
    tie(connection, "unit", username, unit)


def tie(connection: psycopg.Connection, what: Literal["unit", "agency"], username: str, code: str) -> None:
    """Tie an account to one unit or agency, whatever it was tied to; NotFound for an account there is none of."""
    names = {"table": sql.Identifier(f"account_{what}"), "what": sql.Identifier(what)}
    statement = sql.SQL(
        "INSERT INTO {table} (account_id, {what}) SELECT id, %s FROM account WHERE username = %s"
        " ON CONFLICT (account_id) DO UPDATE SET {what} = EXCLUDED.{what} RETURNING account_id"
    ).format(**names)
    if connection.execute(statement, (code, username)).fetchone() is None:
        raise NotFound(f"username={username!r}: no such account; see `opsmap user list`", field="username")


def make_link(connection: psycopg.Connection, role: Role, clock: Clock) -> str:
    """A token that signs one browser in as the demonstration account of a role, once, within a day."""
    account = ensure_account(connection, f"demo-{role.value}", role, clock)
    token = secrets.token_urlsafe(32)
    connection.execute(
        "INSERT INTO login_link (token_hash, account_id, expires_at) VALUES (%s, %s, %s)",
        (token_hash(token), account, clock() + LINK_LIFE),
    )
    return token


def new_password() -> str:
    """A password nobody had to think of."""
    return secrets.token_urlsafe(12)


def session_row(account_id: int, now: datetime, wall: bool = False) -> tuple[str, dict[str, object]]:
    """A new session token and the row that stands for it."""
    token = secrets.token_urlsafe(32)
    row = {
        "token_hash": token_hash(token),
        "account_id": account_id,
        "created_at": now,
        "expires_at": now + (WALL_LIFE if wall else SESSION_LIFE),
        "wall": wall,
    }
    return token, row
