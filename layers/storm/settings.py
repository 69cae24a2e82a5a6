"""What the centre set for storms, as dated rows of the law (`conduct` storm): read for a moment, never built in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from geo.errors import SetupFailed
from geo.winds import Floats
from layers.watch.law import holds, law_statement

CONDUCT = "storm"
statement = law_statement((CONDUCT,))


@dataclass(frozen=True)
class StormSettings:
    """Speeds in knots by least length in metres; seconds, degrees and shares as their names say."""

    speed_lengths_m: tuple[float, ...]
    speeds_kn: tuple[float, ...]
    detour_share: float
    danger_force: int
    silent_after_s: float
    coming_within_deg: float
    coming_speed_kn: float
    pace_over_s: float
    rule_ids: tuple[int, ...]

    def speed_kn(self, length_m: Floats) -> Floats:
        """The speed to reckon with for boats of these lengths; of an unknown length the slowest."""
        band = np.searchsorted(self.speed_lengths_m, np.nan_to_num(length_m), "right") - 1
        found: Floats = np.array(self.speeds_kn)[np.clip(band, 0, None)]
        return found


def settings_at(rows: Iterable[Any], at: datetime) -> StormSettings:
    """What was set at a moment, of rows of `statement`; SetupFailed names what is missing."""
    held = [row for row in rows if row.conduct == CONDUCT and row.kind == "setting" and holds(row, at)]
    speeds = sorted((row for row in held if row.step == "speed"), key=lambda row: row.min_length_m)
    one = {row.step: row for row in held}
    wanted = ("speed", "detour", "danger_force", "silent_after", "coming_within", "coming_speed", "pace_over")
    if missing := [step for step in wanted if step not in one]:
        raise SetupFailed(f"no row storm/{missing[0]} is in force at {at.isoformat()}: run opsmap db upgrade")
    return StormSettings(
        tuple(row.min_length_m for row in speeds),
        tuple(row.value for row in speeds),
        one["detour"].value,
        int(one["danger_force"].value),
        one["silent_after"].threshold_s,
        one["coming_within"].value,
        one["coming_speed"].value,
        one["pace_over"].threshold_s,
        tuple(row.id for row in held),
    )
