"""Decode and clean: a raw row against a layer's fields. A refusal names the row, the field and the fix."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from shapely.geometry.base import BaseGeometry
from sqlalchemy.types import TypeEngine

from geo.clock import EARLIEST, FUTURE_ALLOWANCE
from geo.text import fold
from ingest.outcome import Fault, Reject
from ingest.tables.shapes import LON_LAT, GeometryFault, describe_shape, shape_of, wanted_kind
from ingest.tables.table import RawRow
from ingest.tables.values import FieldFault, from_day_first, parse_moment, parse_text, parse_value
from layers.spec import Field, Filed, FromFile, Link

COMMUNE = "commune_code"
MMSI_DIGITS = 9
KEY_MARK = " / "
DIGITS_KEPT = 2
"""Decimals of a number taken to our unit from another."""
_FIELD = re.compile(r"field (\w+): ")


@dataclass(frozen=True)
class Checked:
    """One row understood: `values` by column, `links` as transmitter keys with their kind, `seals` by key."""

    number: int
    code: str
    values: dict[str, Any]
    t: datetime | None
    geometry: BaseGeometry | None
    commune_code: str | None
    links: tuple[tuple[str, str], ...]
    raw: bytes
    seals: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class _Rule:
    """A field as rows are held against it, looked up once for all rows of a file."""

    field: Field
    name: str
    key: str
    required: bool
    values: tuple[str, ...]
    type: TypeEngine[Any]
    factor: float = 1.0
    day_first: bool = False


class RowCheck:
    """Holds the rows of a file against a layer's fields; `factors` take a column's numbers to our unit."""

    def __init__(self, layer: Filed, now: datetime, factors: Mapping[str, float] | None = None) -> None:
        assert layer.file is not None
        self._file, self._now, factor = layer.file, now, factors or {}
        self._kind = wanted_kind(layer) if layer.file.place == "geometry" else None
        columns = [(f, f.column) for f in layer.fields if f.from_file and f.column is not None]
        self._rules = [
            _Rule(f, f.name, str(c.key), _required(f), f.values, c.type, factor.get(f.name, 1.0), layer.file.day_first)
            for f, c in columns
        ]

    def check(self, row: RawRow) -> Checked | Reject:
        """The row's values as the layer's columns want them, or everything that is wrong with it."""
        wrong: list[tuple[str | None, FieldFault]] = []
        file, given = self._file, row.values
        values = {rule.key: _try(wrong, rule.name, _value, rule, given.get(rule.name)) for rule in self._rules}
        geometry = _try(wrong, "geometry", shape_of, row, self._kind) if self._kind else None
        t = _try(wrong, file.time, _time, file, given, self._now)
        commune = _try(wrong, COMMUNE, _said, given, COMMUNE) or None
        keys = [(link.kind, _try(wrong, link.columns[0], _link, link, given)) for link in file.links]
        told = [_try(wrong, link.seal, _said, given, link.seal) if link.seal else None for link in file.links]
        if wrong:
            return _refused(row, wrong)
        links = tuple((kind, key) for kind, key in keys if key is not None)
        values |= dict(file.fixed)
        if file.key:
            values["code"] = KEY_MARK.join(str(values[name]) for name in file.key)
        seals = tuple((key, seal) for (_, key), seal in zip(keys, told, strict=True) if key is not None and seal)
        return Checked(row.number, str(values["code"]), values, t, geometry, commune, links, row.raw, seals)


def _try(wrong: list[tuple[str | None, FieldFault]], name: str | None, parse: Callable[..., Any], *given: Any) -> Any:
    """What a part of a row comes to; a fault is noted under the field it names."""
    try:
        return parse(*given)
    except FieldFault as fault:
        said = _FIELD.match(str(fault))
        wrong.append((said[1] if said else name, fault))
        return None


def _refused(row: RawRow, wrong: list[tuple[str | None, FieldFault]]) -> Reject:
    reason = "bad_geometry" if isinstance(wrong[0][1], GeometryFault) else "bad_field"
    detail = f"row {row.number}, {', and '.join(str(fault) for _, fault in wrong)}"
    faults = tuple(Fault(name, str(fault), fault.vi) for name, fault in wrong)
    return Reject(reason, detail, row.raw, row.number, faults=faults)


def needed_columns(layer: Filed) -> list[str]:
    """The columns a CSV file of the layer cannot do without."""
    assert layer.file is not None
    place: tuple[str, ...] = (COMMUNE,) if layer.file.place == "commune_code" else ()
    if layer.file.place == "geometry":
        place = LON_LAT if wanted_kind(layer) == "POINT" else ()
    when = [layer.file.time] if layer.file.time and layer.file.time_needed else []
    return [*(f.name for f in layer.fields if f.from_file and _required(f)), *place, *when]


def content_hash_source(checked: Checked) -> bytes:
    """The bytes that two equal facts share."""
    body = [checked.values, checked.t, describe_shape(checked.geometry), checked.commune_code, checked.links]
    body += [checked.seals] if checked.seals else []  # rows without seals are named as they were before there were any
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def _required(field: Field) -> bool:
    return field.column is not None and not field.column.nullable


def _said(row: Mapping[str, Any], name: str) -> str:
    """What a row says under a name, as text without spaces around it; empty when it says nothing."""
    given = row.get(name)
    return "" if given is None else parse_text(name, given)


def _value(rule: _Rule, given: Any) -> Any:
    text = "" if given is None else parse_text(rule.name, given)
    if not text:
        if rule.required:
            raise FieldFault(f"field {rule.name}: empty; it is required", "trống; cột này bắt buộc phải có")
        return None
    if rule.day_first and rule.type.python_type in (date, datetime):
        given = from_day_first(given)
    value = text if rule.type.python_type is str else parse_value(rule.name, given, rule.type)
    if rule.factor != 1.0 and not isinstance(value, str):
        value = round(value * rule.factor, DIGITS_KEPT)
    if rule.values and value not in rule.values:
        value = _chosen(rule.field, str(value))
    if rule.field.low is not None or rule.field.high is not None:
        _check_range(rule.field, value)
    return value


def _chosen(field: Field, said: str) -> str:
    """The value whose title people wrote instead of it."""
    found = [
        c.value for c in field.choices if fold(said) in {fold(w) for w in (c.value, c.title.vi, c.title.en, *c.also)}
    ]
    if len(found) != 1:
        listed = ", ".join(f"{c.value} ({c.title.vi})" for c in field.choices)
        detail = f"field {field.name}: {said!r}; use one of {', '.join(field.values)}"
        raise FieldFault(detail, f"‘{said}’; ghi một trong: {listed}")
    return found[0]


def _check_range(field: Field, value: Any) -> None:
    for limit, beyond in ((field.low, "below"), (field.high, "above")):
        if limit is not None and ((value < limit) if beyond == "below" else (value > limit)):
            vi = f"{value:g} {'nhỏ' if beyond == 'below' else 'lớn'} hơn {limit:g}; xem lại số và đơn vị tính"
            detail = f"field {field.name}: {value:g} is {beyond} {limit:g}; check the number and its unit"
            raise FieldFault(detail, vi)


def _time(file: FromFile, row: Mapping[str, Any], now: datetime) -> datetime | None:
    if file.time is None or not _said(row, file.time):
        if file.time_needed:
            raise FieldFault(f"field {file.time}: empty; it is required", "trống; cột này bắt buộc phải có")
        return None
    moment = parse_moment(file.time, from_day_first(row[file.time]) if file.day_first else row[file.time])
    if not EARLIEST <= moment <= now + FUTURE_ALLOWANCE:
        detail = f"field {file.time}: {row[file.time]} is before 2000 or in the future; check the clock"
        raise FieldFault(detail, f"{row[file.time]} trước năm 2000 hoặc ở tương lai; xem lại ngày giờ")
    return moment


def _link(link: Link, row: Mapping[str, Any]) -> str | None:
    """The transmitter a row names; half a name is a fault, for it would link to nothing without a word."""
    said = {name: _said(row, name) for name in link.columns}
    absent = [name for name, text in said.items() if not text]
    if absent and len(absent) < len(said):
        listed = ", ".join(said)
        detail = f"field {absent[0]}: empty; give all of {listed}, or none"
        raise FieldFault(detail, f"trống; ghi đủ {listed}, hoặc để trống tất cả")
    for name, text in said.items():
        if link.kind == "ais" and text and not (text.isascii() and text.isdigit() and len(text) == MMSI_DIGITS):
            detail = f"field {name}: {text!r} is no MMSI; write its nine digits"
            raise FieldFault(detail, f"‘{text}’ không phải MMSI; ghi đủ chín chữ số")
    return link.key(said)
