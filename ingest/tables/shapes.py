"""The geometry of a row as its layer's column stores it. Nothing is repaired: what is wrong is refused, with where."""

import re
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from ingest.tables.table import RawRow
from ingest.tables.values import FieldFault, parse_number, parse_text
from layers.spec import Filed

LON_LAT = ("lon", "lat")
"""The CSV columns of a point, degrees in EPSG:4326."""
PLAUSIBLE = (95.0, 0.0, 125.0, 30.0)
"""West, south, east, north: Việt Nam and its sea with much room; beyond lies only what was misread."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "POINT": ("Point",),
    "MULTIPOLYGON": ("Polygon", "MultiPolygon"),
    "MULTILINESTRING": ("LineString", "MultiLineString"),
}
"""By what a column stores: the kinds of geometry a file may bring for it."""
_FAULT = re.compile(r"(?P<what>[^[]+)\[(?P<lon>\S+) (?P<lat>\S+)\]")


class GeometryFault(FieldFault):
    """The geometry of one row is wrong; the message says where and how to mend it."""


def wanted_kind(layer: Filed) -> str:
    """What the layer's column stores: one of KINDS."""
    return str(layer.model.__table__.c.geom.type.geometry_type)


def shape_of(row: RawRow, kind: str) -> BaseGeometry:
    """The row's geometry (EPSG:4326) in the kind the column stores; GeometryFault or FieldFault says why not."""
    given = row.geometry
    if given is None and kind == "POINT" and any(name in row.values for name in LON_LAT):
        given = shapely.Point(*(_degrees(row.values, name) for name in LON_LAT))
    names = KINDS[kind]
    if given is None or given.is_empty or given.geom_type not in names:
        wanted = " or ".join(names)
        raise GeometryFault(
            f"geometry: {_found(given)}give a {wanted} with lon, lat in degrees", f"hình học: cần {wanted}, có tọa độ"
        )
    _check_place(given)
    if kind != "POINT":
        _check_outline(given)
    return _as_many(given) if kind.startswith("MULTI") else given


def describe_shape(shape: BaseGeometry | None) -> Any:
    """The geometry as two equal facts share it."""
    if shape is None or isinstance(shape, shapely.Point):
        return None if shape is None else (shape.x, shape.y)
    return shapely.to_wkb(shape, hex=True)


def _found(given: BaseGeometry | None) -> str:
    if given is None:
        return ""
    return f"an empty {given.geom_type}; " if given.is_empty else f"a {given.geom_type} has no place here; "


def _check_place(shape: BaseGeometry) -> None:
    """Every vertex lies where this map can be."""
    west, south, east, north = shape.bounds
    for lon, lat in ((west, south), (east, north)):
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise GeometryFault(
                f"geometry: lon {lon:g}, lat {lat:g} is nowhere; is east and north swapped, or is it in metres?",
                f"tọa độ {lon:g}; {lat:g} không có trên trái đất; đổi cột đông – bắc, hay số tính bằng mét?",
            )
        if not (PLAUSIBLE[0] <= lon <= PLAUSIBLE[2] and PLAUSIBLE[1] <= lat <= PLAUSIBLE[3]):
            raise GeometryFault(
                f"geometry: lon {lon:g}, lat {lat:g} is far from Việt Nam and its sea; check the order of the numbers"
                " and the coordinate system",
                f"tọa độ {lon:g}; {lat:g} xa Việt Nam; xem lại thứ tự cột và hệ tọa độ",
            )


def _check_outline(shape: BaseGeometry) -> None:
    """An outline encloses ground only when no two of its sides cross."""
    if shapely.is_valid(shape):
        return
    reason = shapely.is_valid_reason(shape)
    found = _FAULT.fullmatch(reason)
    if found is None:
        raise GeometryFault(f"geometry: {reason.lower()}; draw it again", f"hình học sai ({reason}); vẽ lại")
    where = f"near lon {float(found['lon']):.5f}, lat {float(found['lat']):.5f}"
    spot = f"{float(found['lon']):.5f}; {float(found['lat']):.5f}"
    if "intersection" in found["what"].lower():
        raise GeometryFault(
            f"geometry: the outline crosses itself {where}; move or delete a vertex there so that no two sides cross",
            f"đường bao tự cắt tại {spot}; dời hoặc xóa một đỉnh ở đó để các cạnh không cắt nhau",
        )
    raise GeometryFault(f"geometry: {found['what'].lower()} {where}; draw it again there", f"sai tại {spot}; vẽ lại")


def _as_many(shape: BaseGeometry) -> BaseGeometry:
    if isinstance(shape, shapely.Polygon):
        return shapely.MultiPolygon([shape])
    return shapely.MultiLineString([shape]) if isinstance(shape, shapely.LineString) else shape


def _degrees(row: Mapping[str, Any], name: str) -> float:
    if not ("" if row.get(name) is None else parse_text(name, row[name])):
        detail = f"field {name}: empty; give the place in degrees (WGS 84)"
        raise FieldFault(detail, "trống; ghi tọa độ bằng độ (WGS 84)")
    return parse_number(name, row[name], 180)
