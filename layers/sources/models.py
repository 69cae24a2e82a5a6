"""Who sends what: sources, deliveries, rejects, heartbeats."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base


class Source(Base):
    """One sender of data; its `origin` follows every number it gives."""

    __tablename__ = "source"
    __table_args__ = (CheckConstraint("origin IN ('real', 'simulated', 'replayed')", name="origin"),)

    id: Mapped[int] = mapped_column(SmallInteger, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    title_vi: Mapped[str]
    title_en: Mapped[str]
    origin: Mapped[str]
    cadence: Mapped[timedelta | None]


class Delivery(Base):
    """One run of one source: a file, or a stretch of a stream. `t_from` and `t_to` span its AIS positions.

    `adapter` names the code that understood it and its version (`ais/2`); `sha256` is that of the bytes read, and of
    the raw file where one was kept; `paper_id` the paper it came with.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger, index=True)
    label: Mapped[str]
    sha256: Mapped[bytes | None]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    summary: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    t_from: Mapped[datetime | None]
    t_to: Mapped[datetime | None]
    adapter: Mapped[str | None]
    paper_id: Mapped[int | None] = mapped_column(BigInteger)


class RejectRow(Base):
    """Something refused, with its raw bytes, so that it can be looked at and replayed."""

    __tablename__ = "reject"
    __table_args__ = (UniqueConstraint("source_id", "reason", "raw_hash"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger)
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    line_no: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str]
    detail: Mapped[str]
    raw: Mapped[bytes]
    raw_hash: Mapped[int] = mapped_column(BigInteger)
    heard_at: Mapped[datetime | None]
    seen: Mapped[int] = mapped_column(server_default="1")
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]


class Heartbeat(Base):
    """When a process last said it lives."""

    __tablename__ = "heartbeat"

    process: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class SpoolPlace(Base):
    """How far the loader is with one writer's spool, in bytes since its beginning; moved with the rows.

    Everything before `done_to` is stored; what was begun and not finished by then began at or after `state_from`.
    `tries` counts the loaders that began there and never got further. On a bus of several machines the writer is one
    partition, and the places are messages.
    """

    __tablename__ = "spool_place"

    writer: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    state_from: Mapped[int] = mapped_column(BigInteger)
    done_to: Mapped[int] = mapped_column(BigInteger)
    noted_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
