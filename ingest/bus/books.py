"""The deliveries of a loader: one a source and form, its summary moved in one transaction with the rows it counts."""

from dataclasses import replace
from datetime import timedelta

import psycopg

from geo.clock import Clock
from ingest.bus.record import Record
from ingest.deliveries import Delivery, Opened, Sender
from ingest.feed import store_waiting
from ingest.form import LineForm
from ingest.forms import FORMS
from ingest.outcome import Outcome
from ingest.stream import Tally
from ingest.summary import Summary

LABEL = "spool"
_KNOWN = "SELECT origin, title_vi FROM source WHERE code = %s"


class Book:
    """One source's delivery and what is to be stored in it with the next commit."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.outcomes: list[Outcome] = []
        self.prefaces: set[bytes] = set()
        self.arrived_ms: int | None = None

    def add(self, outcomes: list[Outcome], counts: Tally, arrived_ms: int, preface: bytes = b"") -> None:
        """Outcomes and counts of one record, and the header line it was read under."""
        if preface:
            self.prefaces.add(preface)
        summary = self.delivery.summary
        summary.lines += counts.lines
        summary.extra_sentences += counts.extra
        summary.ignored.update(counts.ignored)
        self.outcomes += outcomes
        if self.arrived_ms is None:
            self.arrived_ms = arrived_ms

    def store(self) -> None:
        """Everything that waits, in the caller's transaction; what can never be stored becomes a reject."""
        store_waiting(self.delivery, self.outcomes, self.arrived_ms)
        self.arrived_ms = None
        for preface in self.prefaces:
            self.delivery.keep_preface(preface)
        self.prefaces.clear()
        self.delivery.note()


class Books:
    """All sources' books over one connection."""

    def __init__(self, connection: psycopg.Connection, clock: Clock, label: str = LABEL) -> None:
        self._connection, self._clock, self._label = connection, clock, label
        self._books: dict[tuple[str, str, str], Book] = {}

    def book(self, record: Record) -> Book:
        """The book of a record's source and form, opened with its first."""
        key = (record.source, record.origin, record.form)
        if key not in self._books:
            self._open(key, sender_of(self._connection, record), record.form)
        return self._books[key]

    def open(self, sender: Sender, form: str) -> None:
        """A book before its first record. BadInput for a source code of another origin."""
        sender = replace(sender, cadence=sender.cadence or cadence_of(form))
        self._open((sender.code, sender.origin, form), sender, form)

    def _open(self, key: tuple[str, str, str], sender: Sender, form: str) -> None:
        found = FORMS.get(form)
        adapter = found.adapter if isinstance(found, LineForm) else None
        delivery = Delivery(self._connection, sender, self._label, self._clock, Opened(form, adapter))
        self._books[key] = Book(delivery)

    def lost(self, datagrams: int) -> None:
        """Datagrams known to be lost, in the first book's summary."""
        for book in list(self._books.values())[:1]:
            book.delivery.summary.lost_datagrams = datagrams

    def begin_anew(self, connection: psycopg.Connection) -> None:
        """After an error: what waited is forgotten, and the summaries are what the database says."""
        self._connection = connection
        for book in self._books.values():
            book.outcomes.clear()
            book.arrived_ms = None
            book.prefaces.clear()
            row = connection.execute("SELECT summary FROM delivery WHERE id = %s", (book.delivery.id,)).fetchone()
            book.delivery.begin_anew(connection, Summary.read(row[0]) if row and row[0] else Summary())

    def store(self) -> None:
        """Everything that waits, in the caller's transaction."""
        for book in self._books.values():
            if book.outcomes or book.arrived_ms is not None:
                book.store()

    @property
    def waiting(self) -> int:
        """Outcomes not stored yet."""
        return sum(len(book.outcomes) for book in self._books.values())

    def summaries(self) -> list[Summary]:
        """One a source and form."""
        return [book.delivery.summary for book in self._books.values()]

    def close(self) -> None:
        """Finish the deliveries."""
        for book in self._books.values():
            book.delivery.close()


def sender_of(connection: psycopg.Connection, record: Record) -> Sender:
    """Whose a record is. A code that belongs to another origin gets one of its own: nothing is mixed, nothing lost."""
    known = connection.execute(_KNOWN, (record.source,)).fetchone()
    sender = Sender(record.source, record.origin, cadence=cadence_of(record.form))
    if known is not None and known[0] != record.origin:
        return replace(sender, code=f"{record.source}:{record.origin}")
    return sender


def cadence_of(form: str) -> timedelta | None:
    """How often something should come of a source that speaks this form."""
    found = FORMS.get(form)
    return found.cadence if isinstance(found, LineForm) else None
