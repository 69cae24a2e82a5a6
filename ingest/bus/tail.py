"""The end of a spool, where it is written: appended and synced as a whole, or not at all."""

import os
from pathlib import Path

from ingest.bus.folder import sync_folder
from ingest.bus.segments import segment_path, segment_starts, whole_bytes


class Tail:
    """Appends to the newest segment and begins another when it is full. Not for several threads at once.

    After any error nothing of the append is left, and the next append tries again from there.
    """

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        self._folder, self._segment_bytes = folder, segment_bytes
        self._file: int | None = None
        self._start = self.end = self._cut_torn()
        self._room = 0

    def append(self, data: bytes) -> None:
        """Write and sync; OSError (no room, a broken disk) when that cannot be, with nothing of it left behind."""
        if self._file is None or self.end - self._start + len(data) > self._room:
            self._begin_segment(len(data))
        assert self._file is not None  # just begun
        try:
            _write_at(self._file, data, self.end - self._start)
            os.fdatasync(self._file)
        except OSError:
            self._finish_segment()
            raise
        self.end += len(data)

    def close(self) -> None:
        """Give back what was set aside and not used."""
        self._finish_segment()

    def _cut_torn(self) -> int:
        """The end of what is whole; what a crash left half-written behind it is cut off."""
        starts = segment_starts(self._folder)
        if not starts:
            return 0
        path = segment_path(self._folder, starts[-1])
        whole = whole_bytes(path)
        if whole == 0:
            path.unlink()
        elif whole < path.stat().st_size:
            os.truncate(path, whole)
        sync_folder(self._folder)
        return starts[-1] + whole

    def _begin_segment(self, need: int) -> None:
        """Set the room of a whole segment aside, so that a full disk refuses here and not in the middle of a frame."""
        self._finish_segment()
        path, room = segment_path(self._folder, self.end), max(self._segment_bytes, need)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(file, 0, room)
            os.fsync(file)
            sync_folder(self._folder)
        except OSError:
            os.close(file)
            path.unlink()
            raise
        self._file, self._start, self._room = file, self.end, room

    def _finish_segment(self) -> None:
        if self._file is None:
            return
        file, self._file = self._file, None
        try:
            os.ftruncate(file, self.end - self._start)
            os.fsync(file)
        finally:
            os.close(file)


def _write_at(file: int, data: bytes, at: int) -> None:
    """All of it: a disk that fills up takes a part first and says so only the next time."""
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, at)
        view, at = view[written:], at + written
