"""Files of layers and books as messages: a form for each that takes files, named `layer:NAME` or `book:NAME`."""

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
from ingest.tables.load import form_name, load_table
from ingest.tables.table import ReadOptions
from layers.books.registry import load_filed
from layers.database import transaction
from layers.sources.raw import digest_of, keep_raw
from layers.sources.register import ensure_source
from layers.spec import Filed

REFUSED = "bad_file"
LONGEST_NAME = 60


def layer_forms() -> list[MessageForm]:
    """One form for every layer and book that takes files."""
    return [_form(layer) for layer in load_filed().values()]


def _form(layer: Filed) -> MessageForm:
    def take(connection: psycopg.Connection, message: Message, clock: Clock) -> Summary:
        return take_layer_file(connection, layer, message, clock)

    withholds = layer.file is not None and layer.file.withhold
    return MessageForm(form_name(layer), "file", take, withholds)


def take_layer_file(connection: psycopg.Connection, layer: Filed, message: Message, clock: Clock) -> Summary:
    """Load the file's rows; a file refused as a whole is one reject with its first bytes."""
    with tempfile.TemporaryDirectory(prefix="opsmap-file-") as folder:
        path = Path(folder) / safe_name(message.name)
        path.write_bytes(message.data)
        try:
            with transaction(connection):
                options = ReadOptions(heard_at=message.arrived_at)
                return load_table(connection, layer, path, message.sender, clock, options).summary
        except BadInput as error:
            return _refuse(connection, (layer, message, path), clock, error.detail)


def safe_name(name: str) -> str:
    """The last part of a name as a file of ours may bear it: its ending kept, which says how to read it."""
    kept = "".join(c if c.isalnum() or c in "-_ ." else "_" for c in PurePosixPath(name.replace("\\", "/")).name)
    return kept[-LONGEST_NAME:].lstrip(". ") or "file"


def _refuse(connection: psycopg.Connection, what: tuple[Filed, Message, Path], clock: Clock, why: str) -> Summary:
    """Keep the file as one reject; of one whose names nobody can tell apart, its hash only."""
    layer, message, path = what
    sender, sha256, raw = message.sender, digest_of([message.data]), message.data[:KEPT_OF_LONG_LINE]
    if layer.file is not None and layer.file.withhold:
        raw = f"sha256 {sha256.hex()}: not kept".encode()
    else:
        keep_raw(connection, message.data, path.name, path.suffix.removeprefix(".").lower() or "file", clock())
    source_id = ensure_source(connection, sender.code, sender.origin, sender.title, sender.cadence)
    delivery_id = open_delivery(connection, source_id, message.name, clock, Opened(form_name(layer)))
    reject = Reject(REFUSED, f"{message.name}: {why}", raw)
    store_rejects(connection, source_id, delivery_id, [reject], clock(), message.arrived_at)
    summary = Summary(lines=1)
    summary.reject(REFUSED)
    close_delivery(connection, delivery_id, summary, clock(), sha256)
    return summary
