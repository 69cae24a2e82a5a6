"""Official outlines against ours and against each other: what differs, and what is wrong, in words that mend it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import shapely

from geo.coverage import Fault, agreement, area_km2, gaps, overlaps

MOST_OVERLAP_KM2 = 0.5
"""Of two communes: more is not a matter of drawing."""
MOST_GAP_KM2 = 1.0
LEAST_AGREEMENT = 0.5
"""Of a commune's official outline with ours: less means that the code stands beside another commune's outline."""


@dataclass(frozen=True)
class Change:
    """One commune: our area, the official one (km²), their difference in percent, and the share both drawings have."""

    code: str
    name: str
    ours_km2: float
    official_km2: float
    agreement: float

    @property
    def difference_pct(self) -> float:
        """How much larger (or, below zero, smaller) the official outline is."""
        return (self.official_km2 / self.ours_km2 - 1) * 100


@dataclass
class Report:
    """What came of the file: `faults` must be mended first; `moved` facts by layer, once the outlines were laid."""

    changes: list[Change] = field(default_factory=list)
    overlaps: list[Fault] = field(default_factory=list)
    gaps: list[Fault] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)

    @property
    def worst(self) -> list[Change]:
        """The communes whose areas differ most first."""
        return sorted(self.changes, key=lambda change: -abs(change.difference_pct))


def compare(connection: psycopg.Connection, polygons: dict[str, Any], tolerance_pct: float) -> Report:
    """The outlines against ours and against each other."""
    report = Report()
    ours = _ours(connection)
    report.faults += _check_codes(polygons, {code: name for code, (name, _) in ours.items()})
    for code in polygons.keys() & ours.keys():
        name, own = ours[code]
        change = Change(code, name, area_km2(own), area_km2(polygons[code]), agreement(own, polygons[code]))
        report.changes.append(change)
    report.faults += [_too_far(c, tolerance_pct) for c in report.worst if not _is_near(c, tolerance_pct)]
    codes = list(polygons)
    report.overlaps, report.gaps = overlaps(list(polygons.values())), gaps(list(polygons.values()))
    report.faults += [_overlap(f, codes) for f in report.overlaps if f.area_km2 > MOST_OVERLAP_KM2]
    report.faults += [_gap(f) for f in report.gaps if f.area_km2 > MOST_GAP_KM2]
    return report


def _ours(connection: psycopg.Connection) -> dict[str, tuple[str, Any]]:
    """Name and outline (as now in force) of each commune of today."""
    rows = connection.execute(
        "SELECT u.code, u.full_name, ST_AsBinary(ST_Union(c.geom)) FROM unit AS u JOIN unit_cell ON unit_key = u.key"
        " JOIN cell AS c ON c.id = cell_id WHERE u.level = %s AND u.valid_to IS NULL GROUP BY u.code, u.full_name",
        ("commune",),
    )
    return {code: (name, shapely.from_wkb(bytes(geom))) for code, name, geom in rows}


def _check_codes(given: dict[str, Any], known: dict[str, str]) -> list[str]:
    absent, strange = sorted(known.keys() - given.keys()), sorted(given.keys() - known.keys())
    faults = []
    if absent:
        named = ", ".join(f"{code} {known[code]}" for code in absent[:10])
        faults.append(f"{len(absent)} of {len(known)} communes are absent: {named}; the file must have them all")
    if strange:
        faults.append(f"no commune of today has the code {', '.join(strange[:10])}; see /api/units?level=commune")
    return faults


def _is_near(change: Change, tolerance_pct: float) -> bool:
    return abs(change.difference_pct) <= tolerance_pct and change.agreement >= LEAST_AGREEMENT


def _too_far(change: Change, tolerance_pct: float) -> str:
    said = f"{change.code} {change.name}: {change.official_km2:.2f} km² against {change.ours_km2:.2f}"
    if change.agreement < LEAST_AGREEMENT:
        share = f"only {change.agreement:.0%} of its ground is where ours is"
        return f"{said}, {share}; does the code stand beside the right outline, in the right coordinate system?"
    difference = f"{change.difference_pct:+.1f} %, more than {tolerance_pct:g} %"
    return f"{said}, {difference}; check the outline, or allow more with --tolerance"


def _overlap(fault: Fault, codes: Sequence[str]) -> str:
    first, second = (codes[i] for i in fault.who)
    return f"{first} and {second} share {fault.area_km2:.2f} km² {_near(fault)}; draw their border once"


def _gap(fault: Fault) -> str:
    return f"{fault.area_km2:.2f} km² belong to no commune {_near(fault)}; give them to one"


def _near(fault: Fault) -> str:
    return f"near lon {fault.lon:.5f}, lat {fault.lat:.5f}"
