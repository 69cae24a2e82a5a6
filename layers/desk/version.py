"""Things officers keep at the desk: every change is a new row of the same `id`; one row of each is current."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Identity, Index, Sequence, and_, func, or_, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from layers.base import Base

DESK_ID = Sequence("desk_id", metadata=Base.metadata)


class Kept:
    """`owner` is who made it, `stored_by` who made this version. `shared`: the whole desk sees and mends it.

    `ended` marks the last word on it: it is over, and no list shows it any more.
    """

    row_id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    id: Mapped[int] = mapped_column(index=True, server_default=DESK_ID.next_value())
    name: Mapped[str]
    owner: Mapped[str]
    shared: Mapped[bool]
    ended: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    stored_by: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    superseded_at: Mapped[datetime | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        """One current version of each."""
        name = f"uq_{cls.__tablename__}_current"  # type: ignore[attr-defined]
        return (Index(name, "id", unique=True, postgresql_where=text("superseded_at IS NULL")),)


def seen_by(kept: Any, username: str | None) -> ColumnElement[bool]:
    """Holds for the current versions that somebody may see: the shared ones and, for a person, their own."""
    mine = [kept.owner == username] if username is not None else []
    return and_(kept.superseded_at.is_(None), kept.ended.is_(False), or_(kept.shared, *mine))
