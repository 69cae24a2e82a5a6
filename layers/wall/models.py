"""The wall's one row: the scene somebody chose, and whether guests are in the room."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base

ONLY = 1
"""There is one wall, so there is one row."""


class WallRow(Base):
    """What all screens of the wall obey; `scene` NULL means the scenes follow one another."""

    __tablename__ = "wall_state"
    __table_args__ = (CheckConstraint(f"id = {ONLY}", name="only"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guest: Mapped[bool]
    scene: Mapped[str | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
