"""Who sends what: sources, deliveries, rejects, heartbeats."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
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
    the raw file where one was kept; `paper_id` the paper it came with. `form` is one of `ingest.forms`, `said` what a
    person said about the file, `prefaces` the header lines its lines were read under: what reading them again needs.
    `parent_id` is the delivery of the message it came in, `replay_of` the one whose rejects were read again.
    """

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_newest", "source_id", "id"),)

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
    form: Mapped[str | None]
    said: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    prefaces: Mapped[list[bytes] | None] = mapped_column(ARRAY(LargeBinary))
    parent_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    replay_of: Mapped[int | None] = mapped_column(BigInteger)


class RejectRow(Base):
    """Something refused, with its raw bytes, so that it can be looked at and replayed.

    `state` is open, replayed (`into_id` is the delivery that holds what it became) or set_aside (`note` says why);
    `state_by` a user's name. `arrived_at` is when it reached us, NULL for a line of a file. `folded` is searched.
    """

    __tablename__ = "reject"
    __table_args__ = (
        UniqueConstraint("source_id", "reason", "raw_hash"),
        CheckConstraint("state IN ('open', 'replayed', 'set_aside')", name="state"),
        Index("ix_reject_listed", "source_id", "state", "id"),
        Index("ix_reject_state", "state", "id"),
        Index("ix_reject_reason", "source_id", "reason", "state", "id"),
        Index("ix_reject_delivery", "delivery_id", "state", "id"),
    )

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
    state: Mapped[str] = mapped_column(server_default="open")
    state_at: Mapped[datetime | None]
    state_by: Mapped[str | None]
    note: Mapped[str | None]
    into_id: Mapped[int | None] = mapped_column(BigInteger)
    arrived_at: Mapped[datetime | None]
    faults: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    folded: Mapped[str] = mapped_column(server_default="")


class RejectTally(Base):
    """How many different rejects of one reason a source has, by state; moved with them, so nobody has to count."""

    __tablename__ = "reject_tally"

    source_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(primary_key=True)
    open: Mapped[int] = mapped_column(server_default="0")
    replayed: Mapped[int] = mapped_column(server_default="0")
    set_aside: Mapped[int] = mapped_column(server_default="0")
    seen: Mapped[int] = mapped_column(BigInteger, server_default="0")
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]


class RejectReplay(Base):
    """One run over rejects: what was `wanted`, how far it is, how many were `understood` and what they `stored`."""

    __tablename__ = "reject_replay"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    wanted: Mapped[dict[str, Any]] = mapped_column(JSONB)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(server_default="0")
    understood: Mapped[int] = mapped_column(server_default="0")
    stored: Mapped[int] = mapped_column(server_default="0")
    noted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failed: Mapped[str | None]


class RowOrigin(Base):
    """Which row of a delivered file a row of a layer came from."""

    __tablename__ = "row_origin"

    delivery_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(primary_key=True)
    row_no: Mapped[int] = mapped_column(BigInteger)


class SourceContact(Base):
    """Who answers for a source: an office and the duty in it, never a person by name."""

    __tablename__ = "source_contact"

    source_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    office: Mapped[str]
    duty: Mapped[str | None]
    phone: Mapped[str | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class SourceLog(Base):
    """What people did to sources and rejects; rows are only ever added."""

    __tablename__ = "source_log"
    __table_args__ = (Index("ix_source_log_source_id", "source_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    action: Mapped[str]
    source_id: Mapped[int | None] = mapped_column(SmallInteger)
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)


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
