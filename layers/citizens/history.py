"""The one way to write into a report: its row takes the new values, a line of its history says who did what."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from geo.errors import NotFound
from layers.citizens.codes import hash_of
from layers.citizens.models import ReportCase, ReportEntry

CITIZEN = "citizen"


@dataclass(frozen=True)
class Actor:
    """Who acts and when; the citizen has no name."""

    at: datetime
    role: str = CITIZEN
    name: str | None = None


@dataclass(frozen=True)
class Entry:
    """What is done: `body` is what the action has to say, without any name or telephone of the citizen."""

    action: str
    actor: Actor
    body: dict[str, Any] = field(default_factory=dict)


def lock_report(connection: Connection, number: str) -> Any:
    """The report of a public number, kept from others until the transaction ends; NotFound."""
    return _locked(connection, ReportCase.number == number, "number")


def lock_by_code(connection: Connection, code: str) -> Any:
    """The report of a citizen's code, likewise."""
    return _locked(connection, ReportCase.code_hash == (hash_of(code) or b""), "code")


def append(connection: Connection, report: Any, entry: Entry, **values: Any) -> None:
    """Write one line of history and what it changes of the report."""
    to = values.get("state", report.state)
    if to != report.state:
        values["state_since"] = entry.actor.at
    change = update(ReportCase).where(ReportCase.id == report.id)
    connection.execute(change.values(**values, changed_at=entry.actor.at, version=ReportCase.version + 1))
    connection.execute(
        insert(ReportEntry).values(
            report_id=report.id,
            at=entry.actor.at,
            action=entry.action,
            from_state=report.state,
            to_state=to,
            actor=entry.actor.name,
            role=entry.actor.role,
            body=entry.body,
        )
    )


def _locked(connection: Connection, which: Any, field_name: str) -> Any:
    row = connection.execute(select(ReportCase.__table__).where(which).with_for_update()).first()
    if row is None:
        title = "Không có phản ánh mang mã này"
        raise NotFound(f"{field_name}: there is no such report", field=field_name, title=title)
    return row
