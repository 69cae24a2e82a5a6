"""What a forecast means for each boat: reached by which wind when, where to go, how long that takes, and so its state.

Pure: arrays in, arrays out. Times are Unix seconds, NaN for never or not known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from geo.measure import bearing_deg, distance_m, knots_to_mps
from geo.winds import Field, Floats, arrival_s, nearest_approach
from layers.spec import Text
from layers.storm.fleet import Fleet
from layers.storm.settings import StormSettings
from layers.storm.shelters import NOWHERE, Shelters, assign, urgency

STATES = {
    "silent": Text("Im lặng", "Silent"),
    "too_late": Text("Không kịp", "Too late"),
    "in_time": Text("Kịp, chưa vào", "In time, not coming yet"),
    "coming": Text("Đang vào", "Coming in"),
    "safe": Text("An toàn", "Safe"),
    "unknown": Text("Chưa rõ vị trí", "Position not known"),
}
"""In the order in which they are asked after. Every boat is in exactly one."""
CALLED = ("silent", "too_late", "in_time", "coming")
"""States of boats that somebody has to speak to."""


@dataclass(frozen=True)
class Orders:
    """The công điện in force: boats in `areas` must be in by `deadline_s`; without areas, those that are threatened."""

    deadline_s: float
    areas: frozenset[str]


@dataclass(frozen=True)
class Verdicts:
    """One entry per boat. `arrival_s` by force; `shelter` and `given` are places in `Shelters` or NOWHERE.

    `shelter` is where the way is reckoned to: the given one, else the nearest. `eta_s` is the moment of being there.
    """

    state: NDArray[np.object_]
    why: NDArray[np.object_]
    area: NDArray[np.object_]
    arrival_s: Mapping[int, Floats]
    danger_s: Floats
    track_m: Floats
    speed_kn: Floats
    shelter: NDArray[np.intp]
    given: NDArray[np.intp]
    way_m: Floats
    eta_s: Floats
    limit_s: Floats
    order: NDArray[np.intp]


@dataclass(frozen=True)
class Question:
    """The storm as far as it matters: wind fields by force, the track, which force is danger, the orders, and when."""

    at: datetime
    fields: Mapping[int, Field]
    track: Field | None
    danger: int | None
    orders: Orders | None
    settings: StormSettings

    @property
    def at_s(self) -> float:
        """The moment in Unix seconds."""
        return self.at.timestamp()


def judge(question: Question, fleet: Fleet, area: NDArray[np.object_], shelters: Shelters) -> Verdicts:
    """The verdict on every boat."""
    at_s, never = question.at_s, np.full(len(fleet), np.nan)
    arrivals = {f: arrival_s(field, fleet.lon, fleet.lat, at_s) for f, field in question.fields.items()}
    danger = arrivals[question.danger] if question.danger is not None else never
    limit = np.fmin(danger, _deadline(question, area, danger))
    located, speed = ~np.isnan(fleet.lon) & ~np.isnan(fleet.lat), _speed(fleet, question.settings)
    way = distance_m(fleet.lon[:, None], fleet.lat[:, None], shelters.lon[None, :], shelters.lat[None, :])
    way = np.where(np.isnan(way), np.inf, way * question.settings.detour_share)
    eta = way / knots_to_mps(speed)[:, None]
    wanted = located & ~fleet.in_port & ~np.isnan(limit)
    given = assign(eta, shelters.free, urgency(eta, limit - at_s, wanted))
    nearest = eta.argmin(axis=1) if len(shelters.ports) else np.full(len(fleet), NOWHERE)
    shelter = np.where(given != NOWHERE, given, np.where(located, nearest, NOWHERE))
    rows = np.arange(len(fleet))
    there = shelter != NOWHERE
    eta_s = np.where(there, at_s + eta[rows, shelter], np.nan) if len(shelters.ports) else never
    way_m = np.where(there, way[rows, shelter], np.nan) if len(shelters.ports) else never
    state, why = _states(question, fleet, danger, limit, eta_s, _is_coming(question, fleet, shelters, shelter))
    near = never if question.track is None else nearest_approach(question.track, fleet.lon, fleet.lat, at_s)[0]
    order = _order(state, danger, limit, eta_s, fleet.age_s)
    return Verdicts(
        state, why, area, arrivals, danger, near, speed, shelter, given, way_m, eta_s, limit, order
    )  # fmt: skip


def _deadline(question: Question, area: NDArray[np.object_], danger: Floats) -> Floats:
    """The deadline where it binds a boat, NaN elsewhere."""
    orders = question.orders
    if orders is None:
        return np.full(len(area), np.nan)
    bound = np.isin(area, list(orders.areas)) if orders.areas else ~np.isnan(danger)
    return np.where(bound, orders.deadline_s, np.nan)


def _speed(fleet: Fleet, settings: StormSettings) -> Floats:
    """Knots that a boat can be reckoned with: its own where its days tell, else what is set for its length."""
    return np.where(np.isnan(fleet.own_kn), settings.speed_kn(fleet.length_m), fleet.own_kn)


def _is_coming(question: Question, fleet: Fleet, shelters: Shelters, shelter: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which boats head for their shelter now."""
    if not len(shelters.ports):
        return np.zeros(len(fleet), dtype=bool)
    to = bearing_deg(fleet.lon, fleet.lat, shelters.lon[shelter], shelters.lat[shelter])
    off = np.abs((fleet.cog_deg - to + 180) % 360 - 180)
    settings = question.settings
    heads = (fleet.sog_kn >= settings.coming_speed_kn) & (off <= settings.coming_within_deg)
    return np.asarray(heads & (shelter != NOWHERE))


def _states(
    question: Question, fleet: Fleet, danger: Floats, limit: Floats, eta_s: Floats, coming: NDArray[np.bool_]
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """The state of each boat and why it is too late: wind or deadline; the first of the list that fits."""
    located = ~np.isnan(fleet.lon) & ~np.isnan(fleet.lat)
    out = ~located & fleet.is_out
    quiet = located & ~fleet.in_port & (fleet.age_s > question.settings.silent_after_s)
    lost_to_wind = ~np.isnan(danger) & ~(eta_s <= danger)
    missed = ~np.isnan(limit) & ~(eta_s <= limit)
    state = np.select(
        [out | quiet, ~located, fleet.in_port | np.isnan(limit), missed, coming],
        ["silent", "unknown", "safe", "too_late", "coming"],
        "in_time",
    ).astype(object)
    late = state == "too_late"
    why = np.select([late & lost_to_wind, late, out], ["wind", "deadline", "never_heard"], "").astype(object)
    return state, why


def _order(state: NDArray[np.object_], danger: Floats, limit: Floats, eta_s: Floats, age_s: Floats) -> NDArray[np.intp]:
    """Boats to speak to, the most urgent first: by state, then the soonest wind, then the least time to spare."""
    rank = {name: n for n, name in enumerate(STATES)}
    ranks = np.array([rank[each] for each in state], dtype=int)
    soon = np.where(np.isnan(danger), np.inf, danger)
    spare = np.where(np.isnan(limit) | np.isnan(eta_s), np.inf, limit - eta_s)
    order = np.lexsort((-np.nan_to_num(age_s, nan=np.inf), spare, soon, ranks))
    return order[ranks[order] < len(CALLED)]
