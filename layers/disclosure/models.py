"""Diseases that are watched, the rule of small numbers, and the counts as they came, which only some may read."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.watch.rules import Kept

MEASURES = ("cases", "deaths")


class Disease(Kept, Base):
    """A disease that is watched in [valid_from, valid_to): new cases and deaths by commune and day."""

    __tablename__ = "disease"

    name_vi: Mapped[str]
    name_en: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class DisclosureRule(Kept, Base):
    """Counts of people above 0 and under `least` are kept from readers, for days in [valid_from, valid_to)."""

    __tablename__ = "disclosure_rule"

    least: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class EpidemicCount(Base):
    """New cases or deaths of a disease in a commune on a day of Việt Nam, as told; the last word is in force.

    Nobody reads this but whoever may see small numbers: everybody else reads what `publish` made of it.
    """

    __tablename__ = "epidemic_count"
    __table_args__ = (
        CheckConstraint(f"measure IN {MEASURES}", name="measure"),
        CheckConstraint("value >= 0", name="value"),
        Index(
            "uq_epidemic_count_current",
            *("disease", "measure", "day", "unit"),
            unique=True,
            postgresql_where=text("superseded_at IS NULL AND retracted_at IS NULL"),
        ),
        Index("ix_epidemic_count_delivery", "delivery_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    disease: Mapped[str]
    measure: Mapped[str]
    unit: Mapped[str]
    day: Mapped[date]
    value: Mapped[int]
    source_id: Mapped[int] = mapped_column(SmallInteger)
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    paper_id: Mapped[int | None] = mapped_column(BigInteger)
    row_no: Mapped[int]
    heard_at: Mapped[datetime]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    superseded_at: Mapped[datetime | None]
    retracted_at: Mapped[datetime | None]
