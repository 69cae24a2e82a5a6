"""Faults that last: a database that is away for minutes, a disk that is full."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from layers.cluster import Cluster

SMALL_DISK = "6m"
FULL_S, MOST_S = 4.0, 120.0


def entries(log: Path) -> int:
    """How many batches have been acknowledged so far."""
    return log.read_bytes().count(b"\n")


def wait_for_more(log: Path, batches: int = 10, within_s: float = 60.0) -> None:
    """Until some more batches have been acknowledged."""
    wanted, deadline = entries(log) + batches, time.monotonic() + within_s
    while entries(log) < wanted and time.monotonic() < deadline:
        time.sleep(0.05)


def outage(cluster: Cluster, log: Path, seconds: float) -> dict[str, object]:
    """Stop the database for a while; what was acknowledged meanwhile."""
    before = entries(log)
    cluster.stop()
    time.sleep(seconds)
    acknowledged = entries(log) - before
    cluster.start()
    return {"outage_s": seconds, "batches_acknowledged_in_outage": acknowledged}


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of a few MiB for the spool; needs root."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK},mode=700", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


class Ballast:
    """A file that takes all the room that is left beside the spool."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill_a_while(self, log: Path) -> dict[str, object]:
        """Fill the disk until nothing is acknowledged any more, then give the room back; how soon it went on."""
        file = self._folder / "ballast"
        began = last = time.monotonic()
        before = entries(log)
        with file.open("wb", buffering=0) as out:
            while time.monotonic() - last < FULL_S and time.monotonic() - began < MOST_S:
                with suppress(OSError):
                    os.write(out.fileno(), bytes(1 << 14))
                if (count := entries(log)) != before:
                    before, last = count, time.monotonic()
                time.sleep(0.02)
        full_s = time.monotonic() - last
        file.unlink()
        gone = time.monotonic()
        while entries(log) == before and time.monotonic() - gone < MOST_S:
            time.sleep(0.05)
        return {"nothing_acknowledged_s": round(full_s, 1), "went_on_after_s": round(time.monotonic() - gone, 1)}
