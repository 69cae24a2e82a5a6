"""Files of layers and books as messages: a form for each that takes files, named `layer:NAME` or `book:NAME`."""

import tempfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

import psycopg

from geo.clock import Clock
from geo.errors import BadInput
from ingest.deliveries import open_delivery
from ingest.form import Message, MessageForm
from ingest.outcome import Reject
from ingest.rejects import store_rejects
from ingest.source import KEPT_OF_LONG_LINE
from ingest.summary import Summary
from ingest.tables.load import load_table
from ingest.tables.reduced import kept_of
from layers.books.registry import load_filed
from layers.database import transaction
from layers.sources.raw import digest_of, keep_raw
from layers.sources.register import ensure_source
from layers.spec import Book, Filed

ADAPTER = "layer_file/1"
REFUSED = "bad_file"
LONGEST_NAME = 60


def layer_forms() -> list[MessageForm]:
    """One form for every layer and book that takes files."""
    return [_form(layer) for layer in load_filed().values()]


def _form(layer: Filed) -> MessageForm:
    def take(connection: psycopg.Connection, message: Message, clock: Clock) -> Summary:
        return take_layer_file(connection, layer, message, clock)

    return MessageForm(f"{'book' if isinstance(layer, Book) else 'layer'}:{layer.name}", "file", take)


def take_layer_file(connection: psycopg.Connection, layer: Filed, message: Message, clock: Clock) -> Summary:
    """Load the file's rows; a file refused as a whole is one reject with its first bytes."""
    with tempfile.TemporaryDirectory(prefix="opsmap-file-") as folder:
        path = Path(folder) / safe_name(message.name)
        path.write_bytes(message.data)
        media = path.suffix.removeprefix(".").lower() or "file"
        withheld = layer.file is not None and layer.file.withhold
        sha256 = digest_of([message.data])
        if not withheld:
            keep_raw(connection, message.data, path.name, media, clock())
        try:
            with transaction(connection):
                loaded = load_table(connection, layer, path, message.sender, clock)
        except BadInput as error:
            if withheld:  # whose names it may hold nobody can say
                message = replace(message, data=f"sha256 {sha256.hex()}: not kept".encode())
            return _refuse(connection, message, clock, (error.detail, sha256))
        if withheld:
            kept = kept_of(loaded.reading, path, Path(folder))
            sha256 = keep_raw(connection, kept, kept.name, kept.suffix.removeprefix("."), clock())
    _sign(connection, loaded.delivery_id, sha256)
    return loaded.summary


def safe_name(name: str) -> str:
    """The last part of a name as a file of ours may bear it: its ending kept, which says how to read it."""
    kept = "".join(c if c.isalnum() or c in "-_ ." else "_" for c in PurePosixPath(name.replace("\\", "/")).name)
    return kept[-LONGEST_NAME:].lstrip(". ") or "file"


def _refuse(connection: psycopg.Connection, message: Message, clock: Clock, why: tuple[str, bytes]) -> Summary:
    sender = message.sender
    source_id = ensure_source(connection, sender.code, sender.origin, sender.title, sender.cadence)
    delivery_id = open_delivery(connection, source_id, message.name, clock)
    reject = Reject(REFUSED, f"{message.name}: {why[0]}", message.data[:KEPT_OF_LONG_LINE])
    store_rejects(connection, source_id, delivery_id, [reject], clock())
    summary = Summary(lines=1)
    summary.reject(REFUSED)
    connection.execute(
        "UPDATE delivery SET finished_at = %s, summary = %s WHERE id = %s", (clock(), summary.as_json(), delivery_id)
    )
    _sign(connection, delivery_id, why[1])
    return summary


def _sign(connection: psycopg.Connection, delivery_id: int, sha256: bytes) -> None:
    """Say in the delivery which bytes it came from and which code understood them."""
    connection.execute(
        "UPDATE delivery SET sha256 = %s, adapter = coalesce(adapter, %s) WHERE id = %s",
        (sha256, ADAPTER, delivery_id),
    )
