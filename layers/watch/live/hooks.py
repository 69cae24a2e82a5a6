"""Events and the cases that hang on them: opening, attaching, telling a case what has become of its events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from layers.watch.cases.acts import write_down
from layers.watch.cases.ledger import Entry
from layers.watch.cases.models import CLOSED, Case, CaseEntry, CaseEvent
from layers.watch.cases.opening import open_by_flow
from layers.watch.event_rows import EventRow
from layers.watch.live.laws import LawBook
from layers.watch.live.store import Change
from layers.watch.live.words import describe
from layers.watch.policy import Policies

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """An event that policy makes a case of, and from when it counts (later than its beginning after an outage)."""

    event: Row
    policy: Any
    began_at: datetime


def hang(connection: Connection, wanted: Wanted, book: LawBook, now: datetime) -> int:
    """Put an event into the open case of its boat and kind, or open one; the case's id."""
    event, policy = wanted.event, wanted.policy
    body = {"event": event["key"], "what": "new", "conduct": event["conduct"], "step": event["step"]}
    body |= {"new": describe(event), "policy": policy.code}
    case = open_case_of(connection, policy.case_kind, event["vessels"], event["transmitters"])
    if case is None:
        case_id = open_by_flow(connection, _values(wanted, book), Entry("opened", now, body=body))
        connection.execute(insert(CaseEvent).values(event_key=event["key"], case_id=case_id))
        return case_id
    connection.execute(insert(CaseEvent).values(event_key=event["key"], case_id=case.id))
    happen_again(connection, case, Entry("event", now, body=body))
    return int(case.id)


def happen_again(connection: Connection, case: Any, entry: Entry) -> None:
    """What befalls a case that is open: whoever had acknowledged it has to look at it anew."""
    if case.acknowledged_at is None:
        write_down(connection, case.id, entry)
    else:
        anew = {"acknowledged_at": None, "acknowledged_by": None}
        write_down(connection, case.id, replace(entry, kind="reset"), anew)


def open_case_of(connection: Connection, kind: str, vessels: Sequence[int], transmitters: Sequence[int]) -> Any | None:
    """The open case of a kind about one of these boats, or about one of these devices where there is no boat."""
    mine = Case.vessel_id.in_(vessels) if vessels else Case.transmitter_id.in_(transmitters) & Case.vessel_id.is_(None)
    found = select(Case).where(Case.kind == kind, Case.state != CLOSED, mine).order_by(Case.id).limit(1)
    return connection.execute(found).first()


def _values(wanted: Wanted, book: LawBook) -> dict[str, Any]:
    event = wanted.event
    law = book.at(event["conduct"], event["length_m"], wanted.began_at)
    return {
        "kind": wanted.policy.case_kind,
        "vessel_id": next(iter(event["vessels"]), None),
        "transmitter_id": None if event["vessels"] else next(iter(event["transmitters"]), None),
        "began_at": wanted.began_at,
        "lead": law.lead.lead if law.lead is not None else None,
        "length_m": event["length_m"],
        "origin": event["origin"],
        "lon_e7": event["lon_e7"],
        "lat_e7": event["lat_e7"],
    }


def note_changes(connection: Connection, changes: Sequence[Change], policies: Policies, now: datetime) -> None:
    """Tell cases what their events have become: over, known better, or never. One line per case and kind of news."""
    keys = [change.row["key"] for change in changes if change.former is not None]
    if not keys:
        return
    rows = connection.execute(select(CaseEvent.event_key, CaseEvent.case_id).where(CaseEvent.event_key.in_(keys)))
    cases = {row.event_key: row.case_id for row in rows}
    mine: dict[int, list[Change]] = {}
    for change in changes:
        if change.former is not None and change.row["key"] in cases:
            mine.setdefault(cases[change.row["key"]], []).append(change)
    for case_id, told in mine.items():
        _tell_case(connection, case_id, told, changes, now)
        _settle_case(connection, case_id, told, policies, now)


def _tell_case(
    connection: Connection, case_id: int, told: Sequence[Change], changes: Sequence[Change], now: datetime
) -> None:
    for change in told:
        former, row = change.former, change.row
        assert former is not None  # only such are told
        after = _successor(change, changes) if row["what"] == "withdrawn" else None
        what = "corrected" if after is not None else _what(former, row)
        body = {"event": row["key"], "what": what, "conduct": row["conduct"], "step": row["step"]}
        body |= {"old": describe(former), "new": describe(row if after is None else after)}
        write_down(connection, case_id, Entry("event", now, body=body))
        if after is not None:
            taken = select(CaseEvent.case_id).where(CaseEvent.event_key == after["key"])
            if connection.scalar(taken) is None:
                connection.execute(insert(CaseEvent).values(event_key=after["key"], case_id=case_id))


def _what(former: Row, row: Row) -> str:
    if row["what"] == "withdrawn":
        return "withdrawn"
    return "ended" if former["ended_at"] is None and row["ended_at"] is not None else "changed"


def _successor(change: Change, changes: Sequence[Change]) -> Row | None:
    """The new event that stands where a withdrawn one stood: same conduct and step, same boat, at the same time."""
    gone = change.row
    for other in changes:
        row = other.row
        same = all(row[name] == gone[name] for name in ("conduct", "step", "vessels"))
        if row["what"] != "withdrawn" and same and row["key"] != gone["key"] and _meet(row, gone):
            return row
    return None


def _meet(one: Row, other: Row) -> bool:
    starts_before = one["ended_at"] is None or other["began_at"] <= one["ended_at"]
    return bool(starts_before and (other["ended_at"] is None or one["began_at"] <= other["ended_at"]))


def _settle_case(
    connection: Connection, case_id: int, told: Sequence[Change], policies: Policies, now: datetime
) -> None:
    """Close a case nobody has touched and whose every event was none; or one that policy closes with its event."""
    case = connection.execute(select(Case).where(Case.id == case_id)).one()
    row = told[-1].row
    if case.state == CLOSED:
        if case.outcome == "withdrawn" and row["what"] != "withdrawn":
            change = {"state": "new", "state_since": now, "closed_at": None, "outcome": None}
            write_down(connection, case_id, Entry("state", now, body={"to": "new", "why": "event"}), change)
        return
    policy = policies.at(row["conduct"], row["step"], row["began_at"])
    if _never_was(connection, case_id) and not was_touched(connection, case_id):
        close(connection, case_id, "withdrawn", now)
    elif policy is not None and policy.closes and row["ended_at"] is not None:
        close(connection, case_id, "ended", now)


def _never_was(connection: Connection, case_id: int) -> bool:
    event = EventRow
    words = select(event.what).join(CaseEvent, CaseEvent.event_key == event.key)
    found = connection.scalars(words.where(CaseEvent.case_id == case_id, event.superseded_at.is_(None))).all()
    return bool(found) and all(what == "withdrawn" for what in found)


def was_touched(connection: Connection, case_id: int) -> bool:
    """Whether a person has written into a case."""
    entry = select(CaseEntry.id).where(CaseEntry.case_id == case_id, CaseEntry.actor.is_not(None)).limit(1)
    return connection.scalar(entry) is not None


def close(connection: Connection, case_id: int, outcome: str, now: datetime) -> None:
    """The machine closes a case; the entry says what came of it."""
    change = {"state": CLOSED, "state_since": now, "closed_at": now, "outcome": outcome}
    write_down(connection, case_id, Entry("outcome", now, body={"outcome": outcome}), change)
