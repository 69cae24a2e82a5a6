"""How far the loader is behind: for how long the oldest record that is not stored yet has been waiting."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from geo.clock import from_unix_ms
from ingest.bus.folder import writers
from ingest.bus.record import HEAD_BYTES as RECORD_HEAD
from ingest.bus.record import read_arrival
from ingest.bus.segments import HEAD_BYTES, length_at, segment_path, segment_starts


class Lag(NamedTuple):
    """A writer's folder and how long its oldest record that is not stored has waited."""

    name: str
    waited: timedelta


def find_lags(root: Path, done_to: dict[str, int], now: datetime) -> list[Lag]:
    """The writers that have something waiting; `done_to` says by writer how far the database is."""
    found = []
    for folder in writers(root):
        writer = (folder / "id").read_text().strip()
        arrived = oldest_waiting(folder, done_to.get(writer, 0))
        if arrived is not None:
            found.append(Lag(folder.name, now - arrived))
    return found


def oldest_waiting(folder: Path, done_to: int) -> datetime | None:
    """When the first record at or behind this place arrived (UTC); None when there is none."""
    for start in segment_starts(folder)[::-1]:
        if start <= done_to:
            return _arrival(folder, start, done_to) or _first_behind(folder, start)
    starts = segment_starts(folder)
    return _arrival(folder, starts[0], starts[0]) if starts else None


def _first_behind(folder: Path, start: int) -> datetime | None:
    """The first record of the segment that follows this one."""
    later = [each for each in segment_starts(folder) if each > start]
    return _arrival(folder, later[0], later[0]) if later else None


def _arrival(folder: Path, start: int, at: int) -> datetime | None:
    try:
        file = os.open(segment_path(folder, start), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None  # stored and removed meanwhile
    try:
        head = os.pread(file, HEAD_BYTES + RECORD_HEAD, at - start)
    finally:
        os.close(file)
    if length_at(head, 0) is None or len(head) < HEAD_BYTES + RECORD_HEAD:
        return None
    return from_unix_ms(read_arrival(head[HEAD_BYTES:]))
