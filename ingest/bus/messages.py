"""Whole messages out of the bus: taken by the form they name, or kept as one reject that says why they could not be."""

from collections import Counter
from hashlib import sha256

import psycopg

from geo.clock import Clock, from_unix_ms
from geo.errors import OpsmapError
from ingest.bus.books import sender_of
from ingest.bus.parcel import read_part
from ingest.bus.places import MOST_TRIES
from ingest.bus.record import Record
from ingest.deliveries import Opened, Sender, close_delivery, open_delivery
from ingest.form import LineForm, Message
from ingest.forms import FORMS
from ingest.outcome import Outcome, Reject
from ingest.rejects import printable, store_rejects
from ingest.source import KEPT_OF_LONG_LINE
from ingest.stream import Tally
from ingest.summary import Summary
from layers.database import transaction
from layers.sources.raw import keep_raw
from layers.sources.register import ensure_source

REFUSED = "not_understood"
ENDS_LOADER = "ends_loader"
MOST_KEPT = 1 << 20


def take_message(connection: psycopg.Connection, record: Record, clock: Clock) -> Summary:
    """Store a message in the caller's transaction. Raises only for the database being away."""
    form, sender = FORMS.get(record.form), sender_of(connection, record)
    if read_part(record.form) is not None:
        return _refuse(connection, (record, sender), "a part of it is missing on the disk; send it again", clock)
    if form is None or isinstance(form, LineForm):
        return _refuse(connection, (record, sender), f"form {record.form!r} is not known here", clock)
    message = Message(record.data, printable(record.peer), sender, from_unix_ms(record.arrived_ms))
    try:
        with transaction(connection):
            return form.take(connection, message, clock)
    except psycopg.OperationalError:
        raise
    except OpsmapError as error:
        return _refuse(connection, (record, sender), error.detail, clock)
    except Exception as error:  # whatever it is, one message must never stop all that come after it
        return _refuse(connection, (record, sender), repr(error)[:300], clock)


def refuse_record(record: Record) -> tuple[list[Outcome], Tally]:
    """A record that ended every loader that took it, as one reject with its bytes; the peer's next lines go on."""
    lines = max(1, record.data.count(b"\n"))
    why = f"{record.peer}: {MOST_TRIES} loaders ended with this record of {len(record.data)} bytes; it is put aside"
    reject = Reject(ENDS_LOADER, why, record.data[:MOST_KEPT], None, record.arrived_ms, lines)
    return [reject], Tally(lines, 0, Counter())


def _refuse(connection: psycopg.Connection, what: tuple[Record, Sender], why: str, clock: Clock) -> Summary:
    record, sender = what
    source_id = ensure_source(connection, sender.code, sender.origin, sender.title, sender.cadence)
    form = record.form if record.form in FORMS else None
    delivery_id = open_delivery(connection, source_id, printable(record.peer), clock, Opened(form))
    reject = Reject(REFUSED, f"{record.peer}: {why}", record.data[:KEPT_OF_LONG_LINE], None, record.arrived_ms)
    store_rejects(connection, source_id, delivery_id, [reject], clock(), from_unix_ms(record.arrived_ms))
    summary = Summary(lines=1)
    summary.reject(REFUSED)
    kept = _keep(connection, record, clock) or sha256(record.data).digest()
    close_delivery(connection, delivery_id, summary, clock(), kept)
    return summary


def _keep(connection: psycopg.Connection, record: Record, clock: Clock) -> bytes | None:
    """Keep the whole message for when its form is mended, unless it may hold what must not stay here."""
    form = FORMS.get(record.form)
    if form is None or isinstance(form, LineForm) or form.withholds:
        return None
    return keep_raw(connection, record.data, record.peer, form.media, clock())
