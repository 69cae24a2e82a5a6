"""The centre's own thresholds of the watch, out of dated rows of the rules (conduct `watch`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo.errors import SetupFailed
from geo.segments import Reach
from layers.watch.detect.boundary import Nearness
from layers.watch.detect.jumps import Sharing
from layers.watch.detect.meetings import Together
from layers.watch.detect.slow import Pace
from layers.watch.detect.spots import Support
from layers.watch.law import choose


@dataclass(frozen=True)
class Settings:
    """Numbers by step: seconds where the row has a threshold, else its value in its unit."""

    numbers: dict[str, float]
    rows: tuple[int, ...]

    def __getitem__(self, step: str) -> float:
        """One number; SetupFailed names the row that is missing."""
        try:
            return self.numbers[step]
        except KeyError:
            raise SetupFailed(f"no rule watch/{step} is in force: run opsmap db upgrade") from None

    def span(self, step: str) -> timedelta:
        """A threshold as a stretch of time."""
        return timedelta(seconds=self[step])

    def near(self) -> Nearness:
        """What is near the boundary."""
        return Nearness(self["near_distance"], self["near_time"])

    def work(self) -> Pace:
        """Slow work in a belt."""
        return Pace(self["belt_least"], self["belt_most"], self["belt_gap"], self["belt_lasts"])

    def rest(self) -> Pace:
        """Loitering."""
        return Pace(0.0, self["loiter_most"], self["loiter_gap"], self["loiter_lasts"])

    def reach(self) -> Reach:
        """How far anything afloat can have come."""
        return Reach(self["jump_speed"], self["jump_distance"])

    def sharing(self) -> Sharing:
        """One identity in two places."""
        return Sharing(self.reach(), int(self["shared_returns"]), self["shared_within"])

    def support(self) -> Support:
        """What may be said between two fixes."""
        return Support(int(self["stroke"]), self["stroke_gap"], self["stroke_steady"], self["stroke_lead"])

    def meeting(self) -> Together:
        """An encounter of two boats."""
        near = self["meet_distance"]
        return Together(
            near, near, self["meet_lasts"], self.support(), self["meet_speed"], keep_s=self["keep"]
        )  # fmt: skip

    def one(self) -> Together:
        """Devices that move as one."""
        return Together(
            self["one_distance"], self["one_apart"], self["one_lasts"], self.support(), least_nm=self["one_moved"],
            bridge_s=self["one_bridge"], keep_s=self["keep"],
        )  # fmt: skip


def settings_at(rows: Iterable[Any], now: datetime) -> Settings:
    """The settings in force at a moment, of rows of `layers.watch.law.law_statement`."""
    law = choose(rows, "watch", None, now)
    numbers = {row.step: float(row.threshold_s if row.threshold_s is not None else row.value) for row in law.duties}
    return Settings(numbers, tuple(sorted(row.id for row in law.duties)))
