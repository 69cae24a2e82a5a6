"""Observations: what a source said a number was, about whom, for which days, and by which paper."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base

SUBJECTS = ("unit", "agency", "facility", "province", "investor", "board", "group")
"""Units and the province by code; agencies, facilities, investors (*chủ đầu tư*) and project boards (*ban quản lý dự
án*) by their code or name; groups of ground by the code of the grouping."""
STATUSES = ("estimate", "preliminary", "official")
"""*Ước*, *sơ bộ*, *chính thức*: each stands beside the others; a later word of the same kind is a correction."""

_ONE = ("source_id", "indicator", "subject_kind", "subject", "period_from", "period_to", "status")
_STANDS = "superseded_at IS NULL AND retracted_at IS NULL"
_WAITS = "awaits IS NOT NULL AND approved_at IS NULL"


class Observation(Base):
    """One value of one indicator for the days [period_from, period_to) in Việt Nam, as one source said it.

    A correction is a new row and the former one gets `superseded_at`; a value whose paper was revoked gets
    `retracted_at`. `value` NULL: the source said that it has no number. `row_no` is the row of the delivered file;
    `raw` what stood there. `awaits` (show or hide) where somebody must approve it, `approved_at` when that was done;
    until then it stands beside the value in force and takes nobody's place. `withheld`: the number is kept from this
    table: it is under so many; 0, another is protected by it.
    """

    __tablename__ = "observation"
    __table_args__ = (
        CheckConstraint(f"subject_kind IN {SUBJECTS}", name="subject_kind"),
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("period_from < period_to", name="period"),
        CheckConstraint("awaits IN ('show', 'hide')", name="awaits"),
        Index("uq_observation_current", *_ONE, unique=True, postgresql_where=text(f"{_STANDS} AND NOT ({_WAITS})")),
        Index("uq_observation_waiting", *_ONE, unique=True, postgresql_where=text(f"{_STANDS} AND {_WAITS}")),
        Index("ix_observation_indicator", "indicator", "subject_kind", "subject", "period_from"),
        Index("ix_observation_paper", "paper_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger)
    indicator: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date]
    value: Mapped[Decimal | None]
    unit: Mapped[str]
    status: Mapped[str]
    paper_id: Mapped[int | None] = mapped_column(BigInteger)
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    row_no: Mapped[int | None] = mapped_column(BigInteger)
    raw: Mapped[bytes]
    withheld: Mapped[int | None] = mapped_column(SmallInteger)
    heard_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    superseded_at: Mapped[datetime | None]
    retracted_at: Mapped[datetime | None]
    retracted_by: Mapped[int | None] = mapped_column(BigInteger)
    awaits: Mapped[str | None]
    approved_at: Mapped[datetime | None]
