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
from pathlib import Path
from typing import BinaryIO

import psycopg

from ingest.exchange.document import Document
from ingest.exchange.edxml_write import write_document
from ingest.exchange.publish import Outcome
from layers.sources.raw import keep_raw

MEDIA = "edxml"
TELLING = 1 << 16
"""Bytes of a refused message that are kept for whoever has to mend it, if it looks like a message at all."""
SHOWN = 100
"""Bytes kept of anything else."""
_FILE = re.compile(rb"(ContentTransferEncoded[^>]*>)[^<]*|(?<![A-Za-z0-9+/])[A-Za-z0-9+/=\s]{64,}")
_NAMES_SOMEBODY = rb"GIAMDINHHS|FILEHOSO|NOIDUNGFILE|AVReport|HO_TEN|SO_CCCD|MA_THE|StaffInfo|Mobile|Telephone"
_SECRET = re.compile(_NAMES_SOMEBODY, re.IGNORECASE)


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


def telling_piece(stream: BinaryIO, size: int) -> bytes:
    """The beginning of a refused message, its files cut out; only its size when people or machines may be in it."""
    head = stream.read(TELLING)
    if _SECRET.search(head.replace(b"\0", b"")):
        return f"[withheld: {size} bytes that may name people or machines]".encode()
    if b"edXML" not in head[:1000] and b"messageType" not in head[:1000]:
        return head[:SHOWN] + f"[… {size} bytes]".encode()
    return _FILE.sub(rb"\1[...]", head)
