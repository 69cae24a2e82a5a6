"""Decode and clean: a raw row against a layer's fields. A refusal names the row, the field and the fix."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from geo.clock import EARLIEST, FUTURE_ALLOWANCE
from geo.text import compose
from ingest.outcome import Reject
from ingest.tables.read import RawRow
from layers.spec import Field, FromFile, Layer


@dataclass(frozen=True)
class Checked:
    """One row understood: `values` by column, `links` as transmitter keys with their kind."""

    number: int
    code: str
    values: dict[str, Any]
    t: datetime | None
    point: tuple[float, float] | None
    commune_code: str | None
    links: tuple[tuple[str, str], ...]
    raw: bytes


class FieldFault(Exception):
    """One field of one row is wrong; the message says how to mend it."""


def check_row(layer: Layer, row: RawRow, now: datetime) -> Checked | Reject:
    """The row's values as the layer's columns want them, or why not."""
    assert layer.file is not None
    try:
        values = {f.column.key: _value(f, row.values) for f in layer.fields if f.from_file and f.column is not None}
        if layer.file.place == "geometry":
            _check_point(row.point)
        t = _time(layer.file, row.values, now)
    except FieldFault as fault:
        return Reject("bad_field", f"row {row.number}, {fault}", row.raw, row.number)
    commune = str(row.values.get("commune_code") or "") or None
    plain = {k: str(v) for k, v in row.values.items() if v is not None}
    links = tuple((link.kind, key) for link in layer.file.links if (key := link.key(plain)) is not None)
    return Checked(row.number, str(values["code"]), values, t, row.point, commune, links, row.raw)


def missing_columns(layer: Layer, row: RawRow) -> list[str]:
    """The required columns that a file's rows do not have at all."""
    needed = [f.name for f in layer.fields if f.from_file and _required(f)]
    return [name for name in needed if name not in row.values]


def content_hash_source(checked: Checked) -> bytes:
    """The bytes that two equal facts share."""
    body = [checked.values, checked.t, checked.point, checked.commune_code, checked.links]
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def _required(field: Field) -> bool:
    return field.column is not None and not field.column.nullable


def _value(field: Field, row: Mapping[str, Any]) -> Any:
    given = row.get(field.name)
    if given is None or (isinstance(given, str) and not given.strip()):
        if _required(field):
            raise FieldFault(f"field {field.name}: empty; it is required")
        return None
    assert field.column is not None
    value = _parse(field, given, field.column.type.python_type)
    if field.choices and value not in field.choices:
        raise FieldFault(f"field {field.name}: {value!r}; use one of {', '.join(field.choices)}")
    _check_range(field, value)
    return value


def _parse(field: Field, given: Any, kind: type) -> Any:
    if kind is str:
        return compose(str(given))
    try:
        number = float(str(given))
        value = int(number) if kind is int else number
    except (ValueError, OverflowError):
        raise FieldFault(f"field {field.name}: {given!r} is not a number; write digits, with a point") from None
    if kind is int and value != number:
        raise FieldFault(f"field {field.name}: {given!r} is not a whole number")
    return value


def _check_range(field: Field, value: Any) -> None:
    for limit, beyond in ((field.low, "below"), (field.high, "above")):
        if limit is not None and ((value < limit) if beyond == "below" else (value > limit)):
            raise FieldFault(f"field {field.name}: {value:g} is {beyond} {limit:g}; check the number and its unit")


def _check_point(point: tuple[float, float] | None) -> None:
    if point is None:
        raise FieldFault("geometry: missing; give a Point with lon, lat in degrees")
    lon, lat = point
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise FieldFault(
            f"geometry: lon {lon:g}, lat {lat:g} is nowhere; is east and north swapped, or is it in metres?"
        )


def _time(file: FromFile, row: Mapping[str, Any], now: datetime) -> datetime | None:
    given = row.get(file.time) if file.time else None
    if given in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(given))
    except ValueError:
        raise FieldFault(
            f"field {file.time}: {given!r} is not a time; write 2026-11-23 or 2026-11-23T14:05+07:00"
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not EARLIEST <= moment <= now + FUTURE_ALLOWANCE:
        raise FieldFault(f"field {file.time}: {given} is before 2000 or in the future; check the clock")
    return moment
