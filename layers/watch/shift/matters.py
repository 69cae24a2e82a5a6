"""What one shift leaves to the next: each section one statement, its items plain values that can be frozen and hashed.

An item has a `key` that names it for ever and, apart from `VOLATILE`, only what a person would call a change. Moments
are ISO 8601 in UTC, lengths of time are left to the reader: a frozen "2 hours left" would be wrong a minute later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, String, cast, select
from sqlalchemy.orm import aliased

from layers.health.invariants import BY_CODE, SEA
from layers.health.models import Alarm
from layers.sources.freshness import freshness
from layers.sources.last import last_statement
from layers.spec import Text
from layers.vessels.registry import Vessel
from layers.watch.cases.models import CLOSED, Case, CaseEntry
from layers.watch.event_rows import Incident
from layers.watch.shift.models import ShiftNote

Item = dict[str, Any]
SECTIONS: Mapping[str, Text] = {
    "open_cases": Text("Vụ việc đang mở", "Open cases"),
    "overdue": Text("Quá hạn", "Overdue"),
    "promises": Text("Lời hẹn đến hạn trong ca sau", "Promises due in the next shift"),
    "incidents": Text("Sự cố đang diễn ra", "Incidents under way"),
    "calls": Text("Đã gọi trong ca", "Called in this shift"),
    "notices": Text("Thông báo trong ca", "Notices of this shift"),
    "sources": Text("Nguồn dữ liệu chậm", "Sources late"),
    "alarms": Text("Cảnh báo hệ thống đang mở", "System alarms open"),
    "notes": Text("Ghi chú trong ca", "Notes of this shift"),
}
VOLATILE = ("detail",)
"""Words beside an item that may be said anew without anything having changed."""


@dataclass(frozen=True)
class Stretch:
    """Of which shift, since when, as of when; and until when the next one lasts (None: nobody knows)."""

    shift_id: int
    since: datetime
    now: datetime
    next_until: datetime | None


def read_matters(connection: Connection, asked: Stretch) -> dict[str, list[Item]]:
    """Every section of SECTIONS with its items."""
    return {name: READERS[name](connection, asked) for name in SECTIONS}


def open_cases(connection: Connection, asked: Stretch) -> list[Item]:
    """Cases that are open, by urgency and clock."""
    return [_case(row) for row in connection.execute(_cases().where(Case.state != CLOSED))]


def overdue(connection: Connection, asked: Stretch) -> list[Item]:
    """Open cases whose clock has run out."""
    late = _cases().where(Case.state != CLOSED, Case.due_at < asked.now)
    return [_case(row) for row in connection.execute(late)]


def promises(connection: Connection, asked: Stretch) -> list[Item]:
    """Promises nobody has ticked off that are due before the next shift ends, overdue ones too, the first due first."""
    kept = aliased(CaseEntry)
    done = select(kept.id).where(kept.case_id == CaseEntry.case_id, kept.kind == "kept")
    done = done.where(kept.body["promise"].astext == cast(CaseEntry.id, String))
    rows = connection.execute(_entries().where(CaseEntry.kind == "promise", ~done.exists()))
    found = [_entry(row) | {"due_at": _due(row.body), "by": row.body.get("by")} for row in rows]
    limit = _iso(asked.next_until)
    return sorted((i for i in found if limit is None or i["due_at"] < limit), key=lambda i: (i["due_at"], i["key"]))


def incidents(connection: Connection, asked: Stretch) -> list[Item]:
    """Common causes that have not ended."""
    rows = connection.execute(select(Incident.__table__).where(Incident.ended_at.is_(None)).order_by(Incident.began_at))
    return [{"key": f"incident:{r.id}", "id": r.id, "vi": r.title_vi, "en": r.title_en, "began_at": _iso(r.began_at),
             "silent": r.silent, "heard_of": r.heard_of} for r in rows]  # fmt: skip


def _said(kind: str) -> Callable[[Connection, Stretch], list[Item]]:
    def read(connection: Connection, asked: Stretch) -> list[Item]:
        within = (CaseEntry.kind == kind, CaseEntry.at >= asked.since, CaseEntry.at <= asked.now)
        return [_entry(row) for row in connection.execute(_entries().where(*within))]

    return read


def sources(connection: Connection, asked: Stretch) -> list[Item]:
    """Sources that have delivered before and are late or stale now."""
    found = []
    for row in connection.execute(last_statement(), {"today": asked.now}):
        state = None if row.last_t is None else freshness(asked.now - row.last_t, row.cadence)
        if state in ("late", "stale"):
            found.append({"key": f"source:{row.code}", "vi": row.title_vi, "en": row.title_en, "state": state,
                          "last_at": _iso(row.last_t)})  # fmt: skip
    return found


def alarms(connection: Connection, asked: Stretch) -> list[Item]:
    """Open alarms that everybody at the desk answers for."""
    codes = [code for code, invariant in BY_CODE.items() if invariant.readers == SEA]
    lasting = (Alarm.code.in_(codes), Alarm.opened_at.is_not(None), Alarm.closed_at.is_(None))
    rows = connection.execute(select(Alarm.__table__).where(*lasting).order_by(Alarm.opened_at, Alarm.id))
    return [{"key": f"alarm:{r.id}", "vi": BY_CODE[r.code].wrong.vi, "en": BY_CODE[r.code].wrong.en,
             "detail": {"vi": r.detail_vi, "en": r.detail_en}, "opened_at": _iso(r.opened_at),
             "acknowledged_by": r.acknowledged_by} for r in rows]  # fmt: skip


def notes(connection: Connection, asked: Stretch) -> list[Item]:
    """The shift's own lines."""
    statement = select(ShiftNote.__table__, Case.number).outerjoin(Case, Case.id == ShiftNote.case_id)
    rows = connection.execute(
        statement.where(ShiftNote.shift_id == asked.shift_id).order_by(ShiftNote.at, ShiftNote.id)
    )
    return [{"key": f"note:{r.id}", "at": _iso(r.at), "actor": r.actor, "text": r.text, "case": r.number} for r in rows]


READERS: Mapping[str, Callable[[Connection, Stretch], list[Item]]] = {
    "open_cases": open_cases, "overdue": overdue, "promises": promises, "incidents": incidents,
    "calls": _said("call"), "notices": _said("notice"), "sources": sources, "alarms": alarms, "notes": notes,
}  # fmt: skip


def _boat() -> Any:
    return select(Vessel.code).where(Vessel.id == Case.vessel_id, Vessel.leads).scalar_subquery().label("boat")


def _cases() -> Select[*tuple[Any, ...]]:
    order = (Case.priority, Case.due_at.nulls_last(), Case.id)
    return select(Case.__table__, _boat()).order_by(*order)


def _entries() -> Select[*tuple[Any, ...]]:
    columns = (CaseEntry.id, CaseEntry.at, CaseEntry.kind, CaseEntry.actor, CaseEntry.body, Case.number)
    return select(*columns, _boat()).join(Case, Case.id == CaseEntry.case_id).order_by(CaseEntry.at, CaseEntry.id)


def _case(row: Any) -> Item:
    return {"key": f"case:{row.id}", "case": row.number, "kind": row.kind, "boat": row.boat, "state": row.state,
            "began_at": _iso(row.began_at), "due_at": _iso(row.due_at), "due_what": row.due_what,
            "assigned_to": row.assigned_to, "acknowledged_by": row.acknowledged_by}  # fmt: skip


def _entry(row: Any) -> Item:
    told = {key: row.body[key] for key in ("text", "said", "to", "result") if isinstance(row.body.get(key), str)}
    return {"key": f"entry:{row.id}", "case": row.number, "boat": row.boat, "at": _iso(row.at), "kind": row.kind,
            "actor": row.actor, "body": told}  # fmt: skip


def _due(body: Mapping[str, Any]) -> str:
    """When a promise is due; one that does not say is due at once."""
    return _iso(datetime.fromisoformat(body["due_at"])) or "" if body.get("due_at") else ""


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
