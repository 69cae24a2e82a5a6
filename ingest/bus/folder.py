"""The folder of one writer: its name for people, its identity for the database, and the locks of who uses it."""

import fcntl
import os
from itertools import count
from pathlib import Path
from uuid import uuid4

WRITER_LOCK, LOADER_LOCK, IDENTITY = "writer.lock", "loader.lock", "id"


def claim_folder(root: Path, name: str) -> tuple[Path, int]:
    """A folder for a writer of that name, and the lock (a descriptor) that keeps it ours while we live.

    The folder of a writer that has ended is taken over; beside one that lives another is made.
    """
    for number in count(1):
        folder = root / (name if number == 1 else f"{name}-{number}")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = try_lock(folder / WRITER_LOCK)
        if lock is not None:
            return folder, lock
    raise AssertionError("count never ends")


def try_lock(path: Path) -> int | None:
    """An exclusive lock, held until the descriptor is closed or the process ends; None while somebody has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def ensure_identity(folder: Path) -> str:
    """A name no other folder ever had, so that a folder made anew is never taken for the one before it."""
    path = folder / IDENTITY
    if not path.exists() or not path.read_text().strip():
        made = folder / f"{IDENTITY}.new"
        with made.open("w") as file:
            file.write(uuid4().hex)
            file.flush()
            os.fsync(file.fileno())
        made.rename(path)
        sync_folder(folder)
    return path.read_text().strip()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def writers(root: Path) -> list[Path]:
    """The folders of all writers there have been."""
    return sorted(path.parent for path in root.glob(f"*/{IDENTITY}"))
