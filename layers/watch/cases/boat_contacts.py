"""Who else can be asked about a boat: family, a partner ashore; as somebody told us. Personal: masked until asked for.

A row is never edited: a correction supersedes it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, insert, literal, null, select, update
from sqlalchemy.orm import Mapped, mapped_column

from geo.errors import BadInput
from geo.text import compose
from layers.access.roles import CONTACTS, Role
from layers.base import Base
from layers.books.contacts import MASK, TAIL
from layers.sources.contacts import Contact, check_contact
from layers.spec import Text
from layers.watch.rules import Kept

RELATIONS: Mapping[str, Text] = {
    "family": Text("Gia đình", "Family"),
    "ashore": Text("Đầu mối trên bờ", "Partner ashore"),
    "boat": Text("Tàu cùng tổ", "Boat of the same group"),
}


class BoatContact(Kept, Base):
    """Somebody to ask about a boat: who they are to it, what they are called, their telephone."""

    __tablename__ = "boat_contact"

    vessel_id: Mapped[int] = mapped_column(index=True)
    relation: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str | None]


def boat_contacts_statement(vessel_id: int, role: Role) -> Select[*tuple[Any, ...]]:
    """The contacts of a boat as a role may see them: names and telephones masked, or nothing at all."""
    told = [_hidden(column, role).label(column.key) for column in (BoatContact.name, BoatContact.phone)]
    here = (BoatContact.vessel_id == vessel_id, BoatContact.superseded_at.is_(None))
    return select(BoatContact.code, BoatContact.relation, *told).where(*here).order_by(BoatContact.id)


def _hidden(column: Any, role: Role) -> ColumnElement[Any]:
    if role not in CONTACTS:
        return null()
    hidden: ColumnElement[Any] = literal(MASK)
    if column.key == "phone":
        hidden = case((func.length(column) > 2 * TAIL, hidden.concat(func.right(column, TAIL))), else_=hidden)
    return case((column.is_(None), null()), else_=hidden)


def contact_statement(code: str, vessel_id: int) -> Select[*tuple[Any, ...]]:
    """One contact whole; only behind an audited act."""
    here = (BoatContact.code == code, BoatContact.vessel_id == vessel_id, BoatContact.superseded_at.is_(None))
    return select(BoatContact.name, BoatContact.phone).where(*here)


def put_boat_contact(
    connection: Connection, vessel_id: int, told: Mapping[str, Any], origin: str, said: Mapping[str, Any]
) -> str:
    """Store a contact (`relation`, `name`, `phone`), or the correction of the one named by `code`; its code.

    BadInput for a relation there is none of, a telephone that is none, and one that could ring on a simulated boat.
    """
    if told["relation"] not in RELATIONS:
        raise BadInput(f"relation={told['relation'][:40]!r}: use one of {', '.join(RELATIONS)}", field="relation")
    name = compose(told["name"])
    if not name:
        raise BadInput("name: it is empty; say who it is", field="name")
    phone = check_contact(Contact(name, None, told.get("phone")), origin).phone
    code = told.get("code") or _new_code(connection, vessel_id)
    here = (BoatContact.code == code, BoatContact.vessel_id == vessel_id, BoatContact.superseded_at.is_(None))
    end = {"superseded_at": said["stored_at"], "superseded_by": said["stored_by"], "superseded_reason": said["reason"]}
    ended = connection.execute(update(BoatContact).where(*here).values(**end)).rowcount
    if told.get("code") and not ended:
        raise BadInput(f"code={code[:40]!r}: no contact of this boat", field="code")
    values = {"vessel_id": vessel_id, "relation": told["relation"], "name": name, "phone": phone, "code": code}
    connection.execute(insert(BoatContact).values(**values, **said))
    return code


def _new_code(connection: Connection, vessel_id: int) -> str:
    last = connection.scalar(select(func.coalesce(func.max(BoatContact.id), 0) + 1))
    return f"contact.{vessel_id}.{last}"
