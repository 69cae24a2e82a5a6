"""GeoPackage, Shapefile and MapInfo, a batch at a time so that a million features fit. The only file with pyogrio."""

import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyogrio.raw import read as read_raw
from shapely.geometry.base import BaseGeometry

from geo.declared import frame_declared
from geo.errors import BadInput
from ingest.outcome import Fault, Reject
from ingest.tables.csv_file import cells_of
from ingest.tables.encodings import UNICODE, EncodingNeeded, Letters, guess_letters, is_utf8, name_encoding
from ingest.tables.parts import part_beside
from ingest.tables.table import RawRow, ReadOptions, Table

BATCH = 20_000
FORMATS = {".gpkg": "GeoPackage", ".shp": "Shapefile", ".tab": "MapInfo TAB", ".mif": "MapInfo MIF"}
_CHARSET = re.compile(rb'charset\s+"?([\w-]+)', re.IGNORECASE)
BEGINS = {".gpkg": b"SQLite format 3\0", ".shp": b"\0\0\x27\x0a", ".tab": b"!table", ".mif": b"version"}
"""How a file of each kind begins. Its library goes by content: a name alone could make it follow other files."""
_KIND = re.compile(rb"^\s*type\s+(\w+)", re.IGNORECASE | re.MULTILINE)
UNTOLD = {"neutral", "windowsvietnamese", ""}
"""Character sets of MapInfo under which any letters may stand."""
PAGES = {"utf-8": UNICODE, "utf8": UNICODE, "65001": UNICODE, "1258": "windows-1258", "cp1258": "windows-1258"}
"""What a .cpg file may say and we believe when the letters themselves leave a doubt."""


@dataclass(frozen=True)
class _Source:
    """One layer of a file; `bytewise` when its text is read as bytes, whose letters we find out ourselves."""

    path: Path
    layer: str
    bytewise: bool

    @property
    def encoding(self) -> str | None:
        return "ISO-8859-1" if self.bytewise else None  # the name that GDAL knows it by


def open_vector(path: Path, options: ReadOptions) -> Table:
    """One layer of a file; row 1 is its first feature. BadInput when it cannot be read."""
    _check_kind(path)
    source = _Source(path, _layer(path, options.layer_name), _in_bytes(path))
    info = _ask(source)
    header = [str(name) for name in info["fields"]]

    def rows() -> Iterator[RawRow | Reject]:
        return _rows(source, header)

    return Table(
        FORMATS[path.suffix.lower()],
        tuple(header),
        rows,
        part=source.layer,
        count=info["features"] if info["features"] >= 0 else None,
        shaped=info["geometry_type"] is not None,
        frame=frame_declared(info["crs"]),
        letters=_letters(source, options.encoding, cells_of(header, rows())),
    )


def _check_kind(path: Path) -> None:
    """BadInput unless the file is what its name says, and holds its rows itself."""
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.lower().startswith(BEGINS[suffix].lower()):
        raise BadInput(f"file {path.name!r}: it is no {FORMATS[suffix]}, whatever its name; save it again as one")
    kind = _KIND.search(head) if suffix == ".tab" else None
    if suffix == ".tab" and (kind is None or kind[1].lower() != b"native"):
        told = kind[1].decode("ascii", "replace") if kind else "no"
        raise BadInput(f"file {path.name!r}: a table of {told} type; save a copy of it again as a native MapInfo table")


def _layer(path: Path, wanted: str | None) -> str:
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
    except DataSourceError as error:
        raise BadInput(f"file {path.name!r}: cannot be opened ({error}); save it again, with all its files") from None
    listed = ", ".join(names)
    if wanted is not None and wanted not in names:
        raise BadInput(f"layer {wanted!r}: not in {path.name}, which has {listed}", field="layer_name")
    if wanted is None and len(names) != 1:
        detail = f"{path.name} has {len(names)} layers; give --layer-name, one of {listed}"
        raise BadInput(detail, field="layer_name")
    return wanted or names[0]


def _ask(source: _Source) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return dict(pyogrio.read_info(source.path, layer=source.layer, encoding=source.encoding))
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise BadInput(f"file {source.path.name!r}: cannot be read ({error}); save it again") from None


def _in_bytes(path: Path) -> bool:
    """Whether the text is bytes whose letters nobody surely declared: then we look at the bytes themselves."""
    if path.suffix.lower() in (".tab", ".mif"):
        found = _CHARSET.search(path.read_bytes()[:4096])
        return (found[1].decode("ascii", "replace").lower() if found else "") in UNTOLD
    return path.suffix.lower() == ".shp"


def _letters(source: _Source, given: str | None, cells: dict[str, list[str]]) -> Letters:
    if given:
        return Letters(name_encoding(given), bytewise=source.bytewise)
    everything = "\n".join(text for column in cells.values() for text in column)
    declared = PAGES.get(_page(source.path))
    if everything.isascii() or not source.bytewise:
        return guess_letters(cells, bytewise=False)
    if declared == UNICODE or is_utf8(everything.encode("latin-1")):
        return Letters(UNICODE, bytewise=True)
    try:
        return guess_letters(cells, bytewise=True)
    except EncodingNeeded:
        if declared is None:
            raise
        return Letters(declared, bytewise=True)


def _page(path: Path) -> str:
    """What the .cpg file beside a Shapefile says."""
    told = part_beside(path, ".cpg") if path.suffix.lower() == ".shp" else None
    return told.read_text("ascii", "replace").strip().lower().removeprefix("ansi ") if told else ""


def _rows(source: _Source, header: list[str]) -> Iterator[RawRow | Reject]:
    done = 0
    while batch := _read(source, header, done):
        yield from batch
        done += len(batch)


def _read(source: _Source, header: list[str], skip: int) -> list[RawRow | Reject]:
    """The next features, none at the end."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _, numbers, shapes, columns = read_raw(
                source.path, layer=source.layer, skip_features=skip, max_features=BATCH, force_2d=True,
                encoding=source.encoding, datetime_as_string=True, return_fids=True,
            )  # fmt: skip
    except (DataSourceError, DataLayerError, UnicodeDecodeError, ValueError) as error:
        raise BadInput(f"file {source.path.name!r}: broken after row {skip} ({error}); save it again") from None
    cells = [[_plain(v) for v in column.tolist()] for column in columns]
    geometries = [None] * len(numbers) if shapes is None else list(shapely.from_wkb(shapes, on_invalid="ignore"))
    binary = [None] * len(numbers) if shapes is None else shapes
    rows = zip(geometries, binary, zip(*cells, strict=True) if cells else [()] * len(numbers), strict=True)
    return [
        _row(number, dict(zip(header, values, strict=True)), geometry, wkb)
        for number, (geometry, wkb, values) in enumerate(rows, skip + 1)
    ]


def _row(number: int, values: dict[str, Any], geometry: BaseGeometry | None, wkb: bytes | None) -> RawRow | Reject:
    raw = orjson.dumps(values | ({"wkb": wkb.hex()} if wkb else {}), default=str)
    if wkb is not None and geometry is None:
        fault = Fault("geometry", "geometry: not readable; draw it again", "hình học hỏng; vẽ lại")
        return Reject("bad_geometry", f"row {number}, {fault.en}", raw, number, faults=(fault,))
    return RawRow(number, values, raw, geometry)


def _plain(value: Any) -> Any:
    """A cell as text, number, yes-or-no or nothing; whole numbers without the fraction the file format gives them."""
    if isinstance(value, float):
        return None if not math.isfinite(value) else int(value) if value.is_integer() else value
    return value if isinstance(value, str | int | bool | None) else str(value)
