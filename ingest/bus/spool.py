"""The spool's writing end: what many threads publish is written and synced together, then everybody is answered."""

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path

from geo.clock import Clock, system_clock, unix_ms
from ingest.bus.bus import BusFull
from ingest.bus.folder import claim_folder, ensure_identity
from ingest.bus.record import Record, encode_record
from ingest.bus.segments import frame
from ingest.bus.settings import MIB, SpoolSettings
from ingest.bus.tail import Tail

LINGER_S = 0.005
MOST_WAITING = 32 * MIB
ALL_GONE = ""
"""The form of a record that says: no peer of this writer is there any more."""


class Spool:
    """One writer's spool. An own thread appends; a group of records costs one fdatasync."""

    def __init__(
        self, root: Path, name: str, segment_bytes: int = 8 * MIB, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.folder, self._lock = claim_folder(root, name)
        self.writer = ensure_identity(self.folder)
        self._tail = Tail(self.folder, segment_bytes)
        self._say = say
        self._waiting: deque[tuple[bytes, Future[None]]] = deque()
        self._bytes = 0
        self._wake = threading.Condition()
        self._closing = False
        self.full = False
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()
        self.publish([all_gone(system_clock)])

    @property
    def waiting_bytes(self) -> int:
        """What was published and is not yet safe."""
        return self._bytes

    def publish(self, records: Sequence[Record]) -> Future[None]:
        """Done when all are on the disk; fails with BusFull when the disk or our patience is full."""
        data = b"".join(frame(encode_record(record)) for record in records)
        done: Future[None] = Future()
        with self._wake:
            if self._closing or (self._bytes and self._bytes + len(data) > MOST_WAITING):
                done.set_exception(BusFull("more comes than the disk takes"))
                return done
            self._waiting.append((data, done))
            self._bytes += len(data)
            self._wake.notify()
        return done

    def close(self) -> None:
        """Write what waits, say that nobody is there any more, and let the folder go."""
        if self._closing:
            return
        self.publish([all_gone(system_clock)])
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()
        self._tail.close()
        os.close(self._lock)

    def _run(self) -> None:
        while group := self._gather():
            self._append(group)

    def _gather(self) -> list[tuple[bytes, Future[None]]]:
        """What has been published; waits for the first, and a moment more for others. Empty at the end."""
        with self._wake:
            while not self._waiting and not self._closing:
                self._wake.wait()
            if self._waiting and not self._closing:
                self._wake.wait(LINGER_S)
            group = list(self._waiting)
            self._waiting.clear()
        return group

    def _append(self, group: list[tuple[bytes, Future[None]]]) -> None:
        data = b"".join(piece for piece, _ in group)
        failure: Exception | None = None
        try:
            self._tail.append(data)
        except OSError as error:
            failure = BusFull(f"{self.folder}: {error.strerror}")
        self._tell(failure)
        with self._wake:
            self._bytes -= len(data)
        for _, done in group:
            done.set_exception(failure) if failure else done.set_result(None)

    def _tell(self, failure: Exception | None) -> None:
        """The alarm, and its end, once each."""
        if failure and not self.full:
            self._say(f"SPOOL FULL: {failure}; nothing more is taken until there is room")
        elif self.full and not failure:
            self._say(f"spool {self.folder}: there is room again; receiving goes on")
        self.full = failure is not None


def all_gone(clock: Clock) -> Record:
    """The word that no peer of this writer is there any more."""
    return Record(ALL_GONE, "", "", "", unix_ms(clock()), b"")


def open_spool(settings: SpoolSettings, name: str, say: Callable[[str], None] = lambda _: None) -> Spool:
    """The spool of a process of that name, where the settings say."""
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name).strip(".") or "writer"
    return Spool(settings.spool_root, safe, settings.spool_segment_mib * MIB, say)
