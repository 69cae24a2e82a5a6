"""What the scoreboard weighs, and how much: dated rows."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.watch.rules import Kept

PILLARS = ("dung", "du", "sach", "song")


class ScoreWeight(Kept, Base):
    """How much a pillar counts (`part` None), or a part within its pillar; for periods that begin in its days.

    `title` and `defined` are what people read: numerator over denominator, in words.
    """

    __tablename__ = "score_weight"
    __table_args__ = (
        Index("uq_score_weight_current", "code", unique=True, postgresql_where=text("superseded_at IS NULL")),
        CheckConstraint(f"pillar IN {PILLARS}", name="pillar"),
        CheckConstraint("weight >= 0", name="weight"),
    )

    pillar: Mapped[str]
    part: Mapped[str | None]
    weight: Mapped[Decimal] = mapped_column(Numeric)
    title_vi: Mapped[str]
    title_en: Mapped[str]
    defined_vi: Mapped[str]
    defined_en: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
