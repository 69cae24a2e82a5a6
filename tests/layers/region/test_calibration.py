"""The region holds the truth as often as it should, on boats that nothing was learned from."""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import Point

from layers.watch.region.cases import BoatTrack, draw_cases
from layers.watch.region.grow import look_around
from layers.watch.region.land import FINE, water
from layers.watch.region.learn import coverage, holds, last_fix, learn, measure, untaught
from layers.watch.region.model import OUTER, read_model, write_model
from web.commands.region import Tracks, judge_tracks, read_tracks

HOURS = (1.0, 2.0, 4.0, 8.0, 12.0, 24.0)
MODEL = read_model()
ASIDE = read_tracks(Tracks.SIMULATED, 0, aside=True)


def test_boats_kept_aside_are_within_nine_times_in_ten() -> None:
    lines = judge_tracks(MODEL, ASIDE, HOURS)
    held = {(x["behaviour"], x["hours"]): x["held"] for x in lines if x["region"] == OUTER}
    for hours in HOURS:
        assert 0.85 <= held["all", hours] <= 0.95, (hours, held)
    assert holds(lines)
    assert all(0.8 <= share <= 0.98 for share in held.values()), held


def test_the_polygons_say_what_the_numbers_say() -> None:
    """A tenth of the cases, with the region as it is drawn; a truth in a port on generalised land is not asked of."""
    cases = draw_cases(ASIDE[::6], MODEL, HOURS, 1, np.random.default_rng(5))
    held, asked = defaultdict(int), defaultdict(int)
    for n in range(len(cases)):
        around = look_around(water(FINE), MODEL, last_fix(cases, n), HOURS[-1] * 3600)
        at_sea = ~water(FINE).is_land(cases.true_lon[n], cases.true_lat[n])
        for hour, lon, lat in zip(
            np.array(HOURS)[at_sea], cases.true_lon[n][at_sea], cases.true_lat[n][at_sea], strict=True
        ):
            held[hour] += around.shape(OUTER, hour * 3600).covers(Point(lon, lat))
            asked[hour] += 1
    assert sum(asked.values()) > 100
    assert 0.83 <= sum(held.values()) / sum(asked.values()) <= 0.97


def walk(boat: int, speed_kn: float) -> BoatTrack:
    t = np.arange(0, 5 * 86_400.0, 1800)
    lon = 110 + speed_kn * t / 3600 / 60
    known = np.ones(len(t), dtype=np.bool_)
    return BoatTrack(boat, t, lon, np.full(len(t), 12.0), np.full(len(t), speed_kn), np.full(len(t), 90.0), known)


def test_what_is_learned_is_how_far_they_came(tmp_path: Path) -> None:
    """Boats that go straight east at 2 knots at 12°N: after four hours they are 7.8 miles away, and so is the reach."""
    tracks = [walk(n, 2.0) for n in range(1, 11)]
    cut = {n: replace(b, reach_nm={q: r[:2] for q, r in b.reach_nm.items()}) for n, b in MODEL.behaviours.items()}
    model = replace(MODEL, hours=(1.0, 4.0), behaviours=cut)
    cases = draw_cases(tracks, model, model.hours, 5, np.random.default_rng(1))
    assert len(cases) == 50
    found = measure(cases, model, water(FINE))
    learned = learn(found, model)
    assert untaught(found) == ["steaming", "drifting"]
    reach = learned.behaviours["working"].reach_nm[OUTER]
    assert reach[1] == pytest.approx(8 * np.cos(np.radians(12)), abs=0.6)
    assert coverage(found, learned, model.hours)["working"][OUTER] == [1.0, 1.0]
    assert learned.behaviours["steaming"] == model.behaviours["steaming"]
    write_model(learned, tmp_path / "m.json")
    assert read_model(tmp_path / "m.json") == learned


def test_a_truth_between_distant_fixes_is_not_known() -> None:
    track = walk(1, 2.0)
    kept = (track.t_s < 40 * 3600) | (track.t_s > 60 * 3600)
    holed = BoatTrack(1, *(getattr(track, n)[kept] for n in ("t_s", "lon", "lat", "speed_kn", "course_deg", "at_sea")))
    cases = draw_cases([holed], MODEL, (4.0,), 200, np.random.default_rng(1))
    at_h = (cases.lon - 110) * 60 / 2
    in_hole = (at_h + 4 > 40) & (at_h + 4 < 60)
    assert in_hole.any()
    assert np.isnan(cases.true_lon[:, 0]).tolist() == in_hole.tolist()


def test_nobody_is_in_both_lots() -> None:
    taught = {track.boat for track in read_tracks(Tracks.SIMULATED, 0, aside=False)}
    assert taught
    assert not taught & {track.boat for track in ASIDE}
    assert len(taught) == MODEL.boats


@pytest.mark.parametrize(
    ("held", "cases", "good"), [(0.9, 500, True), (0.84, 500, False), (0.96, 500, False), (0.9, 50, False)]
)
def test_what_counts_as_calibrated(held: float, cases: int, good: bool) -> None:
    lines = [{"behaviour": "all", "region": OUTER, "hours": h, "held": 0.9, "cases": cases} for h in HOURS[1:]]
    far = {"behaviour": "all", "region": OUTER, "hours": 96.0, "held": 0.1, "cases": cases}
    assert holds([*lines, {**lines[0], "held": held}, far]) is good
    assert not holds([])
