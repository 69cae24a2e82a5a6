"""What of a message may stay in our store: the envelope and the files an adapter vouches for, nothing else.

A message that holds only such things is kept as it came. Otherwise what is kept is the message written anew without the
rest (staff, telephone numbers, letters for people, records of patients and machines); the hash of the original stands
with the message either way. What is kept can be taken again and gives the same facts.
"""

import re
import shutil
import tempfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import psycopg

from ingest.exchange.document import Document
from ingest.exchange.edxml_write import write_document
from ingest.exchange.publish import Outcome
from layers.sources.raw import keep_raw

MEDIA = "edxml"
TELLING = 1 << 16
"""Bytes of a refused message that are kept for whoever has to mend it, if it is XML."""
SHOWN = 4
"""Bytes kept of anything else: enough to tell a PDF from a ZIP."""
_SAID = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|(?<=>)[^<]+|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z)", re.DOTALL
)
"""Everything in XML that says something: comments, texts, values of attributes."""


def keep_message(
    connection: psycopg.Connection, data: Path | bytes, document: Document, outcome: Outcome, now: datetime
) -> bytes:
    """Keep what may be kept; its SHA-256."""
    name = document.document_id
    if outcome.whole:
        return keep_raw(connection, data, name, MEDIA, now)
    with tempfile.NamedTemporaryFile(prefix="opsmap-kept-") as file:
        if document.bare and outcome.kept:
            shutil.copyfileobj(outcome.kept[0].content.open(), file)
        else:
            write_document(replace(document, attachments=outcome.kept), file)  # type: ignore[arg-type]
        file.flush()
        return keep_raw(connection, Path(file.name), name, MEDIA, now)


def telling_piece(stream: BinaryIO, size: int, document: Document | None) -> bytes:
    """What may be kept of a refused message: its envelope; of one that could not be read, which elements it has."""
    if document is not None and not document.bare:
        told = BytesIO()
        write_document(replace(document, attachments=()), told)
        return told.getvalue()[:TELLING]
    head = stream.read(TELLING)
    if document is None and b"edXML" in head[:1000]:
        return _SAID.sub(b" ", head[head.index(b"<") :] if b"<" in head else b"")
    return f"[withheld: {size} bytes beginning {head[:SHOWN].hex()}]".encode()
