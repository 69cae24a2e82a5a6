"""Regions of silent boats, kept in the web process: the water around a last fix is measured once, then only cut."""

from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeAlias

from cachetools import LRUCache

from layers.watch.region.grow import Around, LastFix, look_around
from layers.watch.region.land import FINE, LIGHT, water
from layers.watch.region.model import Model, read_model

BUCKET_S = 60
AHEAD_S = 86_400
"""How far ahead it is asked when a boat can have come to a boundary."""
MOST_AROUND = {FINE: 24, LIGHT: 2000}
MOST_SHAPES = 4000
Key: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True)
class Silent:
    """A boat, its last fix (or what was last told of it), and how long it has been silent since, in seconds."""

    vessel: str
    fix: LastFix
    since_ms: int
    elapsed_s: float


class RegionKeeper:
    """Cuts regions for one model. Every call is work for a thread of its own: some to some hundred milliseconds."""

    def __init__(self, model: Model | None = None) -> None:
        self.model = model or read_model()
        self._around: dict[int, LRUCache[Key, Around]] = {steps: LRUCache(n) for steps, n in MOST_AROUND.items()}
        self._shapes: LRUCache[Key, Any] = LRUCache(MOST_SHAPES)
        self._lock = Lock()

    def shape(self, boat: Silent, share: int, steps: int = FINE) -> Any:
        """The region at the last full minute, EPSG:4326."""
        elapsed_s = boat.elapsed_s // BUCKET_S * BUCKET_S
        with self._lock:
            reach = self.model.reach_m(self.model.behaviour_of(boat.fix.speed_kn), share, elapsed_s, boat.fix.speed_kn)
            key = (boat.vessel, boat.fix, steps, share, reach)
            if key not in self._shapes:
                self._shapes[key] = self._look(boat, steps, elapsed_s).shape(share, elapsed_s)
            return self._shapes[key]

    def reached_s(self, boat: Silent, lines: Any) -> float | None:
        """Seconds after the last fix from which the boat can be at one of some lines; None: not within the next day."""
        with self._lock:
            return self._look(boat, FINE, boat.elapsed_s).reached_s(lines)

    def _look(self, boat: Silent, steps: int, elapsed_s: float) -> Around:
        """The water around a last fix, measured anew only when the boat can have come farther than was looked."""
        key = (boat.vessel, boat.fix)
        kept = self._around[steps].get(key)
        if kept is None or kept.until_s < elapsed_s:
            until_s = (elapsed_s // AHEAD_S + 1) * AHEAD_S
            kept = look_around(water(steps), self.model, boat.fix, min(until_s, self.model.limit_s))
            self._around[steps][key] = kept
        return kept
