"""Who answers for a source: an office, the duty in it and its telephone. Never a person by name."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from geo.errors import BadInput, NotFound
from geo.text import compose
from layers.sources.log import Deed, note_deed

CANNOT_RING = "000"
_PHONE = re.compile(r"\+?[0-9][0-9 .]{1,18}[0-9]")
_PUT = """
INSERT INTO source_contact (source_id, office, duty, phone, changed_at, changed_by)
VALUES (%(source)s, %(office)s, %(duty)s, %(phone)s, %(now)s, %(by)s)
ON CONFLICT (source_id) DO UPDATE SET office = excluded.office, duty = excluded.duty, phone = excluded.phone,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""


class Contact(NamedTuple):
    """An office (*Chi cục Thủy sản*), the duty in it (*Trực ban*) and the office's telephone."""

    office: str
    duty: str | None = None
    phone: str | None = None


def put_contact(connection: psycopg.Connection, code: str, contact: Contact, by: str, now: datetime) -> None:
    """Say who answers for a source; what stood there before is in the log. In the caller's transaction.

    BadInput for a telephone that is none, and for one that could ring at a simulated source.
    """
    row = connection.execute(
        "SELECT s.id, s.origin, c.office, c.duty, c.phone FROM source AS s"
        " LEFT JOIN source_contact AS c ON c.source_id = s.id WHERE s.code = %s FOR UPDATE OF s",
        (code,),
    ).fetchone()
    if row is None:
        raise NotFound(f"source={code!r}: there is none; GET /api/sources lists them", field="code")
    checked = check_contact(contact, row[1])
    given = {"source": row[0], "now": now, "by": by}
    connection.execute(_PUT, checked._asdict() | given)
    told: dict[str, Any] = {"before": list(row[2:]), "after": list(checked)}
    note_deed(connection, Deed(by, "contact", row[0], told), now)


def check_contact(contact: Contact, origin: str) -> Contact:
    """The contact with its spaces in order; BadInput names what is wrong."""
    office, duty = compose(contact.office), compose(contact.duty or "") or None
    phone = compose(contact.phone or "") or None
    if not office:
        raise BadInput("office: it is empty; name the office that answers for the source", field="office")
    if phone is not None and not _PHONE.fullmatch(phone):
        raise BadInput("phone: digits and spaces only, as in 0255 000 0000", field="phone")
    if phone is not None and origin == "simulated" and not phone.startswith(CANNOT_RING):
        raise BadInput("phone: a simulated source has one that cannot ring; begin it with 000", field="phone")
    return Contact(office, duty, phone)


def ensure_contacts(connection: psycopg.Connection, rows: Iterable[dict[str, Any]], now: datetime) -> None:
    """Contacts for sources that have none yet; rows have `code`, `office`, `duty`, `phone`. One transaction."""
    for row in rows:
        known = connection.execute(
            "SELECT FROM source_contact AS c JOIN source AS s ON s.id = c.source_id WHERE s.code = %s", (row["code"],)
        ).fetchone()
        if known is None and row.get("office"):
            contact = Contact(row["office"], row["duty"] or None, row["phone"] or None)
            put_contact(connection, row["code"], contact, "opsmap", now)
