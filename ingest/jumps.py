"""Notices positions that nothing afloat could have reached: one bad fix, or a place where another device is."""

from math import cos, hypot, radians
from typing import NamedTuple

from ingest.outcome import Fix, Flag

JUMP_KN = 100
JUMP_NM = 1.0
NEAR_E7 = 100_000
CONFIRMED = 3
_REMEMBERED = 200_000
_UNTIMED, _JUMP = int(Flag.UNTIMED), int(Flag.JUMP)


class _Doubt(NamedTuple):
    """Where a transmitter was said to be though it cannot have come there, and how many fixes in a row say so."""

    t_ms: int
    lon: int
    lat: int
    times: int


class JumpWatch:
    """Flags a position too far from where the same transmitter was; the one after it, back on the way, is not.

    A place told three times in a row is believed, so nobody is locked out for long; after a silence any place that can
    be reached is. Looks at the order of reading, so it is a hint for people and never part of a key; whether a number
    is in two places at once is judged from what is stored (`layers.vessels.sharing`).
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, int, int]] = {}
        self._doubts: dict[str, _Doubt] = {}

    def look(self, fix: Fix) -> Fix:
        """The fix, flagged `JUMP` when nothing that floats could have come here in time."""
        lon, lat = fix.lon_e7, fix.lat_e7
        if lon is None or lat is None or fix.flags & _UNTIMED:
            return fix
        key, t_ms = fix.key, fix.t_ms
        before, last_lon, last_lat = self._last.get(key, (t_ms, lon, lat))
        near = -NEAR_E7 < last_lon - lon < NEAR_E7 and -NEAR_E7 < last_lat - lat < NEAR_E7
        if (
            not near
            and is_jump(t_ms - before, distance_nm(last_lon, last_lat, lon, lat))
            and self._doubt(fix, lon, lat)
        ):
            return fix._replace(flags=fix.flags | _JUMP)
        if len(self._last) >= _REMEMBERED:
            self._last.clear()
        self._last[key] = (t_ms, lon, lat)
        if self._doubts:
            self._doubts.pop(key, None)
        return fix

    def _doubt(self, fix: Fix, lon: int, lat: int) -> bool:
        """Whether a place is still doubted; not when as many in a row agree on it."""
        doubt = self._doubts.get(fix.key)
        agrees = doubt is not None and not is_jump(fix.t_ms - doubt.t_ms, distance_nm(doubt.lon, doubt.lat, lon, lat))
        times = doubt.times + 1 if doubt is not None and agrees else 1
        if len(self._doubts) >= _REMEMBERED:
            self._doubts.clear()
        self._doubts[fix.key] = _Doubt(fix.t_ms, lon, lat, times)
        return times < CONFIRMED


def is_jump(apart_ms: int, apart_nm: float) -> bool:
    """Farther than anything afloat comes in that time, whichever of the two was first."""
    return apart_nm > JUMP_NM and apart_nm / max(abs(apart_ms), 1000) * 3_600_000 > JUMP_KN


def distance_nm(lon_e7: int, lat_e7: int, other_lon_e7: int, other_lat_e7: int) -> float:
    """Nautical miles on a flat patch of sea; good enough to tell a ship from a jump."""
    east = (other_lon_e7 - lon_e7 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
    north = other_lat_e7 - lat_e7
    return hypot(east * cos(radians((lat_e7 + other_lat_e7) / 2e7)), north) * 60 / 1e7
