"""Regions of silent boats: how fast beside measuring the whole sea for each, and how often they hold the truth."""

import json

import numpy as np
from goals import Goal, say, spent_by

from layers.watch.region.grow import LastFix, look_around
from layers.watch.region.land import FINE, LIGHT, water
from layers.watch.region.model import INNER, OUTER, read_model
from web.commands.region import Tracks, judge_tracks, read_tracks
from web.region_keeper import RegionKeeper, Silent

BOATS = 100
FRAME_S = 1.0
"""A hundred regions must be there before anybody waits: once for new boats, far quicker a minute later."""
HOURS = (1.0, 2.0, 4.0, 8.0, 12.0, 24.0)


def silent_boats(boats: int = BOATS) -> list[Silent]:
    """Boats spread over the sea, silent for six hours to two days."""
    dice = np.random.default_rng(8)
    found: list[Silent] = []
    while len(found) < boats:
        lon, lat = dice.uniform(108.6, 113.5), dice.uniform(9.0, 17.0)
        if not water(LIGHT).is_land(np.array([lon]), np.array([lat]))[0]:
            fix = LastFix(lon, lat, float(dice.choice([0.3, 2.5, 7.0])), float(dice.uniform(0, 360)))
            found.append(Silent(f"v{len(found)}", fix, 0, float(dice.uniform(6, 48)) * 3600))
    return found


def later(boat: Silent, seconds: float) -> Silent:
    """The same boat, still silent."""
    return Silent(boat.vessel, boat.fix, boat.since_ms, boat.elapsed_s + seconds)


def run() -> list[Goal]:
    """Ratios to a second for a hundred boats, and the share of truths held per elapsed time."""
    boats, keeper = silent_boats(), RegionKeeper()
    looked = spent_by(lambda: water(LIGHT).patch(5 * LIGHT, 104 * LIGHT, 18 * LIGHT, 15 * LIGHT)).own
    keeper.shape(boats[0], OUTER, FINE)
    say(f"silent region: the coasts of the whole sea looked at, once a process: {looked:.1f} s")
    new = spent_by(lambda: [keeper.shape(b, OUTER, LIGHT) for b in boats]).own
    again = spent_by(lambda: [keeper.shape(later(b, 300), OUTER, LIGHT) for b in boats]).own
    kept = spent_by(lambda: [keeper.shape(later(b, 300), OUTER, LIGHT) for b in boats]).own
    alone = [spent_by(lambda b=b: one(b)).own for b in boats[:20]]  # type: ignore[misc]
    say(f"silent region: {new * 10:.1f} ms a new boat, {again * 10:.1f} ms five minutes later, {kept * 10:.3f} ms kept")
    say(f"silent region in full: median {np.median(alone) * 1000:.0f} ms, worst {max(alone) * 1000:.0f} ms")
    for line in (found := judge_tracks(read_model(), read_tracks(Tracks.SIMULATED, 0, aside=True), HOURS)):
        say(json.dumps(line))
    held = [x["held"] for x in found if x["region"] == OUTER and x["behaviour"] == "all"]
    off = max(abs(x - 0.9) for x in held)
    return [
        Goal("a hundred new silent boats / one second", FRAME_S / new, 1.0),
        Goal("the same boats five minutes later / 0.5 s", 0.5 / again, 1.0),
        Goal("farthest from nine in ten held, of 5 points", 0.05 / max(off, 1e-6), 1.0, detail={"held": held}),
    ]


def one(boat: Silent) -> None:
    """Both rings of one boat in full, from nothing."""
    around = look_around(water(FINE), read_model(), boat.fix, 86_400)
    for share in (INNER, OUTER):
        around.shape(share, min(boat.elapsed_s, 86_400))
