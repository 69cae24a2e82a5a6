"""The rows of a layer as things to list: what a role may see of each, where it stands, when and by whom it was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, func, null, or_, select

from geo import crs
from geo.box import Box
from geo.errors import BadInput, NotAllowed
from geo.text import fold
from layers.access.scope import Scope
from layers.folding import folded
from layers.spec import Field, Layer
from layers.units.read import cells_of

PRECISION_DIGITS = 6
"""Decimals of a degree in lists and documents: a tenth of a metre."""
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Wanted:
    """What a list is asked for: words without dấu, values by field, a unit's key, a box in degrees."""

    q: str = ""
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unit: int | None = None
    box: Box | None = None


def features_statement(layer: Layer, allowed: Scope, conditions: Conditions = ()) -> Select[*tuple[Any, ...]]:
    """The rows of today that meet the conditions, as this scope sees them, by key.

    Columns: `key`, each field by its name, `geojson` (text, EPSG:4326, NULL without a place), `cell`,
    `moment` (UTC) and `sender` (a source id).
    Errors: NotAllowed when the scope does not see each row.
    """
    place = null() if layer.geometry is None else func.ST_AsGeoJSON(layer.geometry, PRECISION_DIGITS)
    columns = [
        layer.key.label("key"),
        *(getattr(layer.reading, f.name).label(f.name) for f in allowed.fields),
        place.label("geojson"),
        _or_null(layer.cell).label("cell"),
        _or_null(layer.time).label("moment"),
        _or_null(layer.row_source).label("sender"),
    ]
    return _among(layer, allowed, select(*columns).where(*conditions)).order_by(layer.key)


def count_statement(layer: Layer, allowed: Scope, conditions: Conditions = ()) -> Select[*tuple[Any, ...]]:
    """How many rows meet the conditions."""
    return _among(layer, allowed, select(func.count().label("rows")).where(*conditions))


def values_statement(
    layer: Layer, allowed: Scope, chosen: Field, conditions: Conditions = ()
) -> Select[*tuple[Any, ...]]:
    """How many rows have each value of a field. Columns: `value`, `rows`."""
    value = getattr(layer.reading, chosen.name).label("value")
    counted = select(value, func.count().label("rows")).where(*conditions).group_by(value)
    return _among(layer, allowed, counted)


def _among(layer: Layer, allowed: Scope, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    if allowed.mode != "exact":
        raise NotAllowed(f"layer={layer.name!r}: this role does not see its rows one by one", field="layer")
    statement = statement.select_from(layer.reading)
    return statement.where(allowed.predicate) if allowed.predicate is not None else statement


def conditions_of(layer: Layer, allowed: Scope, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is wanted as conditions; BadInput names a field that is not there or a value it cannot have."""
    found = [_has_value(layer, allowed, name, values) for name, values in wanted.values.items()]
    if words := fold(wanted.q):
        found.append(_says(layer, allowed, words))
    if wanted.unit is not None:
        found.append(in_cells(layer, cells_of(wanted.unit)))
    if wanted.box is not None:
        if layer.geometry is None:
            raise BadInput(f"bbox: layer {layer.name!r} has no places", field="bbox")
        found.append(layer.geometry.op("&&")(func.ST_MakeEnvelope(*wanted.box, crs.STORED)))
    return found


def in_cells(layer: Layer, cells: Sequence[int] | Select[*tuple[Any, ...]]) -> ColumnElement[bool]:
    """The condition that a row stands in one of these cells: by what it stores, never by geometry."""
    if layer.cell is None:
        raise BadInput(f"unit: layer {layer.name!r} does not belong to units", field="unit")
    return layer.cell.in_(cells)


def choosable(allowed: Scope) -> list[Field]:
    """The fields a list can be narrowed by: those with a fixed set of values."""
    return [f for f in allowed.fields if f.choices]


def _says(layer: Layer, allowed: Scope, words: str) -> ColumnElement[bool]:
    """Every word stands in one of the texts the scope may see; what it may not see cannot be guessed by searching."""
    texts = [getattr(layer.reading, f.name) for f in allowed.fields if _is_text(f) and not f.choices]
    if not texts:
        raise BadInput(f"q: layer {layer.name!r} has no text to search", field="q")
    each = (or_(*(folded(t).contains(word, autoescape=True) for t in texts)) for word in words.split())
    whole: ColumnElement[bool] = next(each)
    for more in each:
        whole = whole & more
    return whole


def _has_value(layer: Layer, allowed: Scope, name: str, values: Sequence[str]) -> ColumnElement[bool]:
    chosen = next((f for f in choosable(allowed) if f.name == name), None)
    if chosen is None:
        names = ", ".join(f.name for f in choosable(allowed)) or "none"
        raise BadInput(f"{name}: this list can be narrowed by {names}", field=name)
    if wrong := [v for v in values if v not in chosen.values]:
        raise BadInput(f"{name}={wrong[0][:40]!r}: use one of {', '.join(chosen.values)}", field=name)
    return getattr(layer.reading, name).in_(values)  # type: ignore[no-any-return]


def _is_text(told: Field) -> bool:
    return told.column is not None and (isinstance(told.column.type, Text) or told.column.type.python_type is str)


def _or_null(column: Any) -> Any:
    return null() if column is None else column
