"""Where two books do not say the same: both sides as they were told, and what people found out about it.

A row is never edited away: when the books agree again it closes itself (`gone_at`) and stays, with its steps.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.spec import Text

STATES: dict[str, Text] = {
    "new": Text("chưa xem", "not looked at"),
    "checking": Text("đang xác minh", "being checked"),
    "settled": Text("đã rõ", "settled"),
}


class Disagreement(Base):
    """One difference of one kind about one boat. `subject` names it among its kind, whoever finds it again.

    `one` and `other` are the sides: {book, source, delivery, code, t, heard_at, value, person?}; `person` holds what
    is personal. `since` is when the difference began, `found_at` when it was first seen here (UTC).
    """

    __tablename__ = "disagreement"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        CheckConstraint("state IN ('new', 'checking', 'settled')", name="state"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    vessel_id: Mapped[int | None] = mapped_column(index=True)
    reg_key: Mapped[str]
    since: Mapped[datetime]
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    one: Mapped[dict[str, Any]] = mapped_column(JSONB)
    other: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(server_default="new")
    note: Mapped[str | None]
    state_by: Mapped[str | None]
    state_at: Mapped[datetime | None]


class DisagreementStep(Base):
    """What happened to a disagreement: found, changed, gone, back, or a person's word (state) with a note."""

    __tablename__ = "disagreement_step"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    disagreement_id: Mapped[int] = mapped_column(index=True)
    at: Mapped[datetime]
    what: Mapped[str]
    state: Mapped[str]
    note: Mapped[str | None]
    by: Mapped[str | None]
    one: Mapped[dict[str, Any]] = mapped_column(JSONB)
    other: Mapped[dict[str, Any]] = mapped_column(JSONB)
