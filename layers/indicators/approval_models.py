"""Maker and checker: whose figures wait for an approval, what was brought, and what the centre decided; all rows."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.watch.rules import Kept

SIDES = ("person", "machine")
"""Who brings figures: somebody signed in on a page of ours, or a system (axis, key, command line)."""
MODES = ("show", "hide", "auto")
"""Until approved: shown with the mark *chưa duyệt*; not shown; or nobody is asked."""
DECISIONS = ("approved", "returned")


class ApprovalPolicy(Kept, Base):
    """What becomes of new figures in [valid_from, valid_to): of one source or all, of one indicator or all.

    The row that says most holds: indicator and source, then indicator, then source. Without any nobody is asked.
    """

    __tablename__ = "approval_policy"

    of_source: Mapped[str | None]
    indicator: Mapped[str | None]
    side: Mapped[str]
    mode: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Submission(Base):
    """One delivery with figures that wait, or waited. `made_by` is the account that brought it, None for a machine."""

    __tablename__ = "submission"
    __table_args__ = (Index("uq_submission_delivery", "delivery_id", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger)
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    made_by: Mapped[str | None]
    made_at: Mapped[datetime]


class Approval(Base):
    """One decision on a submission; never edited: who changes their mind adds a row, the last one holds.

    `document` is the paper the decision rests on, as the checker wrote it or as the figures came with.
    """

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint(f"decision IN {DECISIONS}", name="decision"),
        Index("ix_approval_submission", "submission_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    submission_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("submission.id"))
    decision: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    document: Mapped[str | None]
    reason: Mapped[str | None]
