"""An outline as people send it: GeoJSON, KML, or a list of coordinates as a notice prints it.

Each gives one valid shapely MultiPolygon in EPSG:4326, or BadInput that says which line or part could not be read.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import shapely
from defusedxml.ElementTree import fromstring
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.validation import explain_validity

from geo.degrees import parse_place
from geo.errors import BadInput

MOST_POINTS = 5_000
_LABEL = re.compile(r"^\s*(?:(?:điểm|diem|point|đ|p)\s*)?[A-Za-z]?\d{0,3}\s*[.):]\s+", re.IGNORECASE)
_DASH = re.compile(r"\s[-–—]\s")
_KML = "{http://www.opengis.net/kml/2.2}"
Ring = Sequence[tuple[float, float]]


def read_outline(text: str, form: str) -> MultiPolygon:
    """The outline that a text of a form (geojson, kml, coordinates) draws."""
    readers = {"geojson": _read_geojson, "kml": _read_kml, "coordinates": _read_coordinates}
    if form not in readers:
        raise BadInput(f"form={form[:20]!r}: use one of {', '.join(readers)}", field="form")
    return check_outline(readers[form](text))


def outline_of(ring: Ring, *, mend: bool = False) -> MultiPolygon:
    """The outline of one ring of (longitude, latitude); with `mend` a stroke that crosses itself is taken apart."""
    if len(ring) < 3:
        raise BadInput("ring: an area needs three points or more", field="ring", title="Vùng cần ít nhất ba điểm")
    drawn = Polygon(ring)
    return check_outline(_join([shapely.make_valid(drawn)]) if mend and not drawn.is_valid else MultiPolygon([drawn]))


def check_outline(outline: MultiPolygon) -> MultiPolygon:
    """The same, when its lines do not cross themselves and it lies on the globe."""
    outline = shapely.force_2d(outline)
    points = shapely.get_coordinates(outline)
    if outline.is_empty or len(points) == 0:
        raise BadInput("outline: no polygon in it", field="outline", title="Không có vùng nào trong nội dung gửi lên")
    if len(points) > MOST_POINTS:
        raise BadInput(f"outline: {len(points)} points; at most {MOST_POINTS}", field="outline", title="Quá nhiều điểm")
    if (abs(points) > (180.0, 90.0)).any():
        raise BadInput("outline: longitude, latitude in degrees", field="outline", title="Tọa độ ngoài phạm vi")
    if not outline.is_valid:
        found = explain_validity(outline)
        raise BadInput(f"outline: {found}; put its points in order", field="outline", title="Đường bao tự cắt nhau")
    return outline


def _read_geojson(text: str) -> MultiPolygon:
    try:
        found = [shape(each) for each in _geometries(orjson.loads(text))]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        raise BadInput("outline: not GeoJSON", field="outline", title="Không đọc được GeoJSON") from None
    return _join(found)


def _geometries(told: Any) -> Iterator[dict[str, Any]]:
    """Every geometry of a feature collection, a feature, or a geometry."""
    if told["type"] == "FeatureCollection":
        for feature in told["features"]:
            yield from _geometries(feature)
    elif told["type"] == "Feature":
        yield told["geometry"]
    else:
        yield told


def _read_kml(text: str) -> MultiPolygon:
    try:
        root = fromstring(text.encode())
        found = [_kml_polygon(each) for each in root.iter(f"{_KML}Polygon")]
    except Exception:  # whatever an XML reader finds wrong
        raise BadInput("outline: not KML 2.2", field="outline", title="Không đọc được KML") from None
    return _join(found)


def _kml_polygon(node: Any) -> Polygon:
    rings = [_kml_ring(each) for side in ("outer", "inner") for each in node.iter(f"{_KML}{side}BoundaryIs")]
    return Polygon(rings[0], rings[1:])


def _kml_ring(node: Any) -> list[tuple[float, float]]:
    (told,) = node.iter(f"{_KML}coordinates")
    spots = [part.split(",") for part in (told.text or "").split()]
    return [(float(spot[0]), float(spot[1])) for spot in spots]


def _read_coordinates(text: str) -> MultiPolygon:
    """One point a line, latitude first as notices have it: `A. 15°20'00"N 109°05'00"E`."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    ring = [_spot(number, line) for number, line in lines]
    if len(ring) < 3:
        raise BadInput("outline: three points or more", field="outline", title="Vùng cần ít nhất ba điểm")
    return MultiPolygon([Polygon(ring)])


def _spot(number: int, line: str) -> tuple[float, float]:
    told = _DASH.sub("; ", line)
    found = parse_place(_LABEL.sub("", told).strip(" ;,.")) or parse_place(told.strip(" ;,."))
    if found is None:
        said = line.strip()[:60]
        raise BadInput(f"outline: line {number} is no place: {said!r}", field="outline",
                       title=f"Dòng {number} không đọc được tọa độ: {said}")  # fmt: skip
    return found[1], found[0]


def _join(found: list[Any]) -> MultiPolygon:
    """All polygons as one; overlapping ones flow together."""
    loose = [part for each in found if each is not None for part in (each.geoms if _is_mixed(each) else [each])]
    areas = [each for each in loose if each.geom_type in ("Polygon", "MultiPolygon")]
    if not areas:
        raise BadInput("outline: no polygon in it", field="outline", title="Không có vùng nào trong nội dung gửi lên")
    parts = [part for each in areas for part in getattr(each, "geoms", [each])]
    if len(parts) == 1 or not all(part.is_valid for part in parts):
        return MultiPolygon(parts)
    joined = shapely.union_all(parts)
    return joined if joined.geom_type == "MultiPolygon" else MultiPolygon([joined])


def _is_mixed(geometry: Any) -> bool:
    return bool(geometry.geom_type == "GeometryCollection")
