"""What has to be known of a case before anything is done: its flow, its ledger, its silence, the law of its days."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from geo.errors import NotFound
from layers.vessels.models import ReportedPosition
from layers.vessels.reported import stands
from layers.watch.cases.clocks import SILENT, Clock, Owed, Report, Silence, clocks, reports_of
from layers.watch.cases.flow import flow_statement
from layers.watch.cases.flow_graph import Flow, flow_of, make_flows
from layers.watch.cases.ledger import queue_up
from layers.watch.cases.models import Case, CaseEntry, CaseEvent
from layers.watch.event_rows import EventRow
from layers.watch.law import law_statement


@dataclass(frozen=True)
class About:
    """One case with all that its clocks are made of; `case` and `entries` are rows."""

    case: Any
    flow: Flow
    entries: Sequence[Any]
    owed: Owed | None

    def clocks(self) -> list[Clock]:
        """Every clock that runs, the first to be due before the others."""
        return clocks(self.case, self.flow, self.entries, self.owed)

    def after(self, entry: Any, change: Mapping[str, Any]) -> "About":
        """The same once an entry is written and has changed the case."""
        case = Changed(**{**self.case._mapping, **change})
        owed = self.owed
        if owed is not None:
            owed = replace(owed, reports=[*owed.reports, *reports_of([entry])])
        return replace(self, case=case, entries=[*self.entries, entry], owed=owed)


class Changed:
    """A case row with some columns changed."""

    def __init__(self, **columns: Any) -> None:
        self._mapping = columns
        self.__dict__.update(columns)


def case_statement(number: str) -> Select[*tuple[Any, ...]]:
    """The case people call by that number."""
    return select(Case.__table__).where(Case.number == number)


def entries_statement(case_id: int) -> Select[*tuple[Any, ...]]:
    """A case's ledger, newest last."""
    return select(CaseEntry.__table__).where(CaseEntry.case_id == case_id).order_by(CaseEntry.id)


def events_statement(case_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """The last word on every event of some cases; the withdrawn are left out."""
    table = EventRow.__table__
    here = table.join(CaseEvent.__table__, CaseEvent.event_key == EventRow.key)
    wanted = (CaseEvent.case_id.in_(case_ids), EventRow.superseded_at.is_(None), EventRow.what != "withdrawn")
    return select(CaseEvent.case_id, *table.c).select_from(here).where(*wanted).order_by(EventRow.began_at, EventRow.id)


def silence_of(case: Any, events: Iterable[Any], until: datetime | None = None) -> Silence | None:
    """The silence a case is about, as it stood at a moment: the one that lasts, else the last there was.

    None where a case is about none. It counts from where the case does: later than its first moment after an outage.
    """
    found = [e for e in events if e.conduct == "silence" and (until is None or e.began_at <= until)]
    if not found:
        return Silence(case.began_at, None, case.length_m) if case.kind in SILENT else None
    lasting = [e.began_at for e in found if e.ended_at is None or (until is not None and e.ended_at > until)]
    if lasting:
        return Silence(max(case.began_at, min(lasting)), None, case.length_m)
    last = max(found, key=lambda event: (event.began_at, event.ended_at))
    return Silence(max(case.began_at, last.began_at), last.ended_at, case.length_m)


def owed_by(connection: Connection, case: Any, silence: Silence | None, entries: Iterable[Any]) -> Owed | None:
    """What a silent boat owes and has reported; None where a case is about no silence."""
    if silence is None:
        return None
    rows = (
        [] if case.vessel_id is None else connection.execute(reports_statement(case.vessel_id, silence.began_at)).all()
    )
    reports = [Report(row.heard_at, row.caller_role, row.channel) for row in rows]
    law = connection.execute(law_statement(("silence",))).all()
    return Owed(silence, [*reports, *reports_of(entries)], law)


def reports_statement(vessel_id: int, since: datetime) -> Select[*tuple[Any, ...]]:
    """What people told since a moment of where a boat was, when, and by which means; what was corrected is left out."""
    row = ReportedPosition
    told = (row.vessel_id == vessel_id, row.heard_at > since, stands())
    return select(row.heard_at, row.caller_role, row.channel).where(*told).order_by(row.heard_at)


def lock_case(connection: Connection, number: str) -> Any:
    """The case, kept from everybody else until the transaction ends; NotFound when there is none."""
    queue_up(connection)
    return _one(connection, case_statement(number).with_for_update(), number)


def find_case(connection: Connection, number: str) -> Any:
    """The case of that number, or NotFound."""
    return _one(connection, case_statement(number), number)


def _one(connection: Connection, statement: Select[*tuple[Any, ...]], number: str) -> Any:
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound(f"case={number[:40]!r}: there is none of that number; GET /api/cases lists them", field="number")
    return row


def read_about(connection: Connection, case: Any, at: datetime) -> About:
    """All that is known of a case, by the flow in force at a moment."""
    entries = connection.execute(entries_statement(case.id)).all()
    silence = silence_of(case, connection.execute(events_statement([case.id])).all())
    flow = flow_of(make_flows(connection.execute(flow_statement()).all(), at), case.kind)
    return About(case, flow, entries, owed_by(connection, case, silence, entries))
