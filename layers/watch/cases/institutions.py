"""Whom to call beside the boat's own people: posts, communes, providers, rescue. An office, never a person.

A telephone nobody has given is NULL and shown as *chưa có số*. A row is never edited: a correction supersedes it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update
from sqlalchemy.orm import Mapped

from geo.errors import BadInput
from geo.text import compose
from layers.base import Base
from layers.sources.contacts import Contact, check_contact
from layers.spec import Text
from layers.watch.rules import Kept

KINDS: Mapping[str, Text] = {
    "post": Text("Đồn/Trạm Kiểm soát Biên phòng", "Border guard post"),
    "commune": Text("UBND xã, phường, đặc khu", "Commune"),
    "provider": Text("Đơn vị cung cấp thiết bị", "Device provider"),
    "fisheries": Text("Chi cục Thủy sản", "Fisheries branch"),
    "central": Text("Cục Thủy sản và Kiểm ngư", "National fisheries body"),
    "coast_station": Text("Đài thông tin duyên hải", "Coast radio station"),
    "rescue": Text("Phối hợp tìm kiếm, cứu nạn", "Search and rescue"),
}
Given = Mapping[str, str]


class Institution(Kept, Base):
    """One office. `place` says for whom it answers: a commune's code, a provider's letter, a port's or post's name.

    `origin` simulated: made up, with a telephone that cannot ring.
    """

    __tablename__ = "institution"

    kind: Mapped[str]
    place: Mapped[str | None]
    office: Mapped[str]
    duty: Mapped[str | None]
    phone: Mapped[str | None]
    origin: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]


def institutions_statement(*kinds: str) -> Select[Any]:
    """The offices as known now, of some kinds or of all."""
    statement = select(Institution.__table__).where(Institution.superseded_at.is_(None))
    statement = statement.where(Institution.kind.in_(kinds)) if kinds else statement
    return statement.order_by(Institution.kind, Institution.code)


def put_institution(connection: Connection, code: str, values: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """Store an office, or the correction of one; `said` is stored_at, stored_by, reason. BadInput names the field."""
    if values["kind"] not in KINDS:
        raise BadInput(f"kind={values['kind'][:40]!r}: use one of {', '.join(KINDS)}", field="kind")
    contact = check_contact(Contact(values["office"], values["duty"], values["phone"]), values["origin"])
    end = {"superseded_at": said["stored_at"], "superseded_by": said["stored_by"], "superseded_reason": said["reason"]}
    current = (Institution.code == code) & Institution.superseded_at.is_(None)
    connection.execute(update(Institution).where(current).values(**end))
    given = {**values, **contact._asdict(), "place": compose(values.get("place") or "") or None}
    connection.execute(insert(Institution).values(code=code, **given, **said))


def seed_institutions(connection: Connection, rows: Iterable[Given], now: datetime) -> None:
    """Offices that travel with the product, where none of that code was ever stored."""
    known = set(connection.scalars(select(Institution.code)))
    for row in (row for row in rows if row["code"] not in known):
        values = {name: row[name] or None for name in ("kind", "place", "office", "duty", "phone", "origin", "source")}
        said = {"stored_at": now, "stored_by": None, "reason": None}
        put_institution(connection, row["code"], values | {"verified": row["verified"] == "1"}, said)
