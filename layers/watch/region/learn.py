"""Learn how far boats come from tracks whose end is known: cases in, numbers out, and how well they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import ceil
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.measure import METRES_PER_NM, distance_m
from geo.sailing import Sailed, sail
from geo.water import Patch, Water
from layers.watch.region.cases import Cases
from layers.watch.region.grow import LastFix, patch_around
from layers.watch.region.model import BEHAVIOURS, INNER, OUTER, STEAMING, Behaviour, Model, Shape, scale

Floats: TypeAlias = NDArray[np.float64]

SHAPES = tuple(Shape(a, b, f) for a, b, f in product((0.0, 0.3, 0.5, 0.65), (0.5, 1.0), (60.0, 200.0)))
"""What is tried. Astern never less than about a third of ahead: a boat that steamed out may turn for home."""
AIM = {INNER: 0.5, OUTER: 0.905}
JUDGED_H = 24.0
LEAST_TAUGHT = 30
HELD, LEAST_CASES = (0.85, 0.95), 200
"""Between what shares the wider region must hold the truth, and of how many cases at least."""
DETOUR, MOST_NM = 1.3, 450.0
"""How much longer than straight a way is looked for, and how far at most."""


@dataclass(frozen=True)
class Measured:
    """By case and hour: metres by water from the last fix to the truth, and radians off the course (NaN: no course)."""

    behaviour: NDArray[np.str_]
    speed_kn: Floats
    metres: Floats
    off_rad: Floats


def last_fix(cases: Cases, n: int) -> LastFix:
    """The last fix of a case."""
    said = (None if np.isnan(v[n]) else float(v[n]) for v in (cases.speed_kn, cases.course_deg))
    return LastFix(float(cases.lon[n]), float(cases.lat[n]), *said)


def measure(cases: Cases, model: Model, water: Water) -> Measured:
    """How far each boat had come by water; a truth on generalised land (a port) is measured over its nearest water."""
    metres, off = np.full(cases.true_lon.shape, np.nan), np.full(cases.true_lon.shape, np.nan)
    behaviour = []
    for n in range(len(cases)):
        fix, known = last_fix(cases, n), ~np.isnan(cases.true_lon[n])
        behaviour.append(model.behaviour_of(fix.speed_kn))
        if known.any():
            metres[n, known], bearing = _way(water, fix, cases.true_lon[n, known], cases.true_lat[n, known])
            off[n, known] = np.nan if fix.course_deg is None else bearing - np.radians(fix.course_deg)
    return Measured(np.array(behaviour), cases.speed_kn, metres, off)


def _way(water: Water, fix: LastFix, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Metres by water to each place, and radians from north of the straight way there."""
    straight = distance_m(fix.lon, fix.lat, lon, lat)
    far_nm = min(float(straight.max()) / METRES_PER_NM * DETOUR + 20, MOST_NM)
    patch = patch_around(water, fix, far_nm / 60)
    metres, bearing = _at(patch, sail(patch, fix.lon, fix.lat), lon, lat)
    return np.maximum(metres, straight), bearing


def _at(patch: Patch, sailed: Sailed, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """What stands at the nearest node that can be reached, of those around each place."""
    column = np.rint(lon / patch.step_deg - patch.column).astype(np.intp)
    row = np.rint(lat / patch.step_deg - patch.row).astype(np.intp)
    best, bearing = np.full(len(lon), np.inf), np.zeros(len(lon))
    for dr, dc in sorted(product(range(-2, 3), repeat=2), key=lambda d: d[0] ** 2 + d[1] ** 2):
        r, c = np.clip(row + dr, 0, patch.wet.shape[0] - 1), np.clip(column + dc, 0, patch.wet.shape[1] - 1)
        take = np.isinf(best)
        best[take], bearing[take] = sailed.metres[r, c][take], sailed.bearing[r, c][take]
    return best, bearing


def learn(found: Measured, model: Model) -> Model:
    """The model with reach and shape of each behaviour of which there are cases enough; others stay as they were."""
    behaviours = dict(model.behaviours)
    for name in BEHAVIOURS:
        which = found.behaviour == name
        if which.sum() >= LEAST_TAUGHT:
            behaviours[name] = _learn_one(found, which, model, name)
    return replace(model, behaviours=behaviours)


def untaught(found: Measured) -> list[str]:
    """The behaviours of which there are too few cases to learn from."""
    return [name for name in BEHAVIOURS if (found.behaviour == name).sum() < LEAST_TAUGHT]


def _learn_one(found: Measured, which: NDArray[np.bool_], model: Model, name: str) -> Behaviour:
    speed = float(np.median(found.speed_kn[which])) if name == STEAMING else None
    tried = [_fit(found, which, model, shape, speed) for shape in SHAPES]
    return min(tried, key=lambda pair: pair[0])[1]


def _fit(
    found: Measured, which: NDArray[np.bool_], model: Model, shape: Shape, speed: float | None
) -> tuple[float, Behaviour]:
    """The reach that holds as many as aimed at, and how much sea it takes within the hours judged."""
    own = Behaviour(shape, None if speed is None else round(speed, 2), {})
    needed = needed_nm(found, own)[which]
    reach = {q: np.maximum.accumulate(np.nanquantile(needed, aim, axis=0, method="higher")) for q, aim in AIM.items()}
    rounded = {q: tuple(ceil(float(x) * 10) / 10 for x in np.minimum(nm, model.farthest_nm)) for q, nm in reach.items()}
    judged = np.array(model.hours) <= JUDGED_H
    sea = float(sum(np.log(_area(shape, nm)) for nm in reach[OUTER][judged]))
    return sea, replace(own, reach_nm=rounded)


def needed_nm(found: Measured, own: Behaviour) -> Floats:
    """By case and hour: the reach in nautical miles that would just have held the truth."""
    share = np.where(np.isnan(found.off_rad), 1.0, own.shape.share(np.nan_to_num(found.off_rad), found.metres))
    scaled = np.array([scale(own, None if np.isnan(v) else float(v)) for v in found.speed_kn])
    return np.asarray(found.metres / share / scaled[:, None] / METRES_PER_NM)


def _area(shape: Shape, reach_nm: float) -> float:
    """Of open sea, for a boat with a course."""
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    radius = np.full_like(angle, reach_nm)
    for _ in range(20):
        radius = reach_nm * shape.share(angle, radius * METRES_PER_NM)
    return float((radius**2).mean())


def coverage(found: Measured, model: Model, hours: Sequence[float]) -> dict[str, dict[int, list[float]]]:
    """By behaviour (and `all`): the share of cases of known truth that was within, for each region and hour."""
    held = {q: np.full(found.metres.shape, np.nan) for q in (INNER, OUTER)}
    for name, own in model.behaviours.items():
        which = found.behaviour == name
        needed = needed_nm(found, own)[which]
        for q in held:
            reach = np.array([model.reach_m(name, q, hour * 3600, None) for hour in hours]) / METRES_PER_NM
            held[q][which] = np.where(np.isnan(needed), np.nan, needed <= reach)
    groups = {"all": np.ones(len(found.behaviour), dtype=np.bool_)} | {n: found.behaviour == n for n in BEHAVIOURS}
    return {
        n: {q: np.nanmean(held[q][w], axis=0).round(3).tolist() for q in held} for n, w in groups.items() if w.any()
    }


def holds(lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the wider region of all behaviours holds the truth as often as it must, at every hour up to a day."""
    judged = [x for x in lines if x["behaviour"] == "all" and x["region"] == OUTER and x["hours"] <= JUDGED_H]
    enough = bool(judged) and all(x["cases"] >= LEAST_CASES for x in judged)
    return enough and all(HELD[0] <= x["held"] <= HELD[1] for x in judged)
