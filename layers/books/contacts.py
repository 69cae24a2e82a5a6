"""A boat's people: masked for those who need them, whole only by the one statement that an audited act runs."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, null, select

from layers.access.roles import CONTACTS, OWNERS, Role
from layers.vessels.registry import Vessel

MASK = "•••• "
TAIL = 3
NAMES = ("owner", "captain")
PHONES = ("owner_phone", "captain_phone")
FOR_CALLS = ("captain", "captain_phone", "owner_phone")
"""What a border post needs of them: whom to call."""


def masked(role: Role) -> Mapping[str, ColumnElement[Any]]:
    """The columns of people as a list of papers shows them to a role: whole, masked, or nothing at all."""
    return {name: _masked(name, role).label(name) for name in (*NAMES, *PHONES)}


def _masked(name: str, role: Role) -> ColumnElement[Any]:
    column = getattr(Vessel, name)
    if name == "owner" and role in OWNERS:
        return column.expression  # type: ignore[no-any-return]
    if role not in CONTACTS or (role is Role.POST and name not in FOR_CALLS):
        return null()
    hidden: ColumnElement[Any] = literal(MASK)
    if name in PHONES:  # of a short number the tail would be the number
        hidden = case((func.length(column) > 2 * TAIL, hidden.concat(func.right(column, TAIL))), else_=hidden)
    return case((column.is_(None), null()), else_=hidden)


def contacts_statement(vessel_id: int, role: Role) -> Select[*tuple[Any, ...]]:
    """Each register's people of one boat, whole, as far as the role needs them."""
    names = (*NAMES, *PHONES) if role in OWNERS else FOR_CALLS
    columns = [getattr(Vessel, name) for name in names]
    statement = select(Vessel.source_id, Vessel.code.label("reg_no"), *columns)
    return statement.where(Vessel.id == vessel_id, Vessel.superseded_at.is_(None)).order_by(
        Vessel.leads.desc(), Vessel.source_id
    )
