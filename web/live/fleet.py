"""The fleet in memory: one record per boat, its handle valid within the epoch."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

import numpy as np

from layers.vessels.status import STATUSES
from web.live.frames import AIS, NONE_U16, RECORD, REMOVED, REPLAYED, SIMULATED, VMS, Records

_NUMBER = {status: number for number, status in enumerate(STATUSES)}
_ORIGIN = {"real": 0, "simulated": SIMULATED, "replayed": REPLAYED}
_KIND = {"vms": VMS, "ais": AIS, "none": 0}


class FixRow(Protocol):
    """What the hub reads of a boat (`last_t`, because a Row's own `t` is something else)."""

    id: str
    label: str
    name: str | None
    kind: str
    origin: str
    status: str
    last_t: datetime | None
    lon_e7: int | None
    lat_e7: int | None
    sog_dkn: int | None
    cog_ddeg: int | None


class Fleet:
    """Records by handle. A boat never heard has no record but counts."""

    def __init__(self) -> None:
        self.records: Records = np.zeros(1024, RECORD)
        self.size = 0
        self.handles: dict[str, int] = {}
        self.who: list[tuple[int, str, str, str]] = []
        self.statuses: dict[str, str] = {}

    def update(self, rows: Iterable[FixRow]) -> tuple[Records, list[tuple[int, str, str, str]]]:
        """Take in rows; the records that changed and the boats that are new."""
        changed: list[int] = []
        introduced = len(self.who)
        for row in rows:
            self.statuses[row.id] = row.status
            if row.last_t is None or row.lon_e7 is None or row.lat_e7 is None:
                continue
            handle = self._handle(row)
            record = _record(handle, row)
            if self.records[handle].tobytes() != record.tobytes():
                self.records[handle] = record
                changed.append(handle)
        return self.records[changed], self.who[introduced:]

    def forget(self, gone: Iterable[str]) -> Records:
        """Boats that are no more; their last records, marked removed."""
        handles = []
        for name in gone:
            self.statuses.pop(name, None)
            handle = self.handles.pop(name, None)
            if handle is not None:
                self.records["flags"][handle] |= REMOVED
                handles.append(handle)
        return self.records[handles]

    def standing(self) -> Records:
        """Every record that is still there."""
        every = self.records[: self.size]
        standing: Records = every[(every["flags"] & REMOVED) == 0]
        return standing

    def counts(self) -> dict[str, int]:
        """Boats by status; they add up to the number of boats."""
        return dict(Counter(self.statuses.values()))

    def _handle(self, row: FixRow) -> int:
        handle = self.handles.get(row.id)
        if handle is None:
            handle = self.handles[row.id] = self.size
            self.who.append((handle, row.id, row.label, row.name or ""))
            self.size += 1
            if self.size > len(self.records):
                self.records = np.concatenate([self.records, np.zeros(len(self.records), RECORD)])
        return handle


def _record(handle: int, row: FixRow) -> Any:
    assert row.last_t is not None
    sog = NONE_U16 if row.sog_dkn is None else row.sog_dkn
    cog = NONE_U16 if row.cog_ddeg is None else row.cog_ddeg
    flags = _ORIGIN[row.origin] | _KIND[row.kind]
    values: Sequence[Any] = (
        handle, row.lon_e7, row.lat_e7, int(row.last_t.timestamp()), sog, cog, _NUMBER[row.status], flags, 0,
    )  # fmt: skip
    return np.array(tuple(values), RECORD)
