"""Holidays: each of each year is a row."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.watch.rules import Kept

CALENDARS = ("lunar", "solar")


class Holiday(Kept, Base):
    """One holiday of one year, in the days [valid_from, valid_to) of Việt Nam.

    `holiday` names what comes again (tet, quoc_khanh); `anchor` is the day it is about (the first of the lunar year,
    the 2nd of September): days of two years are the same day when they are as far from their anchors. `calendar` says
    by which the anchor comes round.
    """

    __tablename__ = "holiday"
    __table_args__ = (
        Index("uq_holiday_current", "code", unique=True, postgresql_where=text("superseded_at IS NULL")),
        CheckConstraint(f"calendar IN {CALENDARS}", name="calendar"),
    )

    holiday: Mapped[str] = mapped_column(index=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    calendar: Mapped[str]
    anchor: Mapped[date]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
