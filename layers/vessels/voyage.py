"""What one boat's track comes to: how far, how long at sea, in port and silent, and the silences themselves."""

from dataclasses import dataclass

import numpy as np

from geo.measure import METRES_PER_NM, distance_m
from geo.segments import Split
from layers.vessels.history import Array, Heard
from layers.vessels.pieces import Limits, split_heard


@dataclass(frozen=True)
class Window:
    """Unix milliseconds [since, until); `until` is not beyond the moment of asking."""

    since_ms: int
    until_ms: int


@dataclass(frozen=True)
class Gap:
    """A silence: Unix ms, degrees of both ends, nautical miles between them; an open one has no other end yet."""

    t_from_ms: int
    t_to_ms: int
    lon: tuple[float, ...]
    lat: tuple[float, ...]
    distance_nm: float | None

    @property
    def is_open(self) -> bool:
        """Whether the boat has not been heard since."""
        return len(self.lon) == 1


@dataclass(frozen=True)
class Voyage:
    """One boat in a window. Seconds at sea, in port and silent add up to the window; distance is on the ellipsoid,
    along what was heard, None where no way between two positions is known; speeds are what the devices said, in knots.
    """

    points: int
    distance_nm: float | None
    at_sea_s: float
    in_port_s: float
    silent_s: float
    max_sog_kn: float | None
    gaps: tuple[Gap, ...]


def sum_up(heard: Heard, in_port: Array, limits: Limits, window: Window) -> Voyage:
    """Sums over one boat's points, with the last one before the window and the first one after it where there are."""
    p, found = heard.points, split_heard(heard, limits)
    inside = (p.t_ms >= window.since_ms) & (p.t_ms < window.until_ms)
    begin = np.clip(np.append(p.t_ms, window.until_ms), window.since_ms, window.until_ms)
    seconds = np.diff(begin) / 1000  # of the stretch that each point begins, as far as it lies in the window
    silent = np.append(found.gap[1:], _open(heard, limits, window)) if len(p) else found.gap
    unheard = (window.until_ms - window.since_ms) / 1000 - seconds.sum()
    return Voyage(
        points=int(inside.sum()),
        distance_nm=_distance_nm(heard, found, seconds),
        at_sea_s=float(seconds[~silent & ~in_port].sum()),
        in_port_s=float(seconds[~silent & in_port].sum()),
        silent_s=float(seconds[silent].sum() + unheard),
        max_sog_kn=_fastest(heard.sog_dkn[inside & ~found.jump]),
        gaps=_gaps(heard, found, silent, window),
    )


def _open(heard: Heard, limits: Limits, window: Window) -> bool:
    """Whether the last point has been followed by silence for too long."""
    if not len(heard):
        return False
    limit_s = limits.vms_s if heard.vms[-1] else limits.ais_s
    return bool(window.until_ms - heard.points.t_ms[-1] > limit_s * 1000)


def _distance_nm(heard: Heard, found: Split, seconds: Array) -> float | None:
    """Along joined stretches; of one that reaches out of the window the share of its time within."""
    p = heard.points
    joined = np.flatnonzero(~found.begins)
    joined = joined[seconds[joined - 1] > 0]
    if not len(joined):
        return None
    metres = distance_m(p.lon[joined - 1], p.lat[joined - 1], p.lon[joined], p.lat[joined])
    whole_s = (p.t_ms[joined] - p.t_ms[joined - 1]) / 1000
    return float((metres * seconds[joined - 1] / whole_s).sum() / METRES_PER_NM)


def _fastest(sog_dkn: Array) -> float | None:
    said = sog_dkn[sog_dkn >= 0]
    return float(said.max()) / 10 if len(said) else None


def _gaps(heard: Heard, found: Split, silent: Array, window: Window) -> tuple[Gap, ...]:
    p = heard.points
    ends = [i for i in np.flatnonzero(found.gap) if p.t_ms[i] >= window.since_ms and p.t_ms[i - 1] < window.until_ms]
    gaps = [_gap_before(heard, int(i)) for i in ends]
    if len(p) and silent[-1]:
        gaps.append(Gap(int(p.t_ms[-1]), window.until_ms, (float(p.lon[-1]),), (float(p.lat[-1]),), None))
    return tuple(gaps)


def _gap_before(heard: Heard, end: int) -> Gap:
    p = heard.points
    lon, lat = (float(p.lon[end - 1]), float(p.lon[end])), (float(p.lat[end - 1]), float(p.lat[end]))
    metres = float(distance_m(lon[0], lat[0], lon[1], lat[1]))
    return Gap(int(p.t_ms[end - 1]), int(p.t_ms[end]), lon, lat, metres / METRES_PER_NM)
