"""How far boats come after their last fix, as learned from tracks: a few numbers by what the boat was doing.

The numbers stand in `layers/data/silent-region.json` with what they were learned on. A boat is steaming, working or
drifting; ahead it comes farther than astern, the less so the farther it has come; the reach grows with elapsed time.
"""

import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.measure import METRES_PER_NM
from layers.spec import Text

Floats: TypeAlias = NDArray[np.float64]

FILE = Path(__file__).resolve().parents[2] / "data" / "silent-region.json"
INNER, OUTER = 50, 90
STEAMING, WORKING, DRIFTING = "steaming", "working", "drifting"
BEHAVIOURS = {
    STEAMING: Text("đang chạy", "steaming"),
    WORKING: Text("đang khai thác hoặc chạy chậm", "working or slow"),
    DRIFTING: Text("đang thả trôi hoặc neo", "drifting or at anchor"),
}
LEAST_NM = 2.0
"""The reach at the moment of the last fix: larger than a square of the lattice, so that the fix is always inside."""
SLOWEST, FASTEST = 0.6, 1.5
"""Within what a boat's own speed scales the reach of those that were steaming."""


@dataclass(frozen=True)
class Shape:
    """How the reach narrows away from the course: by `astern` (0 to under 1) right behind, fading over `fade_nm`.

    `blunt`: 1 is a heart; less leaves less to the sides.
    """

    astern: float
    blunt: float
    fade_nm: float

    def share(self, off_rad: Floats, sailed_m: Floats) -> Floats:
        """The share of the full reach at an angle off the course, so far out; above 0, at most 1."""
        behind = ((1 - np.cos(off_rad)) / 2) ** self.blunt
        return np.asarray(1 - self.astern * behind * np.exp(-sailed_m / (self.fade_nm * METRES_PER_NM)))


@dataclass(frozen=True)
class Behaviour:
    """What was learned of one behaviour: reach in nautical miles by hour of `Model.hours`, for the share it holds.

    `speed_kn`: the speed for which the reach stands, when the boat's own speed scales it.
    """

    shape: Shape
    speed_kn: float | None
    reach_nm: dict[int, tuple[float, ...]]


@dataclass(frozen=True)
class Model:
    """Everything learned. `origin`: simulated or real tracks; `calibrated` only when it was held against real ones."""

    origin: str
    calibrated: bool
    source: Text
    learned_on: str
    boats: int
    cases: int
    hours: tuple[float, ...]
    farthest_nm: float
    limit_s: int
    turns_kn: tuple[float, float]
    behaviours: dict[str, Behaviour]

    def behaviour_of(self, speed_kn: float | None) -> str:
        """What a boat at that speed is doing; working when nobody said."""
        if speed_kn is None:
            return WORKING
        drifting, steaming = self.turns_kn
        return DRIFTING if speed_kn < drifting else STEAMING if speed_kn >= steaming else WORKING

    def reach_m(self, behaviour: str, share: int, elapsed_s: float, speed_kn: float | None) -> int:
        """Whole metres that hold `share` of 100 boats after that time; never shrinks as time goes on."""
        return round(float(self._reach_nm(behaviour, share, elapsed_s, speed_kn)) * METRES_PER_NM)

    def is_too_long(self, elapsed_s: float, speed_kn: float | None) -> bool:
        """Whether nothing can be said any more: beyond the limit, or the reach beyond what is looked at."""
        most_m = round(self.farthest_nm * METRES_PER_NM)
        return (
            elapsed_s > self.limit_s or self.reach_m(self.behaviour_of(speed_kn), OUTER, elapsed_s, speed_kn) >= most_m
        )

    def _reach_nm(self, behaviour: str, share: int, elapsed_s: ArrayLike, speed_kn: float | None) -> Floats:
        own = self.behaviours[behaviour]
        hours, reach = (0.0, *self.hours), (LEAST_NM, *own.reach_nm[share])
        nm = np.interp(np.asarray(elapsed_s) / 3600, hours, np.maximum.accumulate(reach)) * scale(own, speed_kn)
        return np.clip(nm, LEAST_NM, self.farthest_nm)

    def when_s(self, behaviour: str, share: int, metres: float, speed_kn: float | None) -> float | None:
        """The first second after the last fix at which the reach is so long; None when it never is before the limit."""
        seconds = np.arange(0, self.limit_s + 1, 60)
        nm = self._reach_nm(behaviour, share, seconds, speed_kn)
        far = np.flatnonzero(nm * METRES_PER_NM >= metres)
        return float(seconds[far[0]]) if len(far) else None


def scale(own: Behaviour, speed_kn: float | None) -> float:
    """By how much a boat's own speed stretches or shortens the reach of its behaviour."""
    if own.speed_kn is None or speed_kn is None:
        return 1.0
    return min(max(speed_kn / own.speed_kn, SLOWEST), FASTEST)


@cache
def read_model(path: Path = FILE) -> Model:
    """The model that travels with the product, or another one."""
    given = json.loads(path.read_text(encoding="utf-8"))
    behaviours = {
        name: Behaviour(Shape(**one["shape"]), one["speed_kn"], {int(k): tuple(v) for k, v in one["reach_nm"].items()})
        for name, one in given.pop("behaviours").items()
    }
    for name in ("hours", "turns_kn"):
        given[name] = tuple(given[name])
    return Model(**given | {"source": Text(**given["source"]), "behaviours": behaviours})


def write_model(model: Model, path: Path) -> None:
    """Keep a model as the product reads it."""
    text = json.dumps(asdict(model), ensure_ascii=False, indent=1)
    flat = re.sub(
        r"\[[^][]*\]", lambda found: re.sub(r"\s+", " ", found[0]).replace("[ ", "[").replace(" ]", "]"), text
    )
    path.write_text(flat + "\n", encoding="utf-8")
