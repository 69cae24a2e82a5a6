"""ATCF lines (a-deck, b-deck): comma-separated, one line per forecast hour and wind radius.

Of a line are read: moment (field 3, UTC), forecast hour (6), lat and lon in tenths with N/S, E/W (7, 8), wind in knots
(9), and of radii the knots (12), the code (13: AAA is a full circle, NEQ quadrants from the north-east) and four radii
in nautical miles (14 to 17).
"""

from datetime import UTC, datetime, timedelta

from ingest.storm.scale import Scale
from layers.storm.draft import Fault, PointDraft, Quads

LEAST = 9


def read_atcf(body: bytes, scale: Scale) -> tuple[list[PointDraft], list[Fault]]:
    """The points of the newest run in the file, and what cannot be read; lines count from 1."""
    found: dict[datetime, PointDraft] = {}
    faults, runs = list[Fault](), set[str]()
    lines = [line.split(",") for line in body.decode("utf-8", "replace").splitlines()]
    lines = [[part.strip() for part in line] for line in lines]
    newest = max((line[2] for line in lines if len(line) >= LEAST and line[2].isdigit()), default="")
    for number, line in enumerate(lines, 1):
        if line == [""] or (len(line) >= LEAST and line[2].isdigit() and line[2] != newest):
            continue
        try:
            point, technique = _point(line, number, scale)
        except ValueError as error:
            faults.append(Fault(number, "line", str(error)))
            continue
        runs.add(technique)
        before = found.get(point.t)
        found[point.t] = point if before is None else _with(before, point)
    if len(runs) > 1:
        faults.append(Fault(0, "technique", f"{', '.join(sorted(runs))} in one file; keep one"))
    return sorted(found.values(), key=lambda point: point.t), faults


def _point(line: list[str], number: int, scale: Scale) -> tuple[PointDraft, str]:
    if len(line) < LEAST:
        raise ValueError(f"{len(line)} fields; an ATCF line has at least {LEAST}")
    try:
        t = datetime.strptime(line[2], "%Y%m%d%H").replace(tzinfo=UTC) + timedelta(hours=int(line[5]))
        lat, lon = (_tenths(line[n], sides) for n, sides in ((6, "NS"), (7, "EW")))
        wind = float(line[8]) if line[8] else None
        radii = _radii(line, scale)
    except (ValueError, IndexError) as error:
        raise ValueError(
            f"cannot be read ({error}); expected like AL, 01, 2026112300, , JTWC, 24, 145N, 1120E, 65"
        ) from None
    return PointDraft(t, lon, lat, wind, radii, "knots", number), line[4]


def _tenths(text: str, sides: str) -> float:
    size, side = text[:-1], text[-1:]
    if side not in sides or not size.isdigit():
        raise ValueError(f"{text!r} is not like 145{sides[0]}")
    return int(size) / 10 * (1 if side == sides[0] else -1)


def _radii(line: list[str], scale: Scale) -> dict[int, Quads]:
    if len(line) < 14 or not line[11] or not line[11].isdigit() or int(line[11]) == 0:
        return {}
    sizes = [float(part or 0) for part in (line[13:17] + ["0"] * 4)[:4]]
    if line[12] == "AAA":
        sizes = sizes[:1] * 4
    elif line[12] != "NEQ":
        raise ValueError(f"radius code {line[12]!r}: AAA and NEQ are known")
    return {scale.force(int(line[11])): (sizes[0], sizes[1], sizes[2], sizes[3])}


def _with(one: PointDraft, other: PointDraft) -> PointDraft:
    """A further radius of the same moment."""
    radii = {**one.radii, **other.radii}
    return PointDraft(one.t, one.lon, one.lat, one.wind_kt, radii, "knots", one.row)
