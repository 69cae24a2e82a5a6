"""Files of layers as messages: one form a layer of the registry that takes files, named `layer:NAME`."""

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
from ingest.tables.load import load_table
from ingest.tables.table import ReadOptions
from layers.database import transaction
from layers.registry import load_layers
from layers.sources.raw import keep_raw
from layers.sources.register import ensure_source
from layers.spec import Layer

REFUSED = "bad_file"


def layer_forms() -> list[MessageForm]:
    """One form for every layer that takes files."""
    return [_form(layer) for layer in load_layers().values() if layer.file is not None]


def _form(layer: Layer) -> MessageForm:
    def take(connection: psycopg.Connection, message: Message, clock: Clock) -> Summary:
        return take_layer_file(connection, layer, message, clock)

    return MessageForm(f"layer:{layer.name}", "file", take)


def take_layer_file(connection: psycopg.Connection, layer: Layer, message: Message, clock: Clock) -> Summary:
    """Load the file's rows; a file refused as a whole is one reject with its first bytes."""
    with tempfile.TemporaryDirectory(prefix="opsmap-file-") as folder:
        path = Path(folder) / (PurePosixPath(message.name).name or "file")
        path.write_bytes(message.data)
        media = path.suffix.removeprefix(".").lower() or "file"
        sha256 = keep_raw(connection, message.data, path.name, media, clock())
        try:
            with transaction(connection):
                options = ReadOptions(heard_at=message.arrived_at)
                return load_table(connection, layer, path, message.sender, clock, options).summary
        except BadInput as error:
            return _refuse(connection, (layer, message), clock, (error.detail, sha256))


def _refuse(
    connection: psycopg.Connection, what: tuple[Layer, Message], clock: Clock, why: tuple[str, bytes]
) -> Summary:
    layer, message = what
    sender = message.sender
    source_id = ensure_source(connection, sender.code, sender.origin, sender.title, sender.cadence)
    delivery_id = open_delivery(connection, source_id, message.name, clock, Opened(f"layer:{layer.name}"))
    reject = Reject(REFUSED, f"{message.name}: {why[0]}", message.data[:KEPT_OF_LONG_LINE])
    store_rejects(connection, source_id, delivery_id, [reject], clock(), message.arrived_at)
    summary = Summary(lines=1)
    summary.reject(REFUSED)
    close_delivery(connection, delivery_id, summary, clock(), why[1])
    return summary
