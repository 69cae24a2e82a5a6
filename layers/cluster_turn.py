"""Whose turn it is to run the private cluster: one leader starts and stops it, guests only attach.

Two lock files in the data folder. `cluster.lock` is held by the leader for as long as it runs the server.
`guests.lock` is shared by everyone attached, so that a short command that happened to start the server does
not pull it away from under another. The kernel drops both when a process dies, so no lock can be left behind.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from layers.cluster_place import ClusterError

WAIT_SECONDS = 40.0
GUESTS_SECONDS = 600.0
POLL_SECONDS = 0.05


class Turn:
    """One process's place in the queue for a cluster."""

    def __init__(self, data_dir: Path) -> None:
        self._leader = data_dir / "cluster.lock"
        self._guests = data_dir / "guests.lock"

    @contextmanager
    def taken(self, *, own: bool, answers: Callable[[], bool]) -> Iterator[Lead | None]:
        """Give a `Lead` to the leader, None to a guest of a server that answers. Errors: ClusterError."""
        leader, guests = _open(self._leader), _open(self._guests)
        try:
            leads = self._wait(leader, guests, own, answers)
            yield Lead(guests) if leads else None
        finally:
            os.close(leader)
            os.close(guests)

    def _wait(self, leader: int, guests: int, own: bool, answers: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            if _try(leader, fcntl.LOCK_EX):
                os.ftruncate(leader, 0)
                os.pwrite(leader, b"%d\n" % os.getpid(), 0)
                return True
            if not own and _try(guests, fcntl.LOCK_SH):
                if answers():
                    return False
                fcntl.flock(guests, fcntl.LOCK_UN)
            time.sleep(POLL_SECONDS)
        holder = os.pread(leader, 20, 0).decode(errors="replace").strip() or "unknown"
        raise ClusterError(f"process {holder} holds the database cluster: stop it (./run stop), then try again")


class Lead:
    """The leader's side: knows whether others are attached."""

    def __init__(self, guests: int) -> None:
        self._guests = guests

    def wait_for_guests(self, *, patient: bool) -> None:
        """Let nobody attach any more; when `patient`, first wait (10 min at most) until all have left."""
        deadline = time.monotonic() + (GUESTS_SECONDS if patient else 0.0)
        while not _try(self._guests, fcntl.LOCK_EX) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
