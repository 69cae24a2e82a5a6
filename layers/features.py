"""The rows of a layer as things to list: what a role may see of each, where it stands, when and by whom it was said."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, null, select

from geo.errors import NotAllowed
from layers.access.scope import Scope
from layers.spec import Layer

PRECISION_DIGITS = 6
"""Decimals of a degree in lists and documents: a tenth of a metre."""


def features_statement(
    layer: Layer, allowed: Scope, conditions: Sequence[ColumnElement[bool]] = ()
) -> Select[*tuple[Any, ...]]:
    """The rows of today that meet the conditions, as this scope sees them, by key.

    Columns: `key`, each field by its name, `geojson` (text, EPSG:4326, NULL without a place),
    `moment` (UTC) and `sender` (a source id).
    Errors: NotAllowed when the scope does not see each row.
    """
    if allowed.mode != "exact":
        raise NotAllowed(f"layer={layer.name!r}: this role does not see its rows one by one", field="layer")
    place = null() if layer.geometry is None else func.ST_AsGeoJSON(layer.geometry, PRECISION_DIGITS)
    columns = [
        layer.key.label("key"),
        *(getattr(layer.reading, f.name).label(f.name) for f in allowed.fields),
        place.label("geojson"),
        _or_null(layer.time).label("moment"),
        _or_null(layer.row_source).label("sender"),
    ]
    rows = select(*columns).select_from(layer.reading).where(*conditions).order_by(layer.key)
    return rows.where(allowed.predicate) if allowed.predicate is not None else rows


def in_cells(layer: Layer, cells: Sequence[int] | Select[*tuple[Any, ...]]) -> ColumnElement[bool]:
    """The condition that a row stands in one of these cells: by what it stores, never by geometry."""
    assert layer.cell is not None
    return layer.cell.in_(cells)


def _or_null(column: Any) -> Any:
    return null() if column is None else column
