"""Every detector over the fixes of 5,000 boats, batch by batch on one core, against 5,000 positions a second."""

from collections.abc import Iterator

import numpy as np
import shapely
from fleet import SEA
from goals import Goal, say, spent_by
from shapely.geometry import LineString

from geo.segments import Reach
from layers.watch.detect.boundary import Boundary, Nearness, detect_crossing, detect_nearing
from layers.watch.detect.events import latest
from layers.watch.detect.fixes import Fixes, make_fixes
from layers.watch.detect.jumps import Sharing, detect_jumps, detect_shared_identity
from layers.watch.detect.meetings import Together, detect_encounters, detect_moving_as_one
from layers.watch.detect.ports import Ports, detect_port_calls
from layers.watch.detect.silence import detect_ais_while_silent, detect_silence, find_silent
from layers.watch.detect.slow import Belts, Pace, detect_loitering, detect_wrong_belt
from layers.watch.detect.spots import Support
from layers.watch.detect.stream import State, Watch, advance

GOAL = 1.0
A_SECOND = 5_000
BOATS, BATCHES = 5_000, 40
EVERY_S = 300
"""Seconds between two fixes of a boat: each batch is one fix of nearly each, five minutes of the fleet."""
LADDERS = [(("late", 9000.0), ("lost_6h", 21600.0), ("lost_10d", 864000.0))] * 4
T0 = 1_790_000_000_000


def draw_batches(boats: int = BOATS, batches: int = BATCHES, every_s: int = EVERY_S) -> Iterator[Fixes]:
    """A fleet that steams, fishes and rests; every fourth fix is AIS, one boat in 25 is in port for half an hour and
    more, one in fifty is silent for long, one in a hundred is heard far off now and then.
    """
    dice = np.random.default_rng(11)
    west, south, east, north = SEA
    boat = np.arange(boats)
    lon, lat = dice.uniform(west, east, boats), dice.uniform(south, north, boats)
    lon[1::20], lat[1::20] = lon[::20] + 0.001, lat[::20] + 0.001  # some sail together
    course, speed = dice.uniform(0, 360, boats), dice.uniform(0, 9, boats)
    course[1::20], speed[1::20] = course[::20], speed[::20]
    for number in range(batches):
        miles = speed * every_s / 3600
        lat = lat + miles / 60 * np.cos(np.radians(course))
        lon = lon + miles / 60 * np.sin(np.radians(course)) / np.cos(np.radians(lat))
        t_ms = T0 + (number * every_s + dice.integers(0, every_s, boats)) * 1000
        moored, speaks = (boat % 25 == 0) & (number // 7 % 2 == 0), (boat % 50 != 1) | (number < 3) | (number > 36)
        more = {"sog_kn": speed, "cog_deg": course, "vms": (boat + number) % 4 > 0, "in_port": moored, "law": boat % 4}
        seen = np.where(moored, 109.0, lon + 3 * (boat % 100 == 7) * (number % 3 == 2))
        yield make_fixes(boat, t_ms, seen, np.where(moored, 15.0, lat), **more)[speaks]


def make_watches() -> dict[str, Watch]:
    """The detectors as a province would set them."""
    ragged = np.linspace(112, 114, 400) + np.random.default_rng(2).normal(0, 0.02, 400)
    border = Boundary(LineString(np.column_stack([ragged, np.linspace(6, 22, 400)])), (109.0, 15.0))
    kinds = ["belt_coastal", "belt_inshore", "belt_offshore"]
    outlines = [shapely.Point(109, 15).buffer(n, 500) for n in (1, 2, 6)]
    belts = Belts([outlines[0], outlines[1] - outlines[0], outlines[2] - outlines[1]], kinds, border.foreign)
    own = [{kind} for kind in ("belt_coastal", "belt_inshore", "belt_offshore", "belt_offshore")]
    quays = np.column_stack([np.linspace(108.7, 109.3, 15), np.linspace(14.5, 15.5, 15), np.full(15, 800.0)])
    ports = Ports(quays, 9, 2)
    near, reach, support = Nearness(6, 3600), Reach(60), Support(600, 1800, 10800, 300)
    slow, still = Pace(0.1, 5.5, 9000, 3600), Pace(0.0, 2.0, 3600, 7200)
    met, one = Together(500, 500, 3600, support, 2.0), Together(300, 1000, 7200, support, least_nm=5, bridge_s=9000)
    return {
        "silence": Watch(lambda f, c: detect_silence(f, LADDERS, c), lambda c, now: find_silent(c, LADDERS, now)),
        "ais_speaks": Watch(lambda f, c: detect_ais_while_silent(f, [21600.0] * 4, c)),
        "beyond": Watch(lambda f, c: detect_crossing(f, border, c)),
        "near": Watch(lambda f, c: detect_nearing(f, border, near, c)),
        "wrong_belt": Watch(lambda f, c: detect_wrong_belt(f, belts, own, slow, c)),
        "loitering": Watch(lambda f, c: detect_loitering(f, still, c)),
        "ports": Watch(lambda f, c: detect_port_calls(f, ports, c)),
        "jumps": Watch(lambda f, c: detect_jumps(f, reach, c)),
        "shared": Watch(lambda f, c: detect_shared_identity(f, Sharing(reach, 2, 21600), c)),
        "encounters": Watch(lambda f, c: detect_encounters(f, met, c), alone=False),
        "as_one": Watch(lambda f, c: detect_moving_as_one(f, one, c), alone=False),
    }


def follow(watch: Watch, batches: list[Fixes]) -> int:
    """Take all batches in; how many events there were."""
    state, told = State(), []
    for batch in batches:
        state, news, _ = advance(watch, state, batch, int(batch["t_ms"].max()))
        told += [event for _, event in news]
    return len(latest(told))


def run() -> Goal:
    """Positions that all detectors together take in a second of processor time, over 5,000."""
    batches = list(draw_batches())
    positions = sum(map(len, batches))
    spent, found = {}, {}
    for name, watch in make_watches().items():
        spent[name] = spent_by(lambda watch=watch, name=name: found.update({name: follow(watch, batches)})).own  # type: ignore[misc]
        say(f"detectors: {name} {positions / spent[name] / A_SECOND:.1f} times {A_SECOND}/s, {found[name]} events")
    quiet = [name for name, events in found.items() if not events and name != "ais_speaks"]
    assert not quiet, quiet
    detail: dict[str, object] = {"positions": positions, "boats": BOATS, "events": found}
    detail["each_alone"] = {name: round(positions / own / A_SECOND, 1) for name, own in spent.items()}
    value = positions / sum(spent.values()) / A_SECOND
    return Goal("all detectors / 5,000 positions a second, one core", value, GOAL, detail=detail)
