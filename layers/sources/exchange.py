"""Messages of the provincial axis (trục liên thông): what came, what became of it, and every state it went through."""

from datetime import datetime
from typing import NamedTuple

import psycopg
from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Identity, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base

TYPES = ("edoc", "replacement", "revocation", "update")
LOCK = 7_105_101
STATES = ("inbox", "acceptance", "rejection", "processing", "done", "fail")


class ExchangeMessage(Base):
    """One message, stored once per sender's `uid` whatever how often it is delivered (`seen`).

    `sha256` is that of the message as it came, `kept_sha256` of what the raw store holds of it: the same when nothing
    had to be left out. `content` names what the document says, whatever it passed through on its way. `refers_to` are
    the documents a replacement or a revocation acts on. `told` is the last state the axis was told.
    """

    __tablename__ = "exchange_message"
    __table_args__ = (
        UniqueConstraint("source_id", "uid"),
        CheckConstraint(f"message_type IN {TYPES}", name="message_type"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("ix_exchange_message_document_id", "source_id", "document_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger)
    uid: Mapped[str]
    message_type: Mapped[str]
    document_id: Mapped[str]
    refers_to: Mapped[list[str]] = mapped_column(ARRAY(String))
    from_org: Mapped[str | None]
    to_orgs: Mapped[list[str]] = mapped_column(ARRAY(String))
    state: Mapped[str]
    state_at: Mapped[datetime]
    detail: Mapped[str | None]
    told: Mapped[str | None]
    sha256: Mapped[bytes]
    kept_sha256: Mapped[bytes | None]
    content: Mapped[bytes | None]
    size: Mapped[int] = mapped_column(BigInteger)
    seen: Mapped[int] = mapped_column(server_default="1")
    paper_id: Mapped[int | None] = mapped_column(BigInteger)
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]


class ExchangeStep(Base):
    """A state a message came into, and why; rows are only ever added."""

    __tablename__ = "exchange_step"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger, index=True)
    state: Mapped[str]
    at: Mapped[datetime]
    detail: Mapped[str | None]


class Arrived(NamedTuple):
    """A message as it is first stored; fields as in `ExchangeMessage`."""

    source_id: int
    delivery_id: int
    uid: str
    message_type: str
    document_id: str
    refers_to: list[str]
    from_org: str | None
    to_orgs: list[str]
    sha256: bytes
    content: bytes | None
    size: int
    sent_at: datetime | None


class Known(NamedTuple):
    """A message stored before."""

    id: int
    sha256: bytes
    state: str
    content: bytes | None


_RECORD = """
INSERT INTO exchange_message (source_id, delivery_id, uid, message_type, document_id, refers_to, from_org, to_orgs,
                              sha256, content, size, sent_at, state, state_at, received_at)
VALUES (%(source_id)s, %(delivery_id)s, %(uid)s, %(message_type)s, %(document_id)s, %(refers_to)s, %(from_org)s,
        %(to_orgs)s, %(sha256)s, %(content)s, %(size)s, %(sent_at)s, 'inbox', %(now)s, %(now)s)
RETURNING id
"""
_ACTING = """
SELECT id, message_type, paper_id FROM exchange_message
WHERE source_id = %s AND %s = ANY(refers_to) AND from_org = %s AND state <> 'rejection'
  AND message_type IN ('revocation', 'replacement')
ORDER BY id
"""
_BROUGHT = """
SELECT content, message_type FROM exchange_message
WHERE source_id = %s AND document_id = %s AND message_type <> 'revocation' AND paper_id IS NOT NULL ORDER BY id
"""


def find_message(connection: psycopg.Connection, source_id: int, uid: str) -> Known | None:
    """The message of that name, once every other transaction that takes one of the same axis has ended.

    One after the other: else a document and what takes it back, taken at the same time, would not see each other.
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK, source_id))
    row = connection.execute(
        "SELECT id, sha256, state, content FROM exchange_message WHERE source_id = %s AND uid = %s", (source_id, uid)
    ).fetchone()
    return None if row is None else Known(*row)


def record_message(connection: psycopg.Connection, arrived: Arrived, now: datetime) -> int:
    """Store a new message in state `inbox`; its id."""
    row = connection.execute(_RECORD, arrived._asdict() | {"now": now}).fetchone()
    assert row is not None  # RETURNING always gives the row
    connection.execute("INSERT INTO exchange_step (message_id, state, at) VALUES (%s, 'inbox', %s)", (row[0], now))
    return int(row[0])


def step(connection: psycopg.Connection, message_id: int, state: str, now: datetime, detail: str | None = None) -> None:
    """Bring a message into its next state and note it."""
    connection.execute(
        "UPDATE exchange_message SET state = %s, state_at = %s, detail = %s WHERE id = %s",
        (state, now, detail, message_id),
    )
    connection.execute(
        "INSERT INTO exchange_step (message_id, state, at, detail) VALUES (%s, %s, %s, %s)",
        (message_id, state, now, detail),
    )


def count_again(connection: psycopg.Connection, message_id: int) -> None:
    """Note that a message came once more."""
    connection.execute("UPDATE exchange_message SET seen = seen + 1 WHERE id = %s", (message_id,))


def keep_links(
    connection: psycopg.Connection, message_id: int, paper_id: int | None, kept_sha256: bytes | None
) -> None:
    """Say which paper a message brought, and which raw file holds what was kept of it."""
    connection.execute(
        "UPDATE exchange_message SET paper_id = %s, kept_sha256 = %s WHERE id = %s",
        (paper_id, kept_sha256, message_id),
    )


def acting_on(
    connection: psycopg.Connection, source_id: int, document_id: str, from_org: str | None
) -> list[tuple[int, str, int | None]]:
    """What its own sender did with a document, oldest first: (message id, revocation or replacement, its paper)."""
    return list(connection.execute(_ACTING, (source_id, document_id, from_org)))


def brought(connection: psycopg.Connection, source_id: int, document_id: str) -> list[tuple[bytes | None, str]]:
    """The content and type of every message that brought this document."""
    return list(connection.execute(_BROUGHT, (source_id, document_id)))
