"""Whether a file in a share is whole: nobody tells us, so it holds still for a while or is renamed into place."""

import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
NOT_MEANT = ("~$", ".", "._", "Thumbs.db", "desktop.ini")


class Look(NamedTuple):
    """What a file looked like; `since` (UTC) is when we first saw it so."""

    size: int
    mtime_ns: int
    ctime_ns: int
    since: datetime


class Watch:
    """Remembers what files looked like from one look to the next. A restart only means one more look."""

    def __init__(self, steady: timedelta) -> None:
        self._steady = steady
        self._seen: dict[tuple[str, int], Look] = {}
        self._unfinished: dict[tuple[int, int], tuple[int, int]] = {}

    def whole_files(self, folder: Path, now: datetime) -> list[Path]:
        """The files of a folder that are whole, those laid there first first."""
        found: list[tuple[int, Path]] = []
        seen: dict[tuple[str, int], Look] = {}
        for path, told in _files(folder):
            if is_unfinished(path.name):
                self._unfinished[told.st_dev, told.st_ino] = (told.st_size, told.st_mtime_ns)
                continue
            key = (str(path), told.st_ino)
            look = self._look(key, told, now)
            seen[key] = look
            if now - look.since >= self._steady or self._was_renamed(told):
                found.append((told.st_mtime_ns, path))
        self._forget(folder, seen)
        return [path for _, path in sorted(found)]

    def _look(self, key: tuple[str, int], told: os.stat_result, now: datetime) -> Look:
        before = self._seen.get(key)
        fresh = Look(told.st_size, told.st_mtime_ns, told.st_ctime_ns, now)
        return before if before is not None and before[:3] == fresh[:3] and before.since <= now else fresh

    def _was_renamed(self, told: os.stat_result) -> bool:
        """Whether it is, untouched, what lay here under an unfinished name: whoever renames a file has written it."""
        return self._unfinished.get((told.st_dev, told.st_ino)) == (told.st_size, told.st_mtime_ns)

    def _forget(self, folder: Path, seen: dict[tuple[str, int], Look]) -> None:
        gone = [key for key in self._seen if Path(key[0]).parent == folder and key not in seen]
        for key in gone:
            del self._seen[key]
        self._seen |= seen
        if len(self._unfinished) > 10_000:
            self._unfinished.clear()


def is_unfinished(name: str) -> bool:
    """Whether the name says that somebody is still writing."""
    return name.lower().endswith(UNFINISHED)


def is_meant(name: str) -> bool:
    """Whether a file of that name is meant for us, and not an editor's or a file manager's own."""
    return not name.startswith(NOT_MEANT)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The plain files of a folder; links and what vanishes meanwhile are passed over."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not is_meant(entry.name):
                continue
            try:
                told = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(told.st_mode):
                yield Path(entry.path), told
