"""Shifts and their log: begin one, write a line, read them. Sync statements inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from geo.clock import FUTURE_ALLOWANCE
from geo.errors import BadInput, NotFound
from layers.access.accounts import Who
from layers.access.models import Account
from layers.access.roles import OFFICERS
from layers.versions import ticking
from layers.watch.cases.ledger import Entry, append
from layers.watch.cases.models import Case
from layers.watch.shift.models import Handover, Shift, ShiftNote
from layers.watch.shift.times import read_planned

DESK = "Trung tâm điều hành"
"""The desk of whoever does not name one."""
LAYER = "shift"


@dataclass(frozen=True)
class Line:
    """A line for the log: its words, the case it is about (number), and when it happened; None: now."""

    text: str
    case: str | None = None
    at: datetime | None = None


def begin_shift(connection: Connection, who: Who, desk: str, people: Sequence[str], now: datetime) -> int:
    """A shift from now on. BadInput when the desk has one already, or somebody is no user who can be on duty."""
    names = check_people(connection, people or [who.username])
    planned = read_planned(connection, now)
    values: dict[str, Any] = {"desk": desk, "people": names, "began_at": now, "begun_by": who.username}
    if planned is not None:
        values |= {"planned_from": planned.since, "planned_until": planned.until}
    try:
        with connection.begin_nested():
            number = connection.execute(insert(Shift).values(**values).returning(Shift.id)).scalar_one()
    except IntegrityError as error:
        raise BadInput(f"desk={desk!r}: a shift is on already; it ends with a handover", field="desk") from error
    tell(connection)
    return int(number)


def check_people(connection: Connection, people: Sequence[str]) -> list[str]:
    """The names once each, in their order; BadInput names those who cannot be on duty."""
    names = list(dict.fromkeys(name.strip() for name in people if name.strip()))
    able = select(Account.username).where(Account.username.in_(names), Account.active, Account.role.in_(OFFICERS))
    unknown = set(names) - set(connection.execute(able).scalars())
    if unknown or not names:
        told = ", ".join(sorted(unknown)) or "nobody"
        raise BadInput(f"people: {told} is no active officer, post, operator or admin; see GET /api/shifts/people",
                       field="people")  # fmt: skip
    return names


def write_line(connection: Connection, who: Who, shift_id: int, line: Line, now: datetime) -> int:
    """One line into a lasting shift's log; about a case, also into the case's ledger. The line's number."""
    shift = get_shift(connection, shift_id)
    if shift.ended_at is not None:
        raise BadInput(f"shift={shift_id}: it has ended; write into the one that is on", field="shift")
    at = _moment(shift, line.at or now, now)
    case_id = None if line.case is None else _case_id(connection, line.case)
    values = {"shift_id": shift_id, "at": at, "actor": who.username, "role": who.role.value, "text": line.text}
    row = insert(ShiftNote).values(**values, case_id=case_id).returning(ShiftNote.id)
    number = int(connection.execute(row).scalar_one())
    if case_id is not None:
        body = {"text": line.text, "shift_note": number}
        append(connection, case_id, Entry("note", at, who.username, who.role.value, body))
    tell(connection)
    return number


def _moment(shift: Row[Any], at: datetime, now: datetime) -> datetime:
    if at > now + FUTURE_ALLOWANCE:
        raise BadInput(f"at={at.isoformat()}: this has not come yet", field="at")
    if at < shift.began_at:
        raise BadInput(f"at={at.isoformat()}: before the shift began ({shift.began_at.isoformat()})", field="at")
    return min(at, now)


def _case_id(connection: Connection, number: str) -> int:
    found = connection.execute(select(Case.id).where(Case.number == number)).scalar()
    if found is None:
        raise BadInput(f"case={number!r}: there is no such case", field="case")
    return int(found)


def get_shift(connection: Connection, shift_id: int, *, lock: bool = False) -> Row[Any]:
    """One shift, or NotFound."""
    statement = select(Shift.__table__).where(Shift.id == shift_id)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound(f"shift={shift_id}: there is no such shift; see GET /api/shifts", field="id")
    return row


def current_statement(desk: str | None = None) -> Select[*tuple[Any, ...]]:
    """The shifts that last, of one desk or of all."""
    statement = select(Shift.__table__).where(Shift.ended_at.is_(None)).order_by(Shift.began_at)
    return statement if desk is None else statement.where(Shift.desk == desk)


def shifts_statement(since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """Shifts that touch [since, until), the newest first, each with its handover if one stands."""
    h = Handover
    columns = (h.id.label("handover_id"), h.prepared_at, h.sha256, h.confirmed_from_by, h.confirmed_to_by)
    statement = select(Shift.__table__, *columns)
    statement = statement.outerjoin(h, (h.shift_id == Shift.id) & h.withdrawn_at.is_(None))
    touching = (Shift.began_at < until, or_(Shift.ended_at.is_(None), Shift.ended_at > since))
    return statement.where(*touching).order_by(Shift.began_at.desc(), Shift.id.desc())


def people_statement() -> Select[*tuple[Any, ...]]:
    """Who can be on duty: user names with their roles."""
    able = select(Account.username, Account.role).where(Account.active, Account.role.in_(OFFICERS))
    return able.order_by(func.lower(Account.username))


def tell(connection: Connection) -> None:
    """Every page that shows shifts hears of it at commit."""
    connection.execute(ticking(LAYER))
