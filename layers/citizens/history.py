"""The one way to write into a report: its row takes the new values, a line of its history says who did what."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from geo.errors import NotFound
from layers import stepping
from layers.citizens.codes import hash_of
from layers.citizens.models import ReportCase, ReportEntry
from layers.stepping import Book, Entry

CITIZEN = "citizen"
REPORTS = Book(ReportCase, ReportEntry, "report_id")


@dataclass(frozen=True)
class Actor(stepping.Actor):
    """Who acts and when; the citizen has no name."""

    role: str = CITIZEN


def lock_report(connection: Connection, number: str) -> Any:
    """The report of a public number, kept from others until the transaction ends; NotFound."""
    return _locked(connection, ReportCase.number == number, "number")


def lock_by_code(connection: Connection, code: str) -> Any:
    """The report of a citizen's code, likewise."""
    return _locked(connection, ReportCase.code_hash == (hash_of(code) or b""), "code")


def append(connection: Connection, report: Any, entry: Entry, **values: Any) -> None:
    """One line of history, without any name or telephone of the citizen, and what it changes of the report."""
    stepping.append(connection, REPORTS, report, entry, **values)


def _locked(connection: Connection, which: Any, field_name: str) -> Any:
    row = stepping.lock(connection, REPORTS, which)
    if row is None:
        title = "Không có phản ánh mang mã này"
        raise NotFound(f"{field_name}: there is no such report", field=field_name, title=title)
    return row
