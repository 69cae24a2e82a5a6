"""The form `template`: a file in whatever template of its source it fits, by whatever door it comes."""

import tempfile
from pathlib import Path, PurePosixPath

import psycopg

from geo.clock import Clock
from geo.errors import BadInput
from ingest.deliveries import Opened, close_delivery, open_delivery
from ingest.form import Message, MessageForm
from ingest.outcome import Reject
from ingest.rejects import store_rejects
from ingest.source import KEPT_OF_LONG_LINE
from ingest.summary import Summary
from ingest.templates.read import Asked
from ingest.templates.take import ADAPTER, FormSent, note_refused, take_form
from layers.database import transaction
from layers.sources.register import ensure_source

REFUSED = "bad_file"


def take_template_file(connection: psycopg.Connection, message: Message, clock: Clock) -> Summary:
    """Take the file's figures as that source's; one refused as a whole is one reject, and kept."""
    with tempfile.TemporaryDirectory(prefix="opsmap-form-") as folder:
        path = Path(folder) / (PurePosixPath(message.name).name or "file")
        path.write_bytes(message.data)
        sent = FormSent(path, path.name, "post", told_at=message.arrived_at)
        try:
            with transaction(connection):
                return take_form(connection, sent, Asked(message.sender.code), message.sender, clock).summary
        except BadInput as error:
            note_refused(connection, sent, error, message.sender, clock)
            return _refuse(connection, message, error, clock)


def _refuse(connection: psycopg.Connection, message: Message, error: BadInput, clock: Clock) -> Summary:
    sender = message.sender
    source_id = ensure_source(connection, sender.code, sender.origin, sender.title, sender.cadence)
    delivery_id = open_delivery(connection, source_id, message.name, clock, Opened("template", ADAPTER))
    reject = Reject(REFUSED, f"{message.name}: {error.detail}", message.data[:KEPT_OF_LONG_LINE])
    store_rejects(connection, source_id, delivery_id, [reject], clock(), message.arrived_at)
    summary = Summary(lines=1)
    summary.reject(REFUSED)
    close_delivery(connection, delivery_id, summary, clock())
    return summary


FORM = MessageForm("template", "file", take_template_file)
