"""Giao ca: what is handed over is frozen and hashed, two persons confirm it, and only then the shift ends.

Nothing can change between reading and confirming unseen: who confirms says which summary was read (`sha256`) and which
changes since then (`changes_sha256`); if there are others by now, they have to be read first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from geo.clock import Window
from geo.errors import BadInput, NotAllowed, NotFound
from layers.access.accounts import Who
from layers.seal import digest
from layers.watch.rules import rules_statement
from layers.watch.shift.book import check_people, get_shift, tell
from layers.watch.shift.matters import VOLATILE, Item, Stretch, read_matters
from layers.watch.shift.models import Handover, Shift
from layers.watch.shift.times import CONDUCT, planned_shift, starts_in_force

Side = Literal["from", "to"]


@dataclass(frozen=True)
class Confirmation:
    """Which side says that it has read which summary, and which changes since (`digest_changes` of them; "": none)."""

    side: Side
    sha256: str
    changes_sha256: str = ""


def digest_changes(changes: Sequence[dict[str, Any]]) -> str:
    """What names a list of changes; "" of none."""
    return digest(list(changes)) if changes else ""


def prepare(connection: Connection, who: Who, shift_id: int, to_people: Sequence[str], now: datetime) -> int:
    """Freeze what is handed over; a former one that was not confirmed by both is withdrawn. The handover's number."""
    shift = get_shift(connection, shift_id, lock=True)
    if shift.ended_at is not None:
        raise BadInput(f"shift={shift_id}: it has been handed over already", field="shift")
    people = check_people(connection, to_people) if to_people else []
    summary = read_summary(connection, shift, next_shift(connection, shift, now), now)
    open_ = (Handover.shift_id == shift_id, Handover.withdrawn_at.is_(None))
    connection.execute(update(Handover).where(*open_).values(withdrawn_at=now))
    values = {"shift_id": shift_id, "to_people": people, "prepared_at": now, "prepared_by": who.username}
    row = insert(Handover).values(**values, summary=summary, sha256=digest(summary)).returning(Handover.id)
    number = int(connection.execute(row).scalar_one())
    tell(connection)
    return number


def read_summary(connection: Connection, shift: Row[Any], after: Window | None, now: datetime) -> dict[str, Any]:
    """What a shift hands over at a moment: sections, how many items each has, and which stretch they are about."""
    until = None if after is None else after.until
    sections = read_matters(connection, Stretch(shift.id, shift.began_at, now, until))
    told: dict[str, Any] = {"desk": shift.desk, "people": shift.people, "as_of": now.isoformat()}
    told |= {"next_since": None if after is None else after.since.isoformat()}
    told |= {"next_until": None if until is None else until.isoformat()}
    return told | {"sections": sections, "counts": {name: len(items) for name, items in sections.items()}}


def next_shift(connection: Connection, shift: Row[Any], now: datetime) -> Window | None:
    """The hours of the shift that takes over: those now, or the next once half of these are over."""
    starts = starts_in_force(connection.execute(rules_statement((CONDUCT,))).all(), now)
    here = planned_shift(starts, now)
    if here is None or shift.planned_from is None or here.since > shift.planned_from:
        return here
    return planned_shift(starts, here.until) if now - here.since > here.until - now else here


def find_changes(before: dict[str, list[Item]], after: dict[str, list[Item]]) -> list[dict[str, Any]]:
    """What is new, gone or otherwise than it was, section by section; `was` is the item as it had been."""
    found: list[dict[str, Any]] = []
    for section, items in after.items():
        old = {item["key"]: item for item in before.get(section, [])}
        new = {item["key"]: item for item in items}
        found += [{"section": section, "what": "new", "item": new[key]} for key in new if key not in old]
        found += [{"section": section, "what": "gone", "item": old[key]} for key in old if key not in new]
        changed = [key for key in new if key in old and _told(new[key]) != _told(old[key])]
        found += [{"section": section, "what": "changed", "item": new[key], "was": old[key]} for key in changed]
    return found


def _told(item: Item) -> Item:
    return {key: value for key, value in item.items() if key not in VOLATILE}


def get_handover(connection: Connection, number: int, *, lock: bool = False) -> Row[Any]:
    """One handover, or NotFound."""
    statement = select(Handover.__table__).where(Handover.id == number)
    row = connection.execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound(f"handover={number}: there is no such handover", field="id")
    return row


def changes_since(connection: Connection, handover: Row[Any], now: datetime) -> list[dict[str, Any]]:
    """What has changed since a handover was prepared, of the same stretch of promises."""
    shift, told = get_shift(connection, handover.shift_id), handover.summary
    until = None if told["next_until"] is None else datetime.fromisoformat(told["next_until"])
    sections = read_matters(connection, Stretch(shift.id, shift.began_at, now, until))
    return find_changes(told["sections"], sections)


def confirm(connection: Connection, who: Who, number: int, said: Confirmation, now: datetime) -> int | None:
    """One side confirms. Once both have, the shift ends and the next begins: its number, else None."""
    handover = get_handover(connection, number, lock=True)
    shift = get_shift(connection, handover.shift_id, lock=True)
    _check(handover, shift, who, said)
    changes = changes_since(connection, handover, now)
    if digest_changes(changes) != said.changes_sha256:
        raise BadInput("changes_sha256: something has changed since you read it; read the changes and confirm again",
                       field="changes_sha256", title="Có thay đổi mới, đọc lại rồi xác nhận")  # fmt: skip
    side = said.side
    values = {f"confirmed_{side}_by": who.username, f"confirmed_{side}_at": now, f"changes_{side}": changes}
    connection.execute(update(Handover).where(Handover.id == number).values(**values))
    other = handover.confirmed_to_by if side == "from" else handover.confirmed_from_by
    incoming = who.username if side == "to" else other
    begun = None if other is None else _hand_over(connection, shift, handover, incoming, now)
    tell(connection)
    return begun


def _check(handover: Row[Any], shift: Row[Any], who: Who, said: Confirmation) -> None:
    if handover.withdrawn_at is not None:
        raise BadInput("handover: it was prepared anew since; read that one", field="id")
    if said.sha256 != handover.sha256:
        raise BadInput("sha256: this is not the summary that was prepared; read it again", field="sha256")
    if getattr(handover, f"confirmed_{said.side}_by") is not None:
        raise BadInput(f"side={said.side!r}: confirmed already", field="side")
    if said.side == "from" and who.username not in shift.people:
        raise NotAllowed(f"side='from': one of {', '.join(shift.people)} confirms for this shift", field="side")
    if who.username == (handover.confirmed_to_by if said.side == "from" else handover.confirmed_from_by):
        raise NotAllowed("side: the other person has to confirm this side", field="side",
                         title="Hai người khác nhau phải xác nhận")  # fmt: skip


def _hand_over(connection: Connection, shift: Row[Any], handover: Row[Any], incoming: str | None, now: datetime) -> int:
    """End the shift and begin the next at the same desk at the same moment."""
    connection.execute(update(Shift).where(Shift.id == shift.id).values(ended_at=now))
    assert incoming is not None  # both sides have confirmed
    after, people = handover.summary, list(dict.fromkeys([*handover.to_people, incoming]))
    hours = {"planned_from": after["next_since"], "planned_until": after["next_until"]}
    planned = {name: at and datetime.fromisoformat(at) for name, at in hours.items()}
    values = {"desk": shift.desk, "people": people, "began_at": now, "begun_by": incoming, **planned}
    begun = int(connection.execute(insert(Shift).values(**values).returning(Shift.id)).scalar_one())
    connection.execute(update(Handover).where(Handover.id == handover.id).values(to_shift_id=begun))
    return begun
