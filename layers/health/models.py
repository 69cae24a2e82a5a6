"""Invariants as they were last found, and the alarms they raised."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base


class InvariantState(Base):
    """How one invariant stands: `kept`, `broken` or `unknown` (it could not be asked), since when (UTC)."""

    __tablename__ = "invariant"
    __table_args__ = (CheckConstraint("state IN ('kept', 'broken', 'unknown')", name="state"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    since: Mapped[datetime]
    checked_at: Mapped[datetime]
    took_ms: Mapped[int]
    detail: Mapped[str | None]


class Alarm(Base):
    """One breach of an invariant by one subject, from `began_at` until `closed_at` (UTC).

    It is an alarm for people once `opened_at` is set: a breach that is over before its patience runs out never was one.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        Index("uq_alarm_open", "code", "subject", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str]
    subject: Mapped[str]
    detail_vi: Mapped[str]
    detail_en: Mapped[str]
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
