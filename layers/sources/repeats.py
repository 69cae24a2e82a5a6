"""What a later delivery only repeats is stored once, and stays in force when the paper it first came with falls."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base


class RowRepeat(Base):
    """One row that a paper said again unchanged. Only rows that came with another paper have repeats.

    `kind` is a layer, a book or `observation`, `row_id` the row there; `paper_id` 0: said by a delivery without a
    paper, of which the first is kept. `row_no` and `raw` are as in an observation. One that was withdrawn with its row
    has `superseded_at`.
    """

    __tablename__ = "row_repeat"

    kind: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    paper_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    delivery_id: Mapped[int] = mapped_column(BigInteger)
    row_no: Mapped[int | None] = mapped_column(BigInteger)
    raw: Mapped[bytes | None]
    heard_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
