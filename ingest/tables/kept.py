"""Files of layers kept as they came: one file as it is, a table in several parts as one ZIP that can be read again."""

import tempfile
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import psycopg

from ingest.tables.parts import files_of
from ingest.tables.reading import Reading
from ingest.tables.reduced import kept_of
from layers.sources.raw import keep_raw

_ALWAYS = (2000, 1, 1, 0, 0, 0)
"""The same parts give the same archive whenever they are packed."""


def keep_read(connection: psycopg.Connection, reading: Reading, given: Path, table: Path, now: datetime) -> bytes:
    """Keep what may stay of a file that was read; the SHA-256 of what is kept."""
    with tempfile.TemporaryDirectory(prefix="opsmap-kept-") as folder:
        kept = kept_of(reading, table, Path(folder))
        return keep_table(connection, given if kept == table else kept, kept, now)


def keep_table(connection: psycopg.Connection, given: Path, table: Path, now: datetime) -> bytes:
    """Keep what was given (or, of a folder and of a table in parts, its parts); the SHA-256 of what is kept."""
    parts = files_of(table)
    if given.is_file() and (given != table or len(parts) == 1):
        media = given.suffix.removeprefix(".").lower() or "file"
        return keep_raw(connection, given, given.name, media, now)
    with tempfile.NamedTemporaryFile(prefix="opsmap-kept-", suffix=".zip") as packed:
        pack(parts, Path(packed.name))
        return keep_raw(connection, Path(packed.name), f"{table.stem}.zip", "zip", now)


def pack(parts: Sequence[Path], into: Path) -> None:
    """Write the parts into an archive, the same bytes for the same parts."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            entry = zipfile.ZipInfo(part.name, _ALWAYS)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with part.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while piece := source.read(1 << 20):
                    target.write(piece)
