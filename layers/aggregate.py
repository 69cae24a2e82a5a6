"""Sums of every layer over any unit: one Select per layer, from cells, never a spatial join per request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, distinct, func, null, select

from layers.access.roles import Role
from layers.access.scope import scope
from layers.spec import Column, Layer, Measure
from layers.units.models import Cell, UnitCell

UNITS = bindparam("units", expanding=True, type_=Integer)
"""The unit keys a statement is asked about."""


@dataclass(frozen=True)
class Sum:
    """One measure of one unit. `value` None is "no figure"; `known` of `rows` had one; `split` is an estimate."""

    layer: Layer
    measure: Measure
    value: float | None
    known: int | None
    rows: int
    split: bool


def unit_statement(layer: Layer, grouped: bool = False) -> Select[*tuple[Any, ...]]:
    """All measures of a layer for the unit keys in `:units`; one row per unit when `grouped`.

    Columns: unit, each measure by name, `known_<name>` where rows may lack a value, rows, split, t, source_ids.
    """
    assert layer.cell is not None
    columns: list[Any] = [UnitCell.unit_key.label("unit")] if grouped else []
    for measure in layer.measures:
        columns.append(measure.value.label(measure.name))
        if measure.known is not None:
            columns.append(measure.known.label(f"known_{measure.name}"))
    columns += [func.count().label("rows"), (func.count().filter(Cell.split) == 1).label("split")]
    columns.append(_last(layer.time).label("t"))
    columns.append(_senders(layer.row_source).label("source_ids"))
    statement = select(*columns).select_from(UnitCell).join(Cell, Cell.id == UnitCell.cell_id)
    if not from_cells(layer):
        statement = statement.join(layer.reading, _today(layer))
    statement = statement.where(UnitCell.unit_key.in_(UNITS))
    return statement.group_by(UnitCell.unit_key) if grouped else statement


def whole_layer_statement(layer: Layer) -> Select[*tuple[Any, ...]]:
    """When and from whom the layer's rows of today are at all: what stands beside a zero. Columns: t, source_ids."""
    statement = select(_last(layer.time).label("t"), _senders(layer.row_source).label("source_ids"))
    statement = statement.select_from(layer.reading)
    return statement.where(layer.rows) if layer.rows is not None else statement


def from_cells(layer: Layer) -> bool:
    """Whether the layer's figures belong to the cells themselves; a commune cut in two is then shared out."""
    return layer.cell is Cell.id


def _today(layer: Layer) -> Any:
    """The join from a cell to the layer's rows of today."""
    assert layer.cell is not None
    joined = layer.cell == Cell.id
    return and_(joined, layer.rows) if layer.rows is not None else joined


def _last(column: Column | None) -> Any:
    return func.max(column) if column is not None else null()


def _senders(column: Column | None) -> Any:
    """Every source among the rows: one simulated row is enough to mark the sum."""
    return func.array_agg(distinct(column)).filter(column.is_not(None)) if column is not None else null()


def sums(layer: Layer, row: Any, delivered: bool) -> list[Sum]:
    """One result row as sums; a layer that never had a delivery has no figures, not zeros."""
    found, shared = [], from_cells(layer) and bool(row["split"])
    for measure in layer.measures:
        value = row[measure.name] if delivered else None
        known = row[f"known_{measure.name}"] if measure.known is not None else None
        found.append(Sum(layer, measure, None if value is None else float(value), known, row["rows"], shared))
    return found


def readable(layers: Sequence[Layer], role: Role) -> list[Layer]:
    """The layers whose sums this role may read: those it sees exactly or as a density."""
    return [m for m in layers if m.measures and m.cell is not None and scope(role, m).mode != "none"]
