"""The ground of the units: the outlines of the cells, and of the units made of them, for every zoom.

Made from our own outlines, or from official ones in their place; the same way both times.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
import shapely
from shapely.geometry import shape

from geo.coverage import cut_like, without_overlaps
from layers.units import outlines
from layers.units.shapes import BANDS, FINE_BANDS, Shape, bands, many, stored_wkb

DATA = Path(__file__).resolve().parent.parent / "data"
DRAWN_LEVELS = ("commune", "former_district")
COMMUNE = "commune"


def own_ground(data: Path = DATA) -> list[Any]:
    """Our own outline of each cell, in the order of their numbers."""
    return [shape(f["geometry"]) for f in json.loads((data / "unit-outlines.geojson").read_text())["features"]]


def official_ground(official: Mapping[str, Any], cells: Sequence[tuple[str, Any]]) -> list[Any]:
    """The cells' outlines from official communes; a commune in two former districts is cut as our own outline is.

    `cells` are (commune code, our outline) in the order of their numbers.
    """
    codes = list(official)
    clean = dict(zip(codes, without_overlaps([official[code] for code in codes]), strict=True))
    places: dict[str, list[int]] = {}
    for number, (code, _) in enumerate(cells):
        places.setdefault(code, []).append(number)
    ground: list[Any] = [None] * len(cells)
    for code, numbers in places.items():
        pieces = [cells[n][1] for n in numbers]
        drawn = (clean[code],) if len(pieces) == 1 else cut_like(clean[code], *pieces)
        for number, piece in zip(numbers, drawn, strict=True):
            ground[number] = many(piece)
    return ground


def shapes_of(members: Mapping[int, Sequence[int]], ground: Sequence[Any], fine: bool) -> list[Shape]:
    """The outlines of units (key to cell numbers, together one coverage) for every band of zooms."""
    keys = list(members)
    polygons = [many(shapely.coverage_union_all([ground[i - 1] for i in members[key]])) for key in keys]
    return bands(keys, polygons, FINE_BANDS if fine else BANDS)


def lay(connection: psycopg.Connection, data: Path = DATA) -> bool:
    """Make cells and units follow the outlines in force; whether those are official ones."""
    rows = connection.execute("SELECT commune_code FROM cell ORDER BY id").fetchall()
    official = outlines.kept(connection, COMMUNE)
    ground = own_ground(data)
    if official:
        ground = official_ground(official, [(row[0], own) for row, own in zip(rows, ground, strict=True)])
    with connection.cursor() as cursor:
        wkbs = [(stored_wkb(many(polygon)), number) for number, polygon in enumerate(ground, 1)]
        cursor.executemany("UPDATE cell SET geom = %s WHERE id = %s", wkbs)
    connection.execute("DELETE FROM unit_shape")
    for level in DRAWN_LEVELS:
        _draw(connection, shapes_of(_members(connection, level), ground, fine=bool(official)))
    return bool(official)


def _members(connection: psycopg.Connection, level: str) -> dict[int, list[int]]:
    """The cells of each unit of today of a level, by key."""
    rows = connection.execute(
        "SELECT unit_key, array_agg(cell_id ORDER BY cell_id) FROM unit_cell JOIN unit ON key = unit_key"
        " WHERE level = %s AND valid_to IS NULL GROUP BY unit_key ORDER BY unit_key",
        (level,),
    )
    return dict(rows.fetchall())


def _draw(connection: psycopg.Connection, shapes: Sequence[Shape]) -> None:
    rows = [(s.key, s.minzoom, s.maxzoom, s.wkb) for s in shapes]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO unit_shape (unit_key, minzoom, maxzoom, geom) VALUES (%s, %s, %s, %s)", rows)
