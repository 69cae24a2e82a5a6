"""Areas and lines: sound ones stored as they came, wrong ones refused with where and what to do; none is mended."""

from collections.abc import Callable
from typing import Any

import orjson
import psycopg
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ingest.tables.shapes import GeometryFault, shape_of
from ingest.tables.table import RawRow

ZONE = {"code": "Z1", "name": "Vùng thử", "kind": "protected", "verified": "không", "basis": "bịa để thử"}
LINE = {"code": "L1", "name": "Đường thử", "kind": "other", "basis": "bịa để thử"}
SQUARE = [[109.0, 15.0], [109.2, 15.0], [109.2, 15.2], [109.0, 15.2], [109.0, 15.0]]
BOW_TIE = [[109.0, 15.0], [109.2, 15.2], [109.2, 15.0], [109.0, 15.2], [109.0, 15.0]]
HOLE = [[109.05, 15.05], [109.1, 15.05], [109.1, 15.1], [109.05, 15.1], [109.05, 15.05]]


def collection(*features: tuple[dict[str, Any], Any]) -> bytes:
    rows = [{"type": "Feature", "properties": told, "geometry": shape} for told, shape in features]
    return orjson.dumps({"type": "FeatureCollection", "features": rows})


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_zone_that_crosses_itself_is_refused_with_where_and_the_fix(check: Callable):
    good, (reject,), _ = check("zone", "z.geojson", collection((ZONE, polygon(BOW_TIE))))
    assert good == []
    assert reject.reason == "bad_geometry"
    assert reject.detail == (
        "row 1, geometry: the outline crosses itself near lon 109.10000, lat 15.10000;"
        " move or delete a vertex there so that no two sides cross"
    )
    assert orjson.loads(reject.raw)["geometry"]["coordinates"] == [BOW_TIE]


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (polygon(SQUARE, [[108.0, 15.0], [108.1, 15.0], [108.1, 15.1], [108.0, 15.0]]), "hole lies outside"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [HOLE]]}, "nested"),
        (polygon([[109.0, 15.0], [109.1, 15.0], [109.0, 15.0], [109.0, 15.0]]), "draw it again"),
        ({"type": "Point", "coordinates": [109.0, 15.0]}, "a Point has no place here; give a Polygon"),
        ({"type": "LineString", "coordinates": SQUARE}, "a LineString has no place here; give a Polygon"),
        ({"type": "Polygon", "coordinates": []}, "an empty Polygon; give a Polygon"),
        (None, "give a Polygon or MultiPolygon"),
    ],
)
def test_what_is_no_sound_area_is_refused(check: Callable, shape, words):
    good, (reject,), _ = check("zone", "z.geojson", collection((ZONE, shape)))
    assert good == []
    assert reject.detail.startswith("row 1, geometry: ")
    assert words in reject.detail.lower() or words in reject.detail


def test_a_sound_zone_is_stored_vertex_by_vertex(load: Callable, connection: psycopg.Connection):
    assert load("zone", "z.geojson", collection((ZONE, polygon(SQUARE, HOLE)))).rejects == []
    row = connection.execute("SELECT ST_AsText(geom), ST_SRID(geom), verified, basis FROM zone").fetchone()
    assert row is not None
    assert shapely.from_wkt(row[0]).equals(shapely.MultiPolygon([shapely.Polygon(SQUARE, [HOLE])]))
    assert row[1:] == (4326, False, "bịa để thử")


def test_a_zone_whose_outline_was_mended_is_a_correction(load: Callable, connection: psycopg.Connection):
    load("zone", "z.geojson", collection((ZONE, polygon(SQUARE))))
    assert load("zone", "z.geojson", collection((ZONE, polygon(SQUARE)))).summary.duplicates == 1
    assert load("zone", "z.geojson", collection((ZONE, polygon(SQUARE, HOLE)))).summary.stored == 1
    rows = connection.execute("SELECT id, superseded_at IS NULL FROM zone ORDER BY row_id").fetchall()
    assert [standing for _, standing in rows] == [False, True]
    assert len({entity for entity, _ in rows}) == 1


def test_a_boundary_is_loaded_from_its_owners_file(load: Callable, connection: psycopg.Connection):
    line = {"type": "LineString", "coordinates": [[109.3, 15.6], [109.5, 15.1], [109.4, 14.7]]}
    wrong = {"type": "LineString", "coordinates": [[15.6, 89.0], [15.1, 89.5]]}
    loaded = load("boundary", "l.geojson", collection((LINE, line), (LINE | {"code": "L2"}, wrong)))
    assert loaded.summary.stored == 1
    assert [r.reason for r in loaded.rejects] == ["bad_geometry"]
    row = connection.execute("SELECT ST_AsText(geom) FROM boundary").fetchone()
    assert row == ("MULTILINESTRING((109.3 15.6,109.5 15.1,109.4 14.7))",)


def test_no_boundary_is_shipped(connection: psycopg.Connection):
    assert connection.execute("SELECT count(*) FROM boundary").fetchone() == (0,)


corners = st.tuples(st.floats(105, 118), st.floats(6, 22))


@given(st.lists(corners, min_size=3, max_size=7))
def test_an_area_is_taken_exactly_when_it_is_sound(ring):
    drawn = shapely.Polygon(ring)
    row = RawRow(1, {}, b"", drawn)
    if drawn.is_valid and not drawn.is_empty:
        taken = shape_of(row, "MULTIPOLYGON")
        assert list(taken.geoms[0].exterior.coords) == list(drawn.exterior.coords)
        return
    with pytest.raises(GeometryFault, match="; "):  # what is wrong; what to do
        shape_of(row, "MULTIPOLYGON")
