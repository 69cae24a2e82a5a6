"""Notices positions that nothing afloat could have reached: two devices with one number, or a bad fix."""

from math import cos, hypot, radians

from ingest.outcome import Fix, Flag

JUMP_KN = 100
JUMP_NM = 1.0
NEAR_E7 = 100_000
_REMEMBERED = 200_000
_UNTIMED, _JUMP = int(Flag.UNTIMED), int(Flag.JUMP)


class JumpWatch:
    """Flags a position too far from the same transmitter's last one: another ship with its number, or a bad fix.

    Looks at the order of reading, so it is a hint for people and never part of a key.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, int, int]] = {}

    def look(self, fix: Fix) -> Fix:
        """The fix, flagged `JUMP` when nothing that floats could have come here in time."""
        lon, lat = fix.lon_e7, fix.lat_e7
        if lon is None or lat is None or fix.flags & _UNTIMED:
            return fix
        t_ms, last_lon, last_lat = self._last.get(fix.key, (fix.t_ms, lon, lat))
        if len(self._last) >= _REMEMBERED:
            self._last.clear()
        self._last[fix.key] = (fix.t_ms, lon, lat)
        if -NEAR_E7 < last_lon - lon < NEAR_E7 and -NEAR_E7 < last_lat - lat < NEAR_E7:
            return fix
        hours = max(abs(fix.t_ms - t_ms), 1000) / 3_600_000
        apart = distance_nm(last_lon, last_lat, lon, lat)
        return fix._replace(flags=fix.flags | _JUMP) if apart > JUMP_NM and apart / hours > JUMP_KN else fix


def distance_nm(lon_e7: int, lat_e7: int, other_lon_e7: int, other_lat_e7: int) -> float:
    """Nautical miles on a flat patch of sea; good enough to tell a ship from a jump."""
    east = (other_lon_e7 - lon_e7 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000
    north = other_lat_e7 - lat_e7
    return hypot(east * cos(radians((lat_e7 + other_lat_e7) / 2e7)), north) * 60 / 1e7
