"""GeoJSON: WGS 84 by its standard (RFC 7946), or in the frame an older file names."""

import reprlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.crs import WGS84, Frame
from geo.declared import frame_declared
from geo.errors import BadInput
from ingest.outcome import Fault, Reject
from ingest.tables.csv_file import cells_of
from ingest.tables.encodings import Letters, guess_letters, name_encoding
from ingest.tables.table import RawRow, ReadOptions, Table

BOM = b"\xef\xbb\xbf"


def open_geojson(path: Path, options: ReadOptions) -> Table:
    """The features of a FeatureCollection; row 1 is the first. BadInput when it is none."""
    try:
        document = orjson.loads(path.read_bytes().removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        raise BadInput(f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise BadInput("not a GeoJSON FeatureCollection: it needs a list named features")
    header = list(dict.fromkeys(name for feature in features for name in _properties(feature) or ()))

    def rows() -> Iterator[RawRow | Reject]:
        return (_feature(number, feature) for number, feature in enumerate(features, 1))

    return Table(
        "GeoJSON",
        tuple(header),
        rows,
        count=len(features),
        shaped=True,
        frame=_frame(document),
        strict=False,
        letters=_letters(options.encoding, header, rows()),
    )


def _letters(given: str | None, header: list[str], rows: Iterator[RawRow | Reject]) -> Letters:
    return Letters(name_encoding(given)) if given else guess_letters(cells_of(header, rows), bytewise=False)


def _frame(document: dict[str, Any]) -> Frame | None:
    """WGS 84, unless the file names another frame as GeoJSON did before 2016."""
    named = document.get("crs")
    if named is None:
        return WGS84
    name = named.get("properties", {}).get("name") if isinstance(named, dict) else None
    return frame_declared(name) if isinstance(name, str) else None


def _properties(feature: Any) -> dict[str, Any] | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else None


def _feature(number: int, feature: Any) -> RawRow | Reject:
    try:
        raw = orjson.dumps(feature)
    except TypeError:  # nested more deeply than anything that is meant
        fault = Fault(None, "nested too deeply to be read", "lồng quá nhiều cấp, không đọc được")
        return Reject("bad_row", f"row {number}: {fault.en}", reprlib.repr(feature).encode(), number, faults=(fault,))
    properties = _properties(feature)
    if properties is None:
        fault = Fault(None, "a feature needs properties", "đối tượng thiếu properties")
        return Reject("bad_row", f"row {number}: {fault.en}", raw, number, faults=(fault,))
    given = feature.get("geometry")
    geometry = None if given is None else _geometry(given)
    if given is not None and geometry is None:
        said = "geometry: not readable as GeoJSON; give a geometry with lon, lat in degrees"
        fault = Fault("geometry", said, "hình học không đúng GeoJSON; ghi tọa độ kinh độ, vĩ độ")
        return Reject("bad_geometry", f"row {number}, {said}", raw, number, faults=(fault,))
    return RawRow(number, properties, raw, geometry)


def _geometry(given: Any) -> BaseGeometry | None:
    """A GeoJSON geometry without its heights, or None for what is none."""
    found = shapely.from_geojson(orjson.dumps(given), on_invalid="ignore")
    return None if found is None else shapely.force_2d(found)
