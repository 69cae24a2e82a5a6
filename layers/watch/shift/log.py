"""The log of a shift by time: its own lines, and what was written into any case meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from layers.spec import Text
from layers.vessels.registry import Vessel
from layers.watch.cases.models import Case, CaseEntry
from layers.watch.shift.models import ShiftNote
from layers.watch.shift.words import say_entry

MACHINE_TELLS = ("opened", "reset", "incident")
"""Of what the machine writes by itself, the lines that a person at the desk acts on."""


@dataclass(frozen=True)
class LogLine:
    """One line. `actor` None: the machine. `case` is a case's number, `boat` its boat's."""

    at: datetime
    actor: str | None
    words: Text
    case: str | None
    boat: str | None


@dataclass(frozen=True)
class Log:
    """The lines by time, and how many lines of the machine are left out."""

    lines: list[LogLine]
    left_out: int


def read_log(connection: Connection, shift: Row[Any], now: datetime) -> Log:
    """Everything from the shift's beginning to its end, or until now."""
    until = CaseEntry.at <= now if shift.ended_at is None else CaseEntry.at < shift.ended_at
    within = (CaseEntry.at >= shift.began_at, until)
    told = CaseEntry.actor.is_not(None) | CaseEntry.kind.in_(MACHINE_TELLS)
    boat = select(Vessel.code).where(Vessel.id == Case.vessel_id, Vessel.leads).scalar_subquery().label("boat")
    entries = select(CaseEntry.__table__, Case.number, boat).join(Case, Case.id == CaseEntry.case_id).where(*within)
    rows = connection.execute(entries.where(told, ~CaseEntry.body.has_key("shift_note")))
    found = [(row, say_entry(row.kind, row.body)) for row in rows]
    notes = select(ShiftNote.__table__, Case.number, boat).outerjoin(Case, Case.id == ShiftNote.case_id)
    rows = connection.execute(notes.where(ShiftNote.shift_id == shift.id))
    found += [(row, Text(row.text, row.text)) for row in rows]
    found.sort(key=lambda told: (told[0].at, told[0].stored_at))
    left_out = select(func.count()).select_from(CaseEntry).where(*within, ~told)
    lines = [_line(row, words) for row, words in found]
    return Log(lines, int(connection.execute(left_out).scalar_one()))


def _line(row: Any, words: Text) -> LogLine:
    return LogLine(row.at, row.actor, words, row.number, row.boat)
