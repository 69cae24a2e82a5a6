"""Segments: the files of a spool, each named by the place of its first byte in the life of its writer.

A frame is magic, length and CRC-32 of a payload; a segment is frames without a gap, then zeros that were set aside.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

MAGIC = b"oSp1"
MOST_PAYLOAD = 256 << 20
_HEAD = struct.Struct("<4sII")
HEAD_BYTES = _HEAD.size
SUFFIX = ".seg"


def frame(payload: bytes) -> bytes:
    """A payload with what proves it whole."""
    return _HEAD.pack(MAGIC, len(payload), zlib.crc32(payload)) + payload


def length_at(data: bytes, at: int) -> int | None:
    """How long the frame that begins here says it is, head included; None where none begins."""
    if at + HEAD_BYTES > len(data):
        return None
    magic, length, _ = _HEAD.unpack_from(data, at)
    return HEAD_BYTES + length if magic == MAGIC and length <= MOST_PAYLOAD else None


def frames(data: bytes, at: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """(begin, end, payload) of every whole frame from `at` on; stops at the first that is not."""
    while (size := length_at(data, at)) is not None and at + size <= len(data):
        payload = data[at + HEAD_BYTES : at + size]
        if zlib.crc32(payload) != _HEAD.unpack_from(data, at)[2]:
            return
        yield at, at + size, payload
        at += size


def segment_path(folder: Path, start: int) -> Path:
    """The file whose first byte is at `start`."""
    return folder / f"{start:020d}{SUFFIX}"


def segment_starts(folder: Path) -> list[int]:
    """Where the segments of a folder begin, oldest first."""
    return sorted(int(path.stem) for path in folder.glob(f"*{SUFFIX}") if path.stem.isdigit())


def next_whole(data: bytes, at: int) -> int | None:
    """Where a whole frame begins again behind a damaged one; None when its head is no guide.

    Heads are followed and frames never searched for: what somebody sent may hold what looks like one.
    """
    while (size := length_at(data, at)) is not None:
        at += size
        if next(frames(data, at), None) is not None:
            return at
    return None


def whole_bytes(path: Path) -> int:
    """How far a segment is whole: the end of its last whole frame, damaged ones before it or not."""
    data, end, at = path.read_bytes(), 0, 0
    behind: int | None = 0
    while behind is not None:
        end = at = max((end for _, end, _ in frames(data, behind)), default=end)
        behind = next_whole(data, at)
    return end
