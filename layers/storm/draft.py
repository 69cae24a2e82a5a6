"""A bulletin as it comes in, typed or from a file: checked point by point, each fault named by row, field and fix."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from geo.clock import EARLIEST
from geo.errors import BadInput

QUADRANTS = ("ne", "se", "sw", "nw")
Quads = tuple[float, float, float, float]
SaidIn = Literal["beaufort", "knots"]

FARTHEST_NM = 1000.0
STRONGEST_KT = 220.0
LONGEST = timedelta(days=10)
MOST_POINTS = 200
MOST_TOLD = 12
TITLE = "Bản tin bão có chỗ chưa đúng"


@dataclass(frozen=True)
class PointDraft:
    """The storm at one moment: degrees, knots, radii by force in nautical miles to NE, SE, SW, NW; `row`: its line."""

    t: datetime
    lon: float
    lat: float
    wind_kt: float | None = None
    radii: Mapping[int, Quads] = field(default_factory=dict)
    said_in: SaidIn = "beaufort"
    row: int = 0


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row and how to mend it; row 0 is the whole."""

    row: int
    field: str
    said: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.field}: {self.said}" if self.row else f"{self.field}: {self.said}"


def refuse(faults: Sequence[Fault]) -> None:
    """BadInput that names every fault, if there are any; the first one's field stands for all."""
    if faults:
        told = "; ".join(map(str, faults[:MOST_TOLD]))
        more = f"; and {len(faults) - MOST_TOLD} more" if len(faults) > MOST_TOLD else ""
        named = f"points[{faults[0].row}].{faults[0].field}" if faults[0].row else faults[0].field
        raise BadInput(told + more, field=named, title=TITLE)


def check_points(points: Sequence[PointDraft], issued_at: datetime) -> list[Fault]:
    """What is wrong with the points of a bulletin; rows count from 1 unless they say their own."""
    if not points:
        return [Fault(0, "points", "a bulletin needs at least one point")]
    if len(points) > MOST_POINTS:
        return [Fault(0, "points", f"{len(points)} points; {MOST_POINTS} at most: is this several storms?")]
    faults = [fault for n, p in enumerate(points, 1) for fault in _of_point(p, p.row or n, issued_at)]
    pairs = pairwise(points)
    late = [(n, b) for n, (a, b) in enumerate(pairs, 2) if b.t <= a.t]
    return faults + [Fault(b.row or n, "t", "not after the point before; sort the rows by time") for n, b in late]


def _of_point(point: PointDraft, row: int, issued_at: datetime) -> Iterable[Fault]:
    if not -90 <= point.lat <= 90:
        yield Fault(row, "lat", f"{point.lat:g} is no latitude; give degrees from -90 to 90, north positive")
    if not -180 <= point.lon <= 180:
        yield Fault(row, "lon", f"{point.lon:g} is no longitude; give degrees from -180 to 180, east positive")
    if point.wind_kt is not None and not 0 <= point.wind_kt <= STRONGEST_KT:
        yield Fault(row, "wind_kt", f"{point.wind_kt:g} kt; give 0 to {STRONGEST_KT:g} knots")
    if point.t < EARLIEST or not issued_at - LONGEST <= point.t <= issued_at + LONGEST:
        yield Fault(row, "t", f"{point.t.isoformat()} lies more than 10 days from issued_at {issued_at.isoformat()}")
    yield from _of_radii(point, row)


def _of_radii(point: PointDraft, row: int) -> Iterable[Fault]:
    for force, quads in point.radii.items():
        if not 0 <= force <= 17:
            yield Fault(row, f"radii.{force}", "forces go from 0 to 17 (cấp gió)")
        for quadrant, miles in zip(QUADRANTS, quads, strict=True):
            if not 0 <= miles <= FARTHEST_NM:
                yield Fault(row, f"r{force}_{quadrant}", f"{miles:g} nm; give 0 to {FARTHEST_NM:g} nautical miles")
    forces = sorted(point.radii)
    for weak, strong in pairwise(forces):
        for q, quadrant in enumerate(QUADRANTS):
            if point.radii[strong][q] > point.radii[weak][q]:
                told = f"wider than force {weak} ({point.radii[weak][q]:g} nm); a stronger wind never reaches farther"
                yield Fault(row, f"r{strong}_{quadrant}", told)
