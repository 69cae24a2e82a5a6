"""Raw files and messages, as they came: kept once per content, in pieces, beside the facts they gave.

Lines of streams are kept with their own facts (`position.raw`, `reject.raw`); this is for whole files and envelopes.
They live in the database so that they are stored, or not, together with their facts, and travel with its backup.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import psycopg
from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base

PIECE = 1 << 20


class RawFile(Base):
    """A file or message by the SHA-256 of its bytes. `media` is how to read it: xlsx, csv, edxml …"""

    __tablename__ = "raw_file"

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    media: Mapped[str]
    first_at: Mapped[datetime]


class RawPiece(Base):
    """A mebibyte of a raw file, the last one shorter."""

    __tablename__ = "raw_piece"

    sha256: Mapped[bytes] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes]


def read_pieces(path: Path) -> Iterator[bytes]:
    """A file a mebibyte at a time."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def cut_pieces(data: bytes) -> Iterator[bytes]:
    """Bytes a mebibyte at a time."""
    return (data[at : at + PIECE] for at in range(0, len(data), PIECE))


def digest_of(pieces: Iterable[bytes]) -> bytes:
    """The SHA-256 of all pieces."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.digest()


def keep_raw(connection: psycopg.Connection, source: Path | bytes, name: str, media: str, now: datetime) -> bytes:
    """Keep a file or a message as it is, once; its SHA-256. Runs in the caller's transaction."""
    sha256 = digest_of(_pieces(source))
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    new = connection.execute(
        "INSERT INTO raw_file (sha256, size, name, media, first_at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (sha256, size, name, media, now),
    ).rowcount
    if new:
        for number, piece in enumerate(_pieces(source)):
            connection.execute(
                "INSERT INTO raw_piece (sha256, number, data) VALUES (%s, %s, %s)", (sha256, number, piece)
            )
    return sha256


def raw_pieces(connection: psycopg.Connection, sha256: bytes) -> Iterator[bytes]:
    """A kept file a mebibyte at a time; nothing for a hash that is not there."""
    number = 0
    while row := connection.execute(
        "SELECT data FROM raw_piece WHERE sha256 = %s AND number = %s", (sha256, number)
    ).fetchone():
        yield row[0]
        number += 1


def _pieces(source: Path | bytes) -> Iterator[bytes]:
    return cut_pieces(source) if isinstance(source, bytes) else read_pieces(source)
