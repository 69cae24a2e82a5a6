"""Groups of boats: somebody's own, or shared with the desk. Who put a boat in or took it out stays written."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, Select, Update, func, select, text, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.desk.version import Kept, seen_by

HOWS = ("panel", "area", "list", "numbers", "group")
"""How a boat came into a group."""
MOST_MEMBERS = 10_000


class BoatGroup(Kept, Base):
    """A group of boats under a name; `note` says what it is for."""

    __tablename__ = "boat_group"

    note: Mapped[str | None]


class BoatGroupMember(Base):
    """A boat (`v12`, or `t45` for a device on no known boat) in a group, until `removed_at`."""

    __tablename__ = "boat_group_member"
    __table_args__ = (
        Index("uq_boat_group_member", "group_id", "vessel", unique=True, postgresql_where=text("removed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    group_id: Mapped[int]
    vessel: Mapped[str] = mapped_column(index=True)
    how: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    removed_by: Mapped[str | None]
    removed_at: Mapped[datetime | None]


def groups_statement(username: str | None) -> Select[*tuple[Any, ...]]:
    """The groups somebody may see with how many boats each has, their own first."""
    g, m = BoatGroup, BoatGroupMember
    boats = select(func.count()).where(m.group_id == g.id, m.removed_at.is_(None)).scalar_subquery()
    columns = (g.id, g.name, g.note, g.owner, g.shared, g.stored_by, g.stored_at, boats.label("boats"))
    return select(*columns).where(seen_by(g, username)).order_by(g.owner != (username or ""), func.lower(g.name), g.id)


def members_statement(group_id: int) -> Select[*tuple[Any, ...]]:
    """The boats of a group (`v12`), with how, when and by whom each came in."""
    m = BoatGroupMember
    rows = select(m.vessel, m.how, m.added_by, m.added_at).where(m.group_id == group_id, m.removed_at.is_(None))
    return rows.order_by(m.added_at, m.id)


def add_statement(group_id: int, vessels: Iterable[str], how: str, who: str, now: datetime) -> Insert:
    """Put boats into a group; those in it already stay as they came. Gives the boats that were new."""
    told = {"group_id": group_id, "how": how, "added_by": who, "added_at": now}
    rows = [told | {"vessel": vessel} for vessel in dict.fromkeys(vessels)]
    current = text("removed_at IS NULL")
    added = insert(BoatGroupMember).values(rows)
    added = added.on_conflict_do_nothing(index_elements=["group_id", "vessel"], index_where=current)
    return added.returning(BoatGroupMember.vessel)  # type: ignore[return-value]


def remove_statement(group_id: int, vessels: Iterable[str], who: str, now: datetime) -> Update:
    """Take boats out of a group."""
    m = BoatGroupMember
    here = update(m).where(m.group_id == group_id, m.vessel.in_(list(vessels)), m.removed_at.is_(None))
    return here.values(removed_by=who, removed_at=now)
