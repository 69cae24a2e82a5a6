"""Where rows lie: which frame their numbers are in, and the way from there to EPSG:4326. Nothing is assumed."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import WGS84, Frame
from geo.declared import FrameNeeded, frame_given
from ingest.outcome import Reject
from ingest.tables.columns import Columns
from ingest.tables.numbers import Mark, readings
from ingest.tables.shapes import LON_LAT
from ingest.tables.table import RawRow, Table

Floats = NDArray[np.float64]
MOST_DEGREES = 180.0


@dataclass(frozen=True)
class Placing:
    """How places are read: the frame, who said so, and whether they stand in columns."""

    frame: Frame
    told_by: str  # "--crs", "file" or "columns"
    columns: bool
    declared: Frame | None = None

    def place(self, rows: Sequence[RawRow]) -> list[RawRow]:
        """The rows with their geometry in EPSG:4326 and the place their own numbers give."""
        return self._from_columns(rows) if self.columns else self._from_shapes(rows)

    def _from_shapes(self, rows: Sequence[RawRow]) -> list[RawRow]:
        shapes = np.array([row.geometry for row in rows], dtype=object)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # an empty shape has no bounds
            bounds = shapely.bounds(shapes)
        given = [(float(b[0] + b[2]) / 2, float(b[1] + b[3]) / 2) if np.isfinite(b).all() else None for b in bounds]
        moved = shapely.transform(shapes, self._move) if self.frame.pipeline else shapes
        return [replace(row, geometry=m, given=g) for row, m, g in zip(rows, moved, given, strict=True)]

    def _move(self, coordinates: Floats) -> Floats:
        return np.column_stack(self.frame.to_stored(coordinates[:, 0], coordinates[:, 1]))

    def _from_columns(self, rows: Sequence[RawRow]) -> list[RawRow]:
        limit = None if self.frame.metric else MOST_DEGREES
        given = [_pair(row, limit) for row in rows]
        known = np.array([pair or (np.nan, np.nan) for pair in given], dtype=float).reshape(-1, 2)
        points = shapely.points(*self.frame.to_stored(known[:, 0], known[:, 1]))
        return [
            row if pair is None else replace(row, geometry=point, given=pair)
            for row, point, pair in zip(rows, points, given, strict=True)
        ]


def _pair(row: RawRow, limit: float | None) -> tuple[float, float] | None:
    x, y = (_number(row.values.get(name), limit) for name in LON_LAT)
    return None if x is None or y is None else (x, y)


def _number(value: Any, limit: float | None) -> float | None:
    """A coordinate, when it can only be one number."""
    if isinstance(value, int | float):
        return float(value)
    found = set(readings(str(value or "")).values())
    if len(found) > 1 and limit is not None:
        found = {n for n in found if abs(n) <= limit}
    return found.pop() if len(found) == 1 else None


def choose_placing(table: Table, columns: Columns, sample: Sequence[RawRow | Reject], crs: str | None) -> Placing:
    """The frame of a table's places. FrameNeeded when neither the file nor a person says which."""
    if table.shaped:
        return shaped_placing(table, crs)
    if crs:
        return Placing(frame_given(crs), "--crs", True)
    names = " and ".join(repr(columns.shown[n]) for n, field in columns.fields.items() if field in LON_LAT)
    if columns.metres:
        raise FrameNeeded(f"columns {names} may be in any frame")
    if _look_metric(columns, sample):
        raise FrameNeeded(f"columns {names} hold metres, not degrees")
    return Placing(WGS84, "columns", True)


def shaped_placing(table: Table, crs: str | None) -> Placing:
    """The frame of a table whose rows have geometry."""
    if crs:
        return Placing(frame_given(crs), "--crs", False, table.frame)
    if table.frame is None:
        raise FrameNeeded("the file does not say which frame its coordinates are in")
    return Placing(table.frame, "file", False)


def _look_metric(columns: Columns, sample: Sequence[RawRow | Reject]) -> bool:
    """Whether most numbers that should be degrees are far too large for it."""
    names = [name for name, field in columns.fields.items() if field in LON_LAT]
    marks = [columns.marks.get(columns.fields[name]) for name in names]
    rows = [row for row in sample if isinstance(row, RawRow)]
    large = sum(all(_large(row.values.get(n), mark) for n, mark in zip(names, marks, strict=True)) for row in rows)
    return bool(names) and large * 2 > len(rows)


def _large(value: Any, mark: Mark | None) -> bool:
    found = [float(value)] if isinstance(value, int | float) else list(readings(str(value or "")).values())
    if mark is not None and isinstance(value, str):
        found = [n for m, n in readings(value).items() if m == mark]
    return bool(found) and min(map(abs, found)) > MOST_DEGREES * 5
