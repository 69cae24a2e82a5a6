"""A shift at a desk, its log, and the handover that ends it. Lines of the log and what was handed over stay."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, func, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base

# A desk as a range of one number: GiST compares ranges without a further extension. Two desks of one hash in 2^32 would
# be kept from overlapping too.
_DESK = text("int8range(hashtext(desk)::bigint, hashtext(desk)::bigint, '[]')")
_TIME = text("tstzrange(began_at, ended_at)")


class Shift(Base):
    """One shift of a desk from `began_at` until `ended_at` (UTC; NULL: it lasts). `people` are user names.

    `planned_from` and `planned_until` are the hours of the settings it stands for; NULL when none were in force.
    """

    __tablename__ = "shift"
    __table_args__ = (
        ExcludeConstraint((_DESK, "&&"), (_TIME, "&&"), name="ex_shift_desk_once"),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="in_order"),
        CheckConstraint("cardinality(people) > 0", name="people"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    desk: Mapped[str]
    people: Mapped[list[str]] = mapped_column(ARRAY(String))
    planned_from: Mapped[datetime | None]
    planned_until: Mapped[datetime | None]
    began_at: Mapped[datetime] = mapped_column(index=True)
    begun_by: Mapped[str]
    ended_at: Mapped[datetime | None]


class ShiftNote(Base):
    """One line of a shift's log: when it happened, who wrote it, about which case if any. Append-only."""

    __tablename__ = "shift_note"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    role: Mapped[str]
    text: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("watch_case.id"), index=True)


class Handover(Base):
    """What one shift hands to the next: `summary` as it stood at `prepared_at`, with its SHA-256; never changed.

    Two persons confirm, one for each side, and `changes_from` / `changes_to` keep what had changed since it was
    prepared when each of them did. Preparing anew withdraws the former one.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("confirmed_from_by <> confirmed_to_by", name="two_persons"),
        Index("uq_handover_open", "shift_id", unique=True, postgresql_where=text("withdrawn_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    to_shift_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id"))
    to_people: Mapped[list[str]] = mapped_column(ARRAY(String))
    prepared_at: Mapped[datetime]
    prepared_by: Mapped[str]
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str]
    confirmed_from_by: Mapped[str | None]
    confirmed_from_at: Mapped[datetime | None]
    changes_from: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    confirmed_to_by: Mapped[str | None]
    confirmed_to_at: Mapped[datetime | None]
    changes_to: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    withdrawn_at: Mapped[datetime | None]
