"""Tiles of unit outlines: ours are generalised per zoom when written, tipg draws them as finely as they are given.

Both start from the same outlines, as finely drawn as official ones are.
"""

from collections.abc import Sequence
from statistics import mean
from typing import Any

import numpy as np
import psycopg
import shapely
from goals import Goal, Unmeasured
from ground import Ground
from rivals import Contest, both, meet
from serving import Served
from tile_addresses import addresses, ask, features, path_of, sample
from tipg import Relation, install

from geo.tilegrid import Tile
from layers.database import connect
from layers.registry import load_layers
from layers.units.shapes import BANDS, bands, many, stored_wkb

SAMPLE = 60
STEP_DEG = 0.00025
"""A vertex every thirty metres or so."""
ZOOMS = range(6, 15)
BOX = (107.2, 13.9, 109.3, 15.5)
MIDDLE = (108.4, 14.8)
UNIT = load_layers()["unit"]
RELATION = Relation("bench_raw_unit", [field.name for field in UNIT.fields])

_CELLS = """
SELECT u.key, c.id, ST_AsBinary(c.geom) FROM unit AS u
JOIN unit_cell AS uc ON uc.unit_key = u.key JOIN cell AS c ON c.id = uc.cell_id
WHERE u.valid_to IS NULL AND u.level = %s ORDER BY u.key, c.id
"""
_RAW = """
CREATE TABLE bench_raw_unit AS SELECT key, code, name, full_name, level, NULL::geometry(MultiPolygon, 4326) AS geom
FROM unit WHERE valid_to IS NULL AND level IN ('commune', 'former_district')
"""
_SHAPE = "INSERT INTO unit_shape (unit_key, minzoom, maxzoom, geom) VALUES (%s, %s, %s, %s)"

Outlines = dict[int, Any]


def draw(connection: psycopg.Connection, level: str) -> Outlines:
    """The units of a level, their ground as it is but with edges that wind as surveyed ones do."""
    ground: dict[int, list[Any]] = {}
    fine: Outlines = {}
    for key, cell, wkb in connection.execute(_CELLS, (level,)):
        if cell not in fine:
            fine[cell] = shapely.transform(shapely.segmentize(shapely.from_wkb(wkb), STEP_DEG), wind)
        ground.setdefault(key, []).append(fine[cell])
    return {key: many(shapely.coverage_union_all(cells)) for key, cells in ground.items()}


def wind(points: np.ndarray) -> np.ndarray:
    """Every place moved by up to some fifty metres, neighbours alike: no two places meet, so no two units part."""
    points = points.round(7)  # an edge divided from its other end gives the same places but for the last bits
    lon, lat = points.T * 2 * np.pi
    east = 4e-4 * np.sin(lat / 0.012) + 8e-5 * np.sin(lat / 0.0021 + lon / 0.007)
    north = 4e-4 * np.sin(lon / 0.011) + 8e-5 * np.sin(lon / 0.0019 + lat / 0.008)
    return points + np.column_stack([east, north])


def prepare(connection: psycopg.Connection) -> dict[str, object]:
    """Both tables from the same fine outlines, ours the way the program writes them; how fine they are."""
    connection.execute(_RAW)
    connection.execute("DELETE FROM unit_shape")
    vertices: list[int] = []
    for level in ("commune", "former_district"):
        drawn = draw(connection, level)
        vertices += shapely.get_num_coordinates(list(drawn.values())).tolist()
        with connection.cursor() as cursor:
            raw = [(stored_wkb(outline), key) for key, outline in drawn.items()]
            cursor.executemany("UPDATE bench_raw_unit SET geom = %s WHERE key = %s", raw)
            cursor.executemany(_SHAPE, bands_of(drawn))
    connection.execute("CREATE INDEX ON bench_raw_unit USING gist (geom)")
    connection.execute("ALTER TABLE bench_raw_unit ADD PRIMARY KEY (key)")
    connection.execute("VACUUM ANALYZE")
    return {"units": len(vertices), "least_vertices": min(vertices), "mean_vertices": round(mean(vertices))}


def bands_of(drawn: Outlines) -> list[tuple[int, int, int, str]]:
    """Rows of `unit_shape`."""
    shapes = bands(list(drawn), list(drawn.values()), BANDS)
    return [(shape.key, shape.minzoom, shape.maxzoom, shape.wkb) for shape in shapes]


def compare_units(ours: Served, theirs: Served, tiles: Sequence[Tile]) -> dict[str, object]:
    """The same units in every tile, but for slivers narrower than a pixel that a generalised outline may lose."""
    seen = size = other_size = slivers = 0
    for tile in sample(tiles, SAMPLE):
        body, other = ask(ours, path_of(UNIT.name, tile)), ask(theirs, RELATION.path(tile))
        mine, peers = units_in(body, UNIT.name), units_in(other, "default")
        lost = peers - mine
        slivers += len(lost)
        seen, size, other_size = seen + len(peers), size + len(body), other_size + len(other)
        assert len(lost) <= 1, f"{tile}: ours lacks {lost}"
    assert seen, "the sample holds no unit"
    assert slivers <= seen / 100, f"ours lacks {slivers} of {seen} units"
    found = {"sample": SAMPLE, "units_in_sample": seen, "slivers_lost": slivers}
    return found | {"mean_bytes": size // SAMPLE, "mean_bytes_tipg": other_size // SAMPLE}


def units_in(body: bytes, layer: str) -> set[tuple[str, str]]:
    """The level and code of every unit in a tile."""
    return {(f["properties"]["level"], f["properties"]["code"]) for f in features(body).get(layer, [])}


def run(ground: Ground) -> Goal:
    """Ours over tipg."""
    tiles = addresses(ZOOMS, BOX, MIDDLE)
    contest = Contest("cold tiles of outlines z6-14 / tipg, raw", 8, UNIT.name, RELATION, tiles, compare_units)
    try:
        install()
    except Unmeasured as why:
        return contest.unmeasured(why)
    with ground.fresh() as name:
        with connect(ground.cluster.url(name)) as connection:
            fineness = prepare(connection)
        with both(ground, name, RELATION) as (ours, theirs):
            goal = meet(contest, ours, theirs, ground)
    return Goal(goal.name, goal.value, goal.goal, detail={**goal.detail, **fineness})
