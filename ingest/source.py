"""Where bytes come from: files (plain, gzip, standard input) and anything that can be looped over.

A source hands out bounded lines and never raises half-way: a torn or broken input ends with a `Reject`.
"""

import gzip
import hashlib
import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, cast

from geo.clock import Clock
from geo.errors import BadInput
from ingest.outcome import Reject

LINE_LIMIT = 64 * 1024
KEPT_OF_LONG_LINE = 4 * 1024
CHUNK = 256 * 1024
GZIP_MAGIC = b"\x1f\x8b"


class Line(NamedTuple):
    """One line without its newline. `arrived_at` (UTC) is set by live sources only; `number` counts from 1."""

    raw: bytes
    arrived_at: datetime | None
    number: int


class Source(Protocol):
    """Anything that yields lines; `label` says where they are from, for people."""

    label: str

    def __iter__(self) -> Iterator[Line | Reject]:
        """Each line once."""
        ...

    def share(self) -> float | None:
        """How much of it has been read, 0 to 1; None when nobody can know."""
        ...

    def digest(self) -> bytes | None:
        """SHA-256 of the uncompressed bytes read so far; None for streams of lines."""
        ...


class BrokenInput(Exception):
    """The input ends before its end, or cannot be unpacked."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class IterableSource:
    """Lines already in memory or made on the fly; with a clock, each is stamped as it is taken."""

    def __init__(self, lines: Iterable[bytes], label: str = "lines", clock: Clock | None = None) -> None:
        self.label = label
        self._lines = lines
        self._clock = clock

    def __iter__(self) -> Iterator[Line | Reject]:
        for number, raw in enumerate(self._lines, 1):
            moment = self._clock() if self._clock else None
            yield bounded(raw.rstrip(b"\r\n"), moment, number)

    def share(self) -> float | None:
        """Nobody knows."""
        return None

    def digest(self) -> bytes | None:
        """Lines have no file to digest."""
        return None


class FileSource:
    """A file, plain or gzip (told by its first bytes, not its name), or standard input as `-`.

    Opens at once, so that a wrong name is an answer (`BadInput`) and not a half-made delivery.
    """

    def __init__(self, path: str | Path) -> None:
        self.label = str(path)
        self._raw = open_bytes(path)
        self._size = file_size(self._raw)
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[Line | Reject]:
        with self._raw:
            yield from cut_lines(self._chunks())

    def share(self) -> float | None:
        """Bytes of the file consumed over its size."""
        if not self._size or self._raw.closed:
            return None
        return min(1.0, self._raw.tell() / self._size)

    def digest(self) -> bytes | None:
        """The same for a file and for its gzip."""
        return self._digest.digest()

    def _chunks(self) -> Iterator[bytes]:
        try:
            stream = unpacked(self._raw)
            while chunk := stream.read1(CHUNK):
                self._digest.update(chunk)
                yield chunk
        except EOFError:
            raise BrokenInput("gzip_truncated", f"{self.label} stops before the end of its gzip stream") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise BrokenInput("gzip_corrupt", f"{self.label}: {error}") from None
        except OSError as error:
            raise BrokenInput("read_error", f"{self.label}: {error.strerror}") from None


class _Chunked(Protocol):
    def read1(self, size: int, /) -> bytes: ...


class _Peekable(_Chunked, Protocol):
    def peek(self, size: int, /) -> bytes: ...


def open_bytes(path: str | Path) -> BinaryIO:
    """The file opened for reading; `BadInput` names what is wrong with it."""
    if str(path) == "-":
        return sys.stdin.buffer
    try:
        return Path(path).open("rb")
    except IsADirectoryError:
        raise BadInput(f"{path} is a directory; name a file in it", field="file") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}); check the name", field="file") from None


def file_size(stream: BinaryIO) -> int | None:
    """Bytes of a regular file; None for pipes and terminals."""
    try:
        return os.fstat(stream.fileno()).st_size or None
    except (OSError, ValueError):
        return None


def unpacked(stream: BinaryIO) -> _Chunked:
    """The stream itself, or what its gzip holds."""
    peekable = cast(_Peekable, stream)
    if peekable.peek(2)[:2] == GZIP_MAGIC:
        return gzip.GzipFile(fileobj=stream)
    return peekable


def bounded(raw: bytes, arrived_at: datetime | None, number: int, lost: int = 0) -> Line | Reject:
    """A line, or a reject when it (with the `lost` bytes already thrown away) is longer than any line can be."""
    if lost or len(raw) > LINE_LIMIT:
        detail = f"line of {lost + len(raw)} bytes; the first {KEPT_OF_LONG_LINE} are kept"
        return Reject("line_too_long", detail, raw[:KEPT_OF_LONG_LINE], number)
    return Line(raw, arrived_at, number)


class LineCutter:
    """Cuts a stream of bytes into bounded lines, in whatever pieces it comes.

    A line is stamped with the moment its first byte arrived: some senders write the line end before the next line.
    """

    def __init__(self) -> None:
        self._number = 0
        self._lost = 0
        self._tail = b""
        self._since: datetime | None = None

    def cut(self, chunk: bytes, arrived_at: datetime | None = None) -> list[Line | Reject]:
        """The lines that this chunk ends; `arrived_at` is when it came (UTC), for live streams."""
        began = self._since if self._tail else arrived_at
        *pieces, self._tail = (self._tail + chunk).split(b"\n")
        lines: list[Line | Reject] = []
        if pieces:
            lines.append(self._line(pieces[0], began))
            lines += [
                Line(piece, arrived_at, number) if len(piece) <= LINE_LIMIT else bounded(piece, arrived_at, number)
                for number, piece in enumerate(pieces[1:], self._number + 1)
            ]
            self._number += len(pieces) - 1
        self._since = arrived_at if pieces else began
        if len(self._tail) > LINE_LIMIT:
            self._lost, self._tail = self._lost + len(self._tail) - KEPT_OF_LONG_LINE, self._tail[:KEPT_OF_LONG_LINE]
        return lines

    def end(self) -> list[Line | Reject]:
        """The last line, if nothing ended it."""
        return [self._line(self._tail, self._since)] if self._tail or self._lost else []

    def tear(self, broken: BrokenInput) -> Reject:
        """A stream that cannot be read on: the reject that holds the torn rest."""
        return Reject(broken.reason, broken.detail, self._tail[:KEPT_OF_LONG_LINE], self._number + 1)

    def _line(self, piece: bytes, began: datetime | None) -> Line | Reject:
        self._number += 1
        if not self._lost and len(piece) <= LINE_LIMIT:
            return Line(piece, began, self._number)
        lost, self._lost = self._lost, 0
        return bounded(piece, began, self._number, lost)


def cut_lines(chunks: Iterable[bytes]) -> Iterator[Line | Reject]:
    """Lines of a byte stream, in bounded memory; a broken stream ends with one reject that holds the torn rest."""
    cutter = LineCutter()
    try:
        for chunk in chunks:
            yield from cutter.cut(chunk)
    except BrokenInput as broken:
        yield cutter.tear(broken)
        return
    yield from cutter.end()
