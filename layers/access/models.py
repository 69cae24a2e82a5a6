"""Accounts, server-side sessions and one-click sign-in links; tokens are stored as hashes only."""

from datetime import datetime

from sqlalchemy import ARRAY, Identity, String
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base


class Account(Base):
    """Somebody who may sign in; the password is an argon2id hash."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime]


class LoginSession(Base):
    """One signed-in browser; ended by `ended_at` or `expires_at`. `wall`: it is a screen of the wall."""

    __tablename__ = "session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    wall: Mapped[bool] = mapped_column(server_default="false")


class LoginLink(Base):
    """A link that signs one browser in, once."""

    __tablename__ = "login_link"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiKey(Base):
    """A key for machines, stored as a hash; `source` limits it to sending as that source (None: reading only).

    `forms` are those it may post; NULL for a key of before forms were named, which may post any until it is ended.
    """

    __tablename__ = "api_key"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    source: Mapped[str | None]
    forms: Mapped[list[str] | None] = mapped_column(ARRAY(String))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
