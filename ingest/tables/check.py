"""Decode and clean: a raw row against a layer's fields. A refusal names the row, the field and the fix."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from shapely.geometry.base import BaseGeometry

from geo.clock import EARLIEST, FUTURE_ALLOWANCE
from ingest.outcome import Reject
from ingest.tables.read import RawRow
from ingest.tables.shapes import LON_LAT, GeometryFault, describe_shape, shape_of, wanted_kind
from ingest.tables.values import FieldFault, parse_moment, parse_text, parse_value
from layers.spec import Field, FromFile, Layer, Link

COMMUNE = "commune_code"
MMSI_DIGITS = 9


@dataclass(frozen=True)
class Checked:
    """One row understood: `values` by column, `links` as transmitter keys with their kind."""

    number: int
    code: str
    values: dict[str, Any]
    t: datetime | None
    geometry: BaseGeometry | None
    commune_code: str | None
    links: tuple[tuple[str, str], ...]
    raw: bytes


def check_row(layer: Layer, row: RawRow, now: datetime) -> Checked | Reject:
    """The row's values as the layer's columns want them, or why not."""
    file = layer.file
    assert file is not None
    try:
        values = {f.column.key: _value(f, row.values) for f in layer.fields if f.from_file and f.column is not None}
        geometry = shape_of(row, wanted_kind(layer)) if file.place == "geometry" else None
        t = _time(file, row.values, now)
        commune = _said(row.values, COMMUNE) or None
        links = tuple((link.kind, key) for link in file.links if (key := _link(link, row.values)) is not None)
    except GeometryFault as fault:
        return Reject("bad_geometry", f"row {row.number}, {fault}", row.raw, row.number)
    except FieldFault as fault:
        return Reject("bad_field", f"row {row.number}, {fault}", row.raw, row.number)
    return Checked(row.number, str(values["code"]), values, t, geometry, commune, links, row.raw)


def needed_columns(layer: Layer) -> list[str]:
    """The columns a CSV file of the layer cannot do without."""
    assert layer.file is not None
    place: tuple[str, ...] = (COMMUNE,)
    if layer.file.place == "geometry":
        place = LON_LAT if wanted_kind(layer) == "POINT" else ()
    return [*(f.name for f in layer.fields if f.from_file and _required(f)), *place]


def content_hash_source(checked: Checked) -> bytes:
    """The bytes that two equal facts share."""
    body = [checked.values, checked.t, describe_shape(checked.geometry), checked.commune_code, checked.links]
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def _required(field: Field) -> bool:
    return field.column is not None and not field.column.nullable


def _said(row: Mapping[str, Any], name: str) -> str:
    """What a row says under a name, as text without spaces around it; empty when it says nothing."""
    given = row.get(name)
    return "" if given is None else parse_text(name, given)


def _value(field: Field, row: Mapping[str, Any]) -> Any:
    if not _said(row, field.name):
        if _required(field):
            raise FieldFault(f"field {field.name}: empty; it is required")
        return None
    assert field.column is not None
    value = parse_value(field.name, row[field.name], field.column.type)
    if field.choices and value not in field.values:
        raise FieldFault(f"field {field.name}: {value!r}; use one of {', '.join(field.values)}")
    _check_range(field, value)
    return value


def _check_range(field: Field, value: Any) -> None:
    for limit, beyond in ((field.low, "below"), (field.high, "above")):
        if limit is not None and ((value < limit) if beyond == "below" else (value > limit)):
            raise FieldFault(f"field {field.name}: {value:g} is {beyond} {limit:g}; check the number and its unit")


def _time(file: FromFile, row: Mapping[str, Any], now: datetime) -> datetime | None:
    if file.time is None or not _said(row, file.time):
        return None
    moment = parse_moment(file.time, row[file.time])
    if not EARLIEST <= moment <= now + FUTURE_ALLOWANCE:
        raise FieldFault(f"field {file.time}: {row[file.time]} is before 2000 or in the future; check the clock")
    return moment


def _link(link: Link, row: Mapping[str, Any]) -> str | None:
    """The transmitter a row names; half a name is a fault, for it would link to nothing without a word."""
    said = {name: _said(row, name) for name in link.columns}
    absent = [name for name, text in said.items() if not text]
    if absent and len(absent) < len(said):
        raise FieldFault(f"field {absent[0]}: empty; give all of {', '.join(said)}, or none")
    for name, text in said.items():
        if link.kind == "ais" and text and not (text.isascii() and text.isdigit() and len(text) == MMSI_DIGITS):
            raise FieldFault(f"field {name}: {text!r} is no MMSI; write its nine digits")
    return link.key(said)
