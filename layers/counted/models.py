"""How far the counting has come: which period of which indicator was counted when, by which query, with what."""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base


class CountedPeriod(Base):
    """The last counting of one period [period_from, period_to); no source of truth, observations are.

    `query` names the count and its version; `unplaced` of the `records` belong to no commune. `delivery_id` is the
    delivery the figures came in, if the last counting changed any.
    """

    __tablename__ = "counted_period"

    indicator: Mapped[str] = mapped_column(primary_key=True)
    period_from: Mapped[date] = mapped_column(primary_key=True)
    period_to: Mapped[date] = mapped_column(primary_key=True)
    query: Mapped[str]
    counted_at: Mapped[datetime]
    records: Mapped[int]
    unplaced: Mapped[int]
    delivery_id: Mapped[int | None] = mapped_column(BigInteger)
