"""A bulletin as a table: one row per moment. Columns by name, in any order, Vietnamese or English.

`t`, `lat`, `lon`, `wind_kt` or `wind_force`; radii `r6_ne, r6_se, r6_sw, r6_nw`, or `r6` for a round field; a number
above 17 is knots (`r34_ne`); `_km` at the end says kilometres. An empty radius cell is not told.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from geo.text import fold
from ingest.storm.scale import Scale, miles_of_km, read_number, read_side, read_time
from layers.storm.draft import QUADRANTS, Fault, PointDraft, Quads

HIGHEST_FORCE = 17
NAMES = {
    "t": ("t", "thoi gian", "thoi diem", "gio", "time"),
    "lat": ("lat", "vi do", "latitude"),
    "lon": ("lon", "kinh do", "longitude"),
    "wind_kt": ("wind kt", "wind", "gio kt", "suc gio kt"),
    "wind_force": ("wind force", "cap gio", "suc gio", "cap"),
}
_RADIUS = re.compile(r"(?:r|ban kinh cap|bk cap) ?(\d{1,2})(?: (ne|se|sw|nw|db|dn|tn|tb))?( km)?")
_VIETNAMESE = {"db": "ne", "dn": "se", "tn": "sw", "tb": "nw"}
Told = tuple[list[PointDraft], list[Fault]]


def read_csv(body: bytes, scale: Scale) -> Told:
    """The points, and what cannot be read; the header is row 1."""
    text = body.decode("utf-8-sig", "replace")
    first = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ","))
    if len(rows) < 2:
        return [], [Fault(1, "file", "no rows; the first line names the columns, each further one is a moment")]
    names = [re.sub(r"[_\s]+", " ", fold(name)) for name in rows[0]]
    columns = {name: next((n for n, has in enumerate(names) if has in also), None) for name, also in NAMES.items()}
    missing = [name for name in ("t", "lat", "lon") if columns[name] is None]
    if missing:
        return [], [
            Fault(1, name, f"no such column; call one {NAMES[name][0]!r} or {NAMES[name][1]!r}") for name in missing
        ]
    radii = [(n, *_radius_column(name, scale)) for n, name in enumerate(names) if _RADIUS.fullmatch(name)]
    points, faults = list[PointDraft](), list[Fault]()
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            read_row(_Cells(row + [""] * len(names), number, faults), columns, radii, scale, points)
    return points, faults


class _Cells:
    """One row; what cannot be read is noted as a fault."""

    def __init__(self, row: list[str], number: int, faults: list[Fault]) -> None:
        self.row, self.number, self.faults = row, number, faults

    def read(self, column: int | None, name: str, reader: Callable[[str], Any]) -> Any:
        said = "" if column is None else self.row[column].strip()
        if said in ("", "-"):
            return None
        try:
            return reader(said)
        except ValueError as error:
            self.faults.append(Fault(self.number, name, str(error)))
            return None


def read_row(cells: _Cells, columns: Any, radii: Any, scale: Scale, points: list[PointDraft]) -> None:
    """Add the row's point, unless it has a fault."""
    before = len(cells.faults)
    t = cells.read(columns["t"], "t", read_time)
    lat = cells.read(columns["lat"], "lat", lambda said: read_side(said, "lat"))
    lon = cells.read(columns["lon"], "lon", lambda said: read_side(said, "lon"))
    wind = cells.read(columns["wind_kt"], "wind_kt", read_number)
    force = cells.read(columns["wind_force"], "wind_force", lambda said: int(read_number(said)))
    if wind is None and force is not None:
        wind = scale.knots(force)
    told = list(_radii(cells, radii))
    needed = (("t", t), ("lat", lat), ("lon", lon))
    named = {fault.field for fault in cells.faults[before:]}
    cells.faults += [
        Fault(cells.number, n, "empty; every row needs it") for n, v in needed if v is None and n not in named
    ]
    if len(cells.faults) == before:
        said_in = "knots" if any(column[4] for column in radii) else "beaufort"
        points.append(PointDraft(t, lon, lat, wind, _joined(told), said_in, cells.number))  # type: ignore[arg-type]


def _radius_column(name: str, scale: Scale) -> tuple[int, tuple[str, ...], bool, bool]:
    """Force, quadrants, whether in kilometres, whether the name spoke in knots."""
    found = _RADIUS.fullmatch(name)
    assert found is not None  # only such columns come here
    number, quadrant = int(found[1]), found[2]
    knots = number > HIGHEST_FORCE
    sides = QUADRANTS if quadrant is None else (_VIETNAMESE.get(quadrant, quadrant),)
    return scale.force(number) if knots else number, sides, found[3] is not None, knots


def _radii(cells: _Cells, radii: Any) -> Iterator[tuple[int, str, float]]:
    for column, force, sides, kilometres, _ in radii:
        size = cells.read(column, f"r{force}", read_number)
        if size is not None:
            yield from ((force, side, miles_of_km(size) if kilometres else size) for side in sides)


def _joined(told: list[tuple[int, str, float]]) -> dict[int, Quads]:
    """A quadrant that is not told beside others that are blows nowhere."""
    found: dict[int, dict[str, float]] = {}
    for force, side, miles in told:
        found.setdefault(force, {})[side] = miles
    return {force: tuple(sides.get(side, 0.0) for side in QUADRANTS) for force, sides in found.items()}  # type: ignore[misc]
