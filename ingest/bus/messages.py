"""Whole messages out of the bus: taken by the form they name, or kept as one reject that says why they could not be."""

import psycopg

from geo.clock import Clock, from_unix_ms
from geo.errors import OpsmapError
from ingest.bus.books import sender_of
from ingest.bus.record import Record
from ingest.deliveries import Opened, Sender, close_delivery, open_delivery
from ingest.form import LineForm, Message
from ingest.forms import FORMS
from ingest.outcome import Reject
from ingest.rejects import store_rejects
from ingest.source import KEPT_OF_LONG_LINE
from ingest.summary import Summary
from layers.database import transaction
from layers.sources.raw import keep_raw
from layers.sources.register import ensure_source

REFUSED = "not_understood"


def take_message(connection: psycopg.Connection, record: Record, clock: Clock) -> Summary:
    """Store a message in the caller's transaction. Raises only for the database being away."""
    form, sender = FORMS.get(record.form), sender_of(connection, record)
    if form is None or isinstance(form, LineForm):
        return _refuse(connection, (record, sender), f"form {record.form!r} is not known here", clock)
    message = Message(record.data, record.peer, sender, from_unix_ms(record.arrived_ms))
    try:
        with transaction(connection):
            return form.take(connection, message, clock)
    except psycopg.OperationalError:
        raise
    except OpsmapError as error:
        return _refuse(connection, (record, sender), error.detail, clock)
    except Exception as error:  # whatever it is, one message must never stop all that come after it
        return _refuse(connection, (record, sender), repr(error)[:300], clock)


def _refuse(connection: psycopg.Connection, what: tuple[Record, Sender], why: str, clock: Clock) -> Summary:
    record, sender = what
    source_id = ensure_source(connection, sender.code, sender.origin, sender.title, sender.cadence)
    form = record.form if record.form in FORMS else None
    delivery_id = open_delivery(connection, source_id, record.peer, clock, Opened(form))
    reject = Reject(REFUSED, f"{record.peer}: {why}", record.data[:KEPT_OF_LONG_LINE], None, record.arrived_ms)
    store_rejects(connection, source_id, delivery_id, [reject], clock(), from_unix_ms(record.arrived_ms))
    summary = Summary(lines=1)
    summary.reject(REFUSED)
    kept = _keep(connection, record, clock)
    close_delivery(connection, delivery_id, summary, clock(), kept)
    return summary


def _keep(connection: psycopg.Connection, record: Record, clock: Clock) -> bytes | None:
    """Keep the whole message for when its form is mended, unless it may hold what must not stay here."""
    form = FORMS.get(record.form)
    if form is None or isinstance(form, LineForm) or form.withholds:
        return None
    return keep_raw(connection, record.data, record.peer, form.media, clock())
