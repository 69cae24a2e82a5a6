"""An outline is the same however it is sent: GeoJSON, KML, a notice's list of coordinates; what is none is refused."""

import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, mapping

from geo.errors import BadInput
from geo.outline_text import outline_of, read_outline

SECONDS = st.integers(0, 3599)


@st.composite
def rings(draw: st.DrawFn) -> list[tuple[float, float]]:
    """A convex ring with corners at whole seconds: what coordinates in D°M'S" can say."""
    spots = draw(st.lists(st.tuples(SECONDS, SECONDS), min_size=3, max_size=12, unique=True))
    hull = shapely.MultiPoint([(108 + x / 3600, 14 + y / 3600) for x, y in spots]).convex_hull
    if hull.geom_type != "Polygon":
        return [(108.0, 14.0), (109.0, 14.0), (109.0, 15.0)]
    return list(hull.exterior.coords)[:-1]


def dms(degrees: float, side: str) -> str:
    total = round(degrees * 3600)
    return f"{total // 3600}°{total // 60 % 60:02d}'{total % 60:02d}\"{side}"


def kml(ring: list[tuple[float, float]]) -> str:
    spots = " ".join(f"{lon},{lat},0" for lon, lat in [*ring, ring[0]])
    return (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><Polygon><outerBoundaryIs><LinearRing>'
        f"<coordinates>{spots}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>"
    )


@given(rings())
def test_three_ways_to_say_one_outline(ring: list[tuple[float, float]]) -> None:
    drawn = outline_of(ring)
    told = [f"{n + 1}. {dms(lat, 'N')}; {dms(lon, 'E')}" for n, (lon, lat) in enumerate(ring)]
    feature = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": mapping(Polygon(ring))}]}
    for text, form in (("\n".join(told), "coordinates"), (json.dumps(feature), "geojson"), (kml(ring), "kml")):
        assert read_outline(text, form).equals_exact(drawn, 1e-6, normalize=True), form


@pytest.mark.parametrize("line", [
    "A. 15°20'00\"N; 109°05'00\"E", "Điểm C: 15°20'00\"N - 109°05'00\"E", "3) 15°20'N 109°05'E",
    "15 độ 20 phút bắc, 109 độ 5 phút đông", "15,33333333 109,08333333",
])  # fmt: skip
def test_lines_as_notices_print_them(line: str) -> None:
    found = read_outline(f"{line}\n16°N 110°E\n\n14°N 110°E\n", "coordinates")
    lon, lat = found.geoms[0].exterior.coords[0]
    assert (round(lon, 6), round(lat, 6)) == (109.083333, 15.333333)


@pytest.mark.parametrize(("text", "form", "said"), [
    ("15°N 109°E\n16°N nowhere\n14°N 110°E", "coordinates", "line 2"), ("15°N 109°E", "coordinates", "three points"),
    ('{"type": "Point", "coordinates": [1, 2]}', "geojson", "no polygon"), ("{", "geojson", "not GeoJSON"),
    ("<kml/>", "kml", "no polygon"), ("<!DOCTYPE x [<!ENTITY a 'b'>]><kml>&a;</kml>", "kml", "not KML"),
    ("0 0\n10 10\n10 0\n0 10", "coordinates", "Self-intersection"), ("x", "shp", "form="),
])  # fmt: skip
def test_what_is_no_outline_is_named(text: str, form: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_outline(text, form)


def test_a_stroke_that_crosses_itself_is_taken_apart() -> None:
    bow = [(0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)]
    with pytest.raises(BadInput):
        outline_of(bow)
    mended = outline_of(bow, mend=True)
    assert isinstance(mended, MultiPolygon)
    assert mended.is_valid
    assert mended.area == pytest.approx(50)
    assert mended.contains(shapely.Point(9, 5))
    assert not mended.contains(shapely.Point(5, 9))
