"""Gaps made in tracks that have none: a moment is taken for the last fix, and where the boat was later is the truth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.segments import firsts
from layers.vessels.history import Heard
from layers.watch.region.model import BEHAVIOURS, DRIFTING, Model

Floats: TypeAlias = NDArray[np.float64]

LONGEST_BETWEEN_S = 3 * 3600.0
"""A truth between two fixes farther apart than this is not known."""


@dataclass(frozen=True)
class BoatTrack:
    """One boat's fixes by time: Unix seconds, degrees EPSG:4326, knots and degrees (NaN where nobody said), at sea."""

    boat: int
    t_s: Floats
    lon: Floats
    lat: Floats
    speed_kn: Floats
    course_deg: Floats
    at_sea: NDArray[np.bool_]


@dataclass(frozen=True)
class Cases:
    """Moments at which boats were heard and then not: arrays of one length n, and where each truly was (n, hours).

    Degrees EPSG:4326; knots and degrees from north NaN where unknown; a truth that is unknown is NaN.
    """

    boat: NDArray[np.int64]
    lon: Floats
    lat: Floats
    speed_kn: Floats
    course_deg: Floats
    true_lon: Floats
    true_lat: Floats

    def __len__(self) -> int:
        return len(self.boat)

    def only(self, which: NDArray[np.bool_]) -> "Cases":
        """Some of the cases."""
        return Cases(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def tracks_of(heard: Heard, in_port: NDArray[np.bool_]) -> list[BoatTrack]:
    """Stored positions, boat by boat; a boat's number is its vessel's id."""
    p = heard.points
    starts = np.flatnonzero(firsts(p.boat))
    said = [np.where(v < 0, np.nan, v / 10) for v in (heard.sog_dkn, heard.cog_ddeg)]
    columns = (p.t_ms / 1000, p.lon, p.lat, *said, ~in_port)
    cut = [slice(a, b) for a, b in zip(starts, [*starts[1:], len(p)], strict=True)]
    return [BoatTrack(int(p.boat[own.start]) // 2, *(column[own] for column in columns)) for own in cut]


def draw_cases(
    tracks: Sequence[BoatTrack], model: Model, hours: Sequence[float], each: int, dice: np.random.Generator
) -> Cases:
    """At most `each` moments at sea of every boat and behaviour, with the truth after each of `hours`."""
    drawn = [part for track in tracks for part in _draw(track, model, np.array(hours) * 3600.0, each, dice)]
    if not drawn:
        empty = np.zeros(0)
        return Cases(empty.astype(np.int64), empty, empty, empty, empty, *(np.zeros((0, len(hours))),) * 2)
    return Cases(*(np.concatenate([getattr(part, name) for part in drawn]) for name in Cases.__dataclass_fields__))


def _draw(track: BoatTrack, model: Model, after_s: Floats, each: int, dice: np.random.Generator) -> Iterator[Cases]:
    doing = np.array([model.behaviour_of(None if np.isnan(v) else float(v)) for v in track.speed_kn])
    known = track.at_sea & (track.t_s + after_s.min() <= track.t_s[-1])
    for name in BEHAVIOURS:
        at = np.flatnonzero(known & (doing == name))
        if not len(at):
            continue
        at = np.sort(dice.choice(at, min(each, len(at)), replace=False))
        course = np.full(len(at), np.nan) if name == DRIFTING else track.course_deg[at]
        truth = _truth(track, track.t_s[at][:, None] + after_s)
        boat = np.full(len(at), track.boat, dtype=np.int64)
        yield Cases(boat, track.lon[at], track.lat[at], track.speed_kn[at], course, *truth)


def _truth(track: BoatTrack, t_s: Floats) -> tuple[Floats, Floats]:
    """Where the boat was at those moments, straight between its fixes; NaN where these are too far apart."""
    after = np.clip(np.searchsorted(track.t_s, t_s), 1, len(track.t_s) - 1)
    apart = track.t_s[after] - track.t_s[after - 1]
    known = (apart <= LONGEST_BETWEEN_S) & (t_s <= track.t_s[-1])
    lon, lat = (np.interp(t_s, track.t_s, column) for column in (track.lon, track.lat))
    return np.where(known, lon, np.nan), np.where(known, lat, np.nan)
