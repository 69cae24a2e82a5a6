"""Groups of ground that leaders speak of: the former provinces, plain, mountain and island, as dated rows.

A group is made of former districts, so of cells: its figures add up as those of any unit do.
"""

from datetime import date

from sqlalchemy import ARRAY, String
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.watch.rules import Kept


class UnitGroup(Kept, Base):
    """One group of one `scheme` in its days; `districts` are codes of former districts."""

    __tablename__ = "unit_group"

    scheme: Mapped[str]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    districts: Mapped[list[str]] = mapped_column(ARRAY(String))
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
