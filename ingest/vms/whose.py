"""Reports that name a boat and no device: which device it was, by what the register says was on board at that moment.

A position is never keyed by its boat. Where exactly one monitoring device sat on the boat at the time of the position,
the position is that device's; where none or several did, it is refused with what to add.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg

from geo.clock import unix_ms
from geo.text import fold
from ingest.outcome import Fault, Fix, Outcome, Reject

PREFIX = "boat:"
REASON = "no_device"
_LINKS = """
SELECT v.code, t.key, l.valid_from, l.valid_to
FROM transmitter_on_vessel AS l
JOIN transmitter AS t ON t.id = l.transmitter_id AND t.kind = 'vms'
JOIN vessel AS v ON v.id = l.vessel_id AND v.superseded_at IS NULL
"""


def boat_key(number: str) -> str:
    """What stands for the device of a boat until it is known: never stored."""
    return f"{PREFIX}{number}"


def is_unnamed(outcome: Outcome) -> bool:
    """Whether an outcome waits for its device."""
    return type(outcome) is Fix and outcome.key.startswith(PREFIX)


class Stay(NamedTuple):
    """A device on board [since, until), Unix ms UTC."""

    key: str
    since_ms: int
    until_ms: float


@dataclass(frozen=True)
class OnBoard:
    """Devices by boat, as the register had them when this was read."""

    stays: dict[str, list[Stay]] = field(default_factory=dict)

    def name(self, fix: Fix) -> Fix | Reject:
        """The fix under its device's key, or a reject that says what to add."""
        number = fix.key.removeprefix(PREFIX)
        known = self.stays.get(plain(number), [])
        began = known[: bisect_right([stay.since_ms for stay in known], fix.t_ms)]
        keys = sorted({stay.key for stay in began if fix.t_ms < stay.until_ms})
        if len(keys) == 1:
            return fix._replace(key=keys[0])
        fault = _why(number, keys, bool(known))
        return Reject(REASON, fault.en, fix.raw, None, fix.heard_ms, fix.lines, (fault,))


def plain(number: str) -> str:
    """A registration as it is compared: letters and digits only, however it is spaced."""
    return "".join(letter for letter in fold(number) if letter.isalnum())


def read_on_board(connection: psycopg.Connection) -> OnBoard:
    """Every stay of a monitoring device on a boat of the register."""
    stays: dict[str, list[Stay]] = {}
    for code, key, since, until in connection.execute(_LINKS):
        stay = Stay(key, unix_ms(since), float("inf") if until is None else unix_ms(until))
        stays.setdefault(plain(code), []).append(stay)
    for known in stays.values():
        known.sort(key=lambda stay: (stay.since_ms, stay.key))
    return OnBoard(stays)


def name_devices(outcomes: Iterable[Outcome], on_board: OnBoard | None) -> Iterator[Outcome]:
    """Outcomes with every boat's device named; as they are where nobody can look (a dry run)."""
    for outcome in outcomes:
        if on_board is not None and isinstance(outcome, Fix) and outcome.key.startswith(PREFIX):
            yield on_board.name(outcome)
        else:
            yield outcome


def name_waiting(connection: psycopg.Connection, waiting: list[Outcome]) -> None:
    """The same in place, asking the register only where something waits for it."""
    if any(map(is_unnamed, waiting)):
        waiting[:] = name_devices(waiting, read_on_board(connection))


def _why(number: str, keys: list[str], is_known: bool) -> Fault:
    if keys:
        listed = ", ".join(keys)
        en = f"boat {number!r} had {len(keys)} devices at that time ({listed}); add a column with the device's number"
        vi = f"tàu ‘{number}’ lúc đó có {len(keys)} thiết bị ({listed}); thêm cột mã thiết bị"
    elif is_known:
        en = f"boat {number!r} had no device at that time; add a column with its number, or put it in the register"
        vi = f"tàu ‘{number}’ lúc đó chưa gắn thiết bị nào; thêm cột mã thiết bị, hoặc ghi thiết bị vào sổ đăng ký"
    else:
        columns = "vms_provider, vms_device_id"
        en = f"the register has no device of boat {number!r}; load one with {columns}, or add the device's number"
        vi = f"sổ đăng ký không có thiết bị của tàu ‘{number}’; nạp sổ có {columns}, hoặc thêm cột mã thiết bị"
    return Fault("device_id", en, vi)
