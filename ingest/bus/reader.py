"""The spool's reading end: the records of every writer in order, from where the database says it is done."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

import psycopg

from geo.clock import Clock, system_clock
from ingest.bus.bus import Held, Place
from ingest.bus.folder import LOADER_LOCK, ensure_identity, try_lock, writers
from ingest.bus.places import Caution, note_place, read_place
from ingest.bus.record import decode_record
from ingest.bus.segments import (
    HEAD_BYTES,
    frames,
    length_at,
    next_whole,
    segment_path,
    segment_starts,
    whole_bytes,
)
from ingest.bus.settings import MIB

SPARE = 64 * MIB
"""Below this much free room, segments that are stored do not wait out their hours."""
Say = Callable[[str], None]


class FolderReader:
    """Reads one writer's folder, whose loader we are while `lock` is open."""

    def __init__(self, folder: Path, lock: int, say: Say) -> None:
        self.folder, self._lock, self._say = folder, lock, say
        self.writer = ensure_identity(folder)
        self.at = self._again_to = 0

    def begin(self, place: Place | None) -> None:
        """Go to where the half-said began; without a place, to the beginning."""
        starts = segment_starts(self.folder)
        first = starts[0] if starts else 0
        end = starts[-1] + whole_bytes(segment_path(self.folder, starts[-1])) if starts else first
        if place is not None and starts and place.done_to > end:
            self._say(f"spool {self.folder.name}: ends at {end}, before the place {place.done_to}; read on from there")
            place = Place(end, end)
        self.at = max(first, place.state_from if place else first)
        self._again_to = place.done_to if place else first

    def read(self, most_bytes: int) -> list[Held]:
        """The next records, whole ones only; what they hold is on the disk before anybody counts on it."""
        starts = segment_starts(self.folder)  # before reading: one that comes later hides no frame of this one
        start = max((start for start in starts if start <= self.at), default=None)
        before = self.at
        found = [] if start is None else self._read_segment(start, most_bytes)
        stuck = not found and self.at == before
        if stuck and ((start is not None and self._step_over(start)) or self._skip([s for s in starts if s > self.at])):
            return self.read(most_bytes)
        return found

    def _read_segment(self, start: int, most_bytes: int) -> list[Held]:
        file = os.open(segment_path(self.folder, start), os.O_RDONLY | os.O_CLOEXEC)
        try:
            data = os.pread(file, most_bytes, self.at - start)
            size = length_at(data, 0)
            if size is None:
                return []
            if size > len(data):
                data = os.pread(file, size, self.at - start)
            os.fdatasync(file)
        finally:
            os.close(file)
        begin, found = self.at, []
        for at, end, payload in frames(data):
            self.at = begin + end
            try:
                record = decode_record(payload)
            except ValueError as error:
                self._say(f"spool {self.folder.name}: bytes {begin + at} to {self.at} are no record ({error})")
                continue
            found.append(Held(record, self.writer, begin + at, self.at, self.at <= self._again_to))
        return found

    def _step_over(self, start: int) -> bool:
        """Whether the frame here is damaged and a whole one stands behind it: that is said, and we go on there.

        It is read once more for that: what was being written a moment ago is whole now.
        """
        with segment_path(self.folder, start).open("rb") as file:
            file.seek(self.at - start)
            head = file.read(HEAD_BYTES)
            if length_at(head, 0) is None:
                return False
            data = head + file.read()
        behind = None if next(frames(data), None) is not None else next_whole(data, 0)
        if behind is None:
            return False
        self._say(f"spool {self.folder.name}: bytes {self.at} to {self.at + behind} are damaged; passed over")
        self.at += behind
        return True

    def _skip(self, later: list[int]) -> bool:
        """Whether nothing whole stands here though more follows: that is said, and we go on behind it."""
        if not later:
            return False
        self._say(f"spool {self.folder.name}: bytes {self.at} to {later[0]} are missing or broken; passed over")
        self.at = later[0]
        return True

    def forget(self, done: int, older_than_s: float) -> None:
        """Remove segments that end before `done` and were last written before that moment (Unix s)."""
        starts = segment_starts(self.folder)
        for start, following in pairwise(starts):
            path = segment_path(self.folder, start)
            if following <= done and path.stat().st_mtime < older_than_s:
                path.unlink()

    def close(self) -> None:
        """Let another load it."""
        os.close(self._lock)


class SpoolConsumer:
    """Every writer's records under a root that nobody else loads; `only` limits it to one writer's folder."""

    def __init__(
        self,
        root: Path,
        keep: timedelta,
        only: Path | None = None,
        say: Say = lambda _: None,
        clock: Clock = system_clock,
    ) -> None:
        self._root, self._keep, self._only, self._say, self._clock = root, keep, only, say, clock
        self._readers: dict[str, FolderReader] = {}
        self._cautions: dict[str, Caution] = {}
        self._connection: psycopg.Connection | None = None
        self._settled: dict[str, Place] = {}

    def start(self, connection: psycopg.Connection) -> None:
        """Begin, or begin anew, from what the database says is done."""
        for reader in self._readers.values():
            reader.begin(read_place(connection, reader.writer))
            self._cautions[reader.writer].begin()
        self.look_for_writers(connection)

    def look_for_writers(self, connection: psycopg.Connection) -> None:
        """Take over the folders that nobody loads."""
        self._connection = connection
        known = {reader.folder for reader in self._readers.values()}
        for folder in [self._only] if self._only else writers(self._root):
            if folder in known or (lock := try_lock(folder / LOADER_LOCK)) is None:
                continue
            reader = FolderReader(folder, lock, self._say)
            reader.begin(read_place(connection, reader.writer))
            self._readers[reader.writer] = reader
            self._cautions[reader.writer] = Caution(reader.writer, self._clock)

    def take(self, most_bytes: int) -> list[Held]:
        """The next records of each writer."""
        assert self._connection is not None  # started
        found: list[Held] = []
        for writer, reader in self._readers.items():
            found += self._cautions[writer].hand_out(self._connection, partial(reader.read, most_bytes))
        return found

    def note(self, connection: psycopg.Connection, writer: str, place: Place) -> None:
        """Remember how far we are, with the rows."""
        note_place(connection, writer, self._readers[writer].folder.name, place, self._clock)

    def settle(self, places: dict[str, Place]) -> None:
        """Committed: remembered for `forget`."""
        self._settled.update(places)
        for writer, place in places.items():
            self._cautions[writer].settle(place.done_to)

    def forget(self) -> None:
        """Remove what is stored and has been kept long enough, or must make room."""
        full = self._free_bytes() < SPARE
        older_than = self._clock().timestamp() - (0.0 if full else self._keep.total_seconds())
        for writer, place in self._settled.items():
            self._readers[writer].forget(place.state_from, older_than)

    def report(self) -> dict[str, int]:
        """Room on the spool's disk, and whether it is too little."""
        free = self._free_bytes()
        return {"spool_free_bytes": free, "spool_full": int(free < SPARE)}

    def _free_bytes(self) -> int:
        return shutil.disk_usage(self._root).free

    def close(self) -> None:
        """Let others load these folders."""
        for reader in self._readers.values():
            reader.close()
        self._readers.clear()
