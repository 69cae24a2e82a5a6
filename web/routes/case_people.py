"""The people of a case: a telephone by an audited call, and whoever else can be asked, written down."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import Connection

from geo.errors import BadInput, NotFound
from layers.access.accounts import Who
from layers.access.audit import note_act
from layers.access.roles import CONTACTS
from layers.books.contacts import contacts_statement
from layers.database import write_async
from layers.watch.cases.about import lock_case
from layers.watch.cases.acts import Doer, note
from layers.watch.cases.boat_contacts import contact_statement, put_boat_contact
from layers.watch.cases.ledger import Entry
from web.case_acts import Short
from web.case_people import PEOPLE
from web.case_views import Done, UnmaskedPhone
from web.routes.books import PRIVATE, person
from web.routes.cases import REFUSED
from web.routes.pages import check_origin
from web.state import state_of
from web.views import Problem

REASON = "liên hệ theo vụ việc"
"""Why a telephone is looked at, unless more is said."""
router = APIRouter(prefix="/api/cases", responses={401: {"model": Problem}, 403: {"model": Problem}})


class Unmask(BaseModel):
    """Whose telephone (`people[].id`), and why."""

    model_config = ConfigDict(extra="forbid")
    person: Short
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class ContactIn(BaseModel):
    """Somebody to ask about the boat; `code` corrects the one that stands under it."""

    model_config = ConfigDict(extra="forbid")
    code: Short | None = None
    relation: Short
    name: Short
    phone: Short | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


@router.post("/{number}/unmask", responses=REFUSED)
async def post_unmask(request: Request, response: Response, number: str, asked: Unmask) -> UnmaskedPhone:
    """A telephone of the boat's people, whole; who asked and why is written down before it is shown."""
    check_origin(request)
    who, shared = await person(request, CONTACTS), state_of(request)
    doer = Doer(who.username, who.role.value, shared.clock())
    async with write_async(shared.engine) as connection:
        shown = await connection.run_sync(_unmask, number, asked, doer, who)
    response.headers.update(PRIVATE)
    return shown


@router.post("/{number}/people", status_code=201, responses=REFUSED)
async def post_contact(request: Request, number: str, told: ContactIn) -> Done:
    """Write down somebody else who can be asked about the boat: family, a partner ashore."""
    check_origin(request)
    who, shared = await person(request, CONTACTS), state_of(request)
    doer = Doer(who.username, who.role.value, shared.clock())
    async with write_async(shared.engine) as connection:
        return await connection.run_sync(_contact, number, told, doer, who)


def _unmask(connection: Connection, number: str, asked: Unmask, doer: Doer, who: Who) -> UnmaskedPhone:
    case, reason = lock_case(connection, number), asked.reason or REASON
    name, phone = _whole(connection, case.vessel_id or 0, asked.person, who)
    connection.execute(note_act(who, "contacts.unmask", f"v{case.vessel_id}", f"{number}: {reason}", doer.at))
    body = {"person": asked.person, "reason": reason}
    entry = note(connection, case, Entry("unmasked", doer.at, doer.name, doer.role, body))
    return UnmaskedPhone(person=asked.person, name=name, phone=phone, entry=entry, version=case.version + 1)


def _whole(connection: Connection, vessel_id: int, asked: str, who: Who) -> tuple[str | None, str | None]:
    """Name and telephone of somebody of the boat, as far as the role needs them."""
    if asked not in PEOPLE:
        row = connection.execute(contact_statement(asked, vessel_id)).first()
        if row is None:
            raise BadInput(f"person={asked[:40]!r}: use an id of people[] of this case", field="person")
        return row.name, row.phone
    rows = connection.execute(contacts_statement(vessel_id, who.role)).mappings().all()
    if not rows:
        raise NotFound("number: no register holds the boat of this case", field="number", title="Không có tàu trong sổ")
    _, name, phone = PEOPLE[asked]
    row_of = next((row for row in rows if row[phone]), rows[0])
    return row_of.get(name), row_of[phone]


def _contact(connection: Connection, number: str, told: ContactIn, doer: Doer, who: Who) -> Done:
    case, reason = lock_case(connection, number), told.reason or REASON
    if case.vessel_id is None:
        title = "Vụ việc chưa gắn với tàu nào"
        raise BadInput("number: this case is of no known boat", field="number", title=title)
    said = {"stored_at": doer.at, "stored_by": doer.name, "reason": reason}
    code = put_boat_contact(connection, case.vessel_id, told.model_dump(), case.origin, said)
    connection.execute(note_act(who, "contacts.add", f"v{case.vessel_id}", f"{number}: {code}", doer.at))
    body = {"text": "đã ghi đầu mối liên hệ", "contact": code, "relation": told.relation}
    entry = note(connection, case, Entry("note", doer.at, doer.name, doer.role, body))
    return Done(entry=entry, number=number, version=case.version + 1, state=case.state)
