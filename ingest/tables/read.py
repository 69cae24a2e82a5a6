"""Read: a CSV or GeoJSON file as raw rows with their number and bytes. No field is understood here."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from geo.errors import BadInput
from ingest.outcome import Reject

MAX_BYTES = 100_000_000
SUFFIXES = (".csv", ".geojson", ".json")


@dataclass(frozen=True)
class RawRow:
    """One row as sent: `values` by column name, `point` (lon, lat in degrees) when the file has geometry."""

    number: int
    values: Mapping[str, Any]
    raw: bytes
    point: tuple[float, float] | None = None


def read_rows(path: Path) -> Iterator[RawRow | Reject]:
    """The rows of a file; BadInput when it is no file we can read, Reject for a row that is no row."""
    if not path.is_file():
        raise BadInput(f"file {str(path)!r}: not found, or not a file; give the path of a CSV or GeoJSON file")
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput(f"file {path.name!r}: use one of {', '.join(SUFFIXES)}")
    if path.stat().st_size > MAX_BYTES:
        raise BadInput(f"file {path.name!r}: larger than {MAX_BYTES // 1_000_000} MB; split it")
    raw = path.read_bytes()
    return csv_rows(raw) if path.suffix.lower() == ".csv" else geojson_rows(raw)


def csv_rows(raw: bytes) -> Iterator[RawRow | Reject]:
    """Rows of UTF-8 CSV with a header line; row 1 is the first line after it."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"byte {error.start}: not UTF-8; save the file as CSV UTF-8") from None
    lines = csv.reader(io.StringIO(text, newline=""))
    header = next(lines, None)
    if not header or not any(header):
        raise BadInput("the file is empty; its first line must name the columns")
    for number, cells in enumerate(lines, 1):
        line = ",".join(cells).encode()
        if not any(cells):
            continue
        if len(cells) != len(header):
            yield Reject("bad_row", f"row {number}: {len(cells)} columns, the header has {len(header)}", line, number)
            continue
        yield RawRow(number, dict(zip(header, cells, strict=True)), line)


def geojson_rows(raw: bytes) -> Iterator[RawRow | Reject]:
    """Features of a GeoJSON FeatureCollection (RFC 7946: WGS 84); row 1 is the first feature."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise BadInput("not a GeoJSON FeatureCollection: it needs a list named features")
    for number, feature in enumerate(features, 1):
        yield _feature(number, feature)


def _feature(number: int, feature: Any) -> RawRow | Reject:
    raw = orjson.dumps(feature)
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return Reject("bad_row", f"row {number}: a feature needs properties", raw, number)
    point = _point(feature.get("geometry"))
    if point is None:
        return Reject("bad_geometry", f"row {number}, geometry: give a Point with lon, lat in degrees", raw, number)
    return RawRow(number, properties, raw, point)


def _point(geometry: Any) -> tuple[float, float] | None:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    match geometry.get("coordinates"):
        case [int() | float() as lon, int() | float() as lat, *_]:
            return float(lon), float(lat)
    return None
