"""Fixes of many boats as one array: who (a number of the caller's), when, where, how fast, and under which law."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.segments import Floats, Marks, Points, Whole, firsts, nm_before, order, seconds_before

Rows: TypeAlias = NDArray[Any]
"""A structured array."""
Fixes: TypeAlias = Rows
"""Rows of `FIX`, by boat, then time; no row twice."""
Carry: TypeAlias = tuple[Rows, ...]
"""What a detector remembers between batches: arrays of its own, `()` before the first batch."""

FIX = np.dtype(
    [("boat", "i8"), ("t_ms", "i8"), ("lon", "f8"), ("lat", "f8"), ("sog_kn", "f8"), ("cog_deg", "f8"),
     ("vms", "?"), ("in_port", "?"), ("law", "i8"), ("doubt", "?")]
)  # fmt: skip
"""`t_ms` is Unix milliseconds UTC, degrees are EPSG:4326, NaN is "not said". `vms` tells a monitoring device from AIS.

`law` numbers the law that binds the boat at that moment: the place in what a detector is given per law. `doubt` marks
a place that cannot be believed: who asks where a boat was leaves it out; who asks if it spoke does not.
"""


def make_fixes(boat: ArrayLike, t_ms: ArrayLike, lon: ArrayLike, lat: ArrayLike, **more: ArrayLike) -> Fixes:
    """Fixes from columns in any order. `more`: sog_kn, cog_deg (NaN), vms, in_port, doubt (False), law (0)."""
    rows = np.zeros(len(np.asarray(boat)), FIX)
    rows["sog_kn"] = rows["cog_deg"] = np.nan
    for name, column in {"boat": boat, "t_ms": t_ms, "lon": lon, "lat": lat, **more}.items():
        rows[name] = column
    return tidy(rows)


def tidy(rows: Rows) -> Fixes:
    """By boat, time, device and place, whatever order they came in; the same row once; places that are missing gone."""
    rows = rows[np.isfinite(rows["lon"]) & np.isfinite(rows["lat"])]
    if len(rows) < 2:
        return rows
    at = order(np.ascontiguousarray(rows["boat"]), np.ascontiguousarray(rows["t_ms"]))
    rows = rows[at]
    tied = (rows["boat"][1:] == rows["boat"][:-1]) & (rows["t_ms"][1:] == rows["t_ms"][:-1])
    if tied.any():
        rows = rows[np.lexsort((rows["lat"], rows["lon"], rows["vms"], rows["t_ms"], rows["boat"]))]
        names = ("boat", "t_ms", "vms", "lon", "lat")
        same = np.logical_and.reduce([rows[name][1:] == rows[name][:-1] for name in names])
        rows = rows[np.append(True, ~same)]
    return rows


class Way(NamedTuple):
    """How each fix was reached from the boat's fix before: seconds, nautical miles, knots; NaN at its first."""

    first: Marks
    seconds: Floats
    nm: Floats
    kn: Floats


def way(rows: Fixes) -> Way:
    """The stretches that end at each fix. Two fixes of one moment count as a second apart."""
    points = points_of(rows)
    seconds, nm = seconds_before(points), nm_before(points)
    return Way(firsts(points.boat), seconds, nm, nm * 3600 / np.maximum(seconds, 1.0))


def points_of(rows: Fixes) -> Points:
    """The same fixes as `geo.segments` takes them."""
    boat, t_ms, lon, lat = (np.ascontiguousarray(rows[name]) for name in ("boat", "t_ms", "lon", "lat"))
    return Points(boat, t_ms, lon, lat)


def before(column: Rows) -> Rows:
    """Each row's former value: the row before, the first row's own for the first."""
    return np.concatenate([column[:1], column[:-1]])


def lasts(boat: Rows) -> Marks:
    """The last row of each boat, of rows in order."""
    last = np.ones(len(boat), dtype=np.bool_)
    last[:-1] = boat[1:] != boat[:-1]
    return last


def per_law(values: ArrayLike, law: Whole) -> Floats:
    """What each fix's law says, out of one number per law."""
    found: Floats = np.asarray(values, dtype=float)[law]
    return found
