"""Read: a CSV or GeoJSON file as raw rows with their number and bytes. No field is understood here."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadInput
from ingest.outcome import Reject

MAX_BYTES = 100_000_000
SUFFIXES = (".csv", ".geojson", ".json")
BOM = b"\xef\xbb\xbf"
DELIMITERS = ",;\t"  # a Vietnamese Excel separates by semicolons and calls it CSV all the same


@dataclass(frozen=True)
class RawRow:
    """One row as sent: `values` by column name, `geometry` (EPSG:4326, two dimensions) when it came with one."""

    number: int
    values: Mapping[str, Any]
    raw: bytes
    geometry: BaseGeometry | None = None


def read_rows(path: Path, columns: Collection[str] = ()) -> Iterator[RawRow | Reject]:
    """The rows of a file; BadInput when it is no file we can read, Reject for a row that is no row.

    A CSV file's header line must name all `columns`; features may leave out what they do not know.
    """
    if not path.is_file():
        raise BadInput(f"file {str(path)!r}: not found, or not a file; give the path of a CSV or GeoJSON file")
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput(f"file {path.name!r}: use one of {', '.join(SUFFIXES)}")
    if path.stat().st_size > MAX_BYTES:
        raise BadInput(f"file {path.name!r}: larger than {MAX_BYTES // 1_000_000} MB; split it")
    raw = path.read_bytes()
    return csv_rows(raw, columns) if path.suffix.lower() == ".csv" else geojson_rows(raw)


def csv_rows(raw: bytes, columns: Collection[str] = ()) -> Iterator[RawRow | Reject]:
    """Rows of UTF-8 CSV with a header line; row 1 is the first one after it."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"byte {error.start}: not UTF-8; save the file as CSV UTF-8") from None
    lines = _split(text)
    header = [name.strip() for name in next(lines, ([], b""))[0]]
    _check_header(header, columns)
    for number, (cells, line) in enumerate(lines, 1):
        if not any(cells):
            continue
        if len(cells) != len(header):
            detail = f"row {number}: {len(cells)} columns, the header has {len(header)}; is a quotation mark open?"
            yield Reject("bad_row", detail, line, number)
            continue
        yield RawRow(number, dict(zip(header, cells, strict=True)), line)


def _split(text: str) -> Iterator[tuple[list[str], bytes]]:
    """The cells of each row with the very bytes they came from (a row may span lines inside quotes)."""
    first_line = text.partition("\n")[0]
    stream = io.StringIO(text, newline="")
    rows = csv.reader(stream, delimiter=max(DELIMITERS, key=first_line.count))
    began = 0
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            raise BadInput(f"line {rows.line_num}: {error}; is a quotation mark left open?") from None
        if cells is None:
            return
        ended = stream.tell()
        yield cells, text[began:ended].rstrip("\r\n").encode()
        began = ended


def _check_header(header: list[str], columns: Collection[str]) -> None:
    if not any(header):
        raise BadInput("the file is empty; its first line must name the columns")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise BadInput(f"column(s) {', '.join(map(repr, twice))} named twice in the header line; keep one of each")
    absent = [name for name in columns if name not in header]
    if absent:
        raise BadInput(f"column(s) {', '.join(absent)} missing; add them to the header line", field=absent[0])


def geojson_rows(raw: bytes) -> Iterator[RawRow | Reject]:
    """Features of a GeoJSON FeatureCollection (RFC 7946: WGS 84); row 1 is the first feature."""
    try:
        document = orjson.loads(raw.removeprefix(BOM))
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
    given = feature.get("geometry")
    geometry = None if given is None else _geometry(given)
    if given is not None and geometry is None:
        detail = f"row {number}, geometry: not readable as GeoJSON; give a geometry with lon, lat in degrees"
        return Reject("bad_geometry", detail, raw, number)
    return RawRow(number, properties, raw, geometry)


def _geometry(given: Any) -> BaseGeometry | None:
    """A GeoJSON geometry without its heights, or None for what is none."""
    found = shapely.from_geojson(orjson.dumps(given), on_invalid="ignore")
    return None if found is None else shapely.force_2d(found)
