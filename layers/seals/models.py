"""A seal of each finished day, chained to the one before; and what it is made of, so that a fault can be narrowed."""

from datetime import date, datetime

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base


class DaySeal(Base):
    """One calendar day in Việt Nam of storing (`stored_at`): how many rows, and the SHA-256 of them all.

    `head` is the SHA-256 over this row and the head before it (`previous`): it stands for everything stored until then.
    """

    __tablename__ = "day_seal"

    day: Mapped[date] = mapped_column(primary_key=True)
    rows: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    digest: Mapped[bytes]
    previous: Mapped[bytes]
    head: Mapped[bytes]
    sealed_at: Mapped[datetime]
    sealed_by: Mapped[str]


class DaySealPart(Base):
    """Rows of one table (`place`; of positions: one partition) stored in one hour of the day, a sixteenth of them.

    `digest` is the SHA-256 over the SHA-256 of each row, in the order of their keys; `marks` the first four bytes of
    each, in that order: enough to say which row differs. A partition that retention dropped leaves its parts.
    """

    __tablename__ = "day_seal_part"

    day: Mapped[date] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    rows: Mapped[int]
    digest: Mapped[bytes]
    marks: Mapped[bytes]
