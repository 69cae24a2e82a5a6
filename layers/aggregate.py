"""Sums of every layer over any unit: one Select per layer, from cells, never a spatial join per request.

A unit in whose cells a delivered layer has no rows is a true zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, distinct, false, func, null, select

from layers.access.roles import Role
from layers.access.scope import scope
from layers.database import ReadConnection
from layers.sources.freshness import SourceInfo, least_real, read_sources
from layers.spec import Column, Layer, Measure
from layers.sums import CellSum, is_summed
from layers.units.models import Cell, UnitCell
from layers.versions import LayerVersion

NO_ROWS: dict[str, Any] = {}
UNITS = bindparam("units", expanding=True, type_=Integer)
"""The unit keys a statement is asked about."""


@dataclass(frozen=True)
class Sum:
    """One measure of one unit. `value` None is "no figure"; `known` of `rows` had one; `split` is an estimate.

    `t` (UTC) and `source` are those of the rows summed, or of the layer as a whole beside a zero.
    """

    layer: Layer
    measure: Measure
    value: float | None
    known: int | None
    rows: int
    split: bool
    t: datetime | None
    source: SourceInfo | None


async def read_unit(
    connection: ReadConnection, layers: Sequence[Layer], unit: int, now: datetime, ground: bool = True
) -> list[Sum]:
    """Every measure of every layer for one unit key. A unit without ground has figures of no layer."""
    desk = await _open_desk(connection)
    found: list[Sum] = []
    for layer in layers:
        asked = {"units": [unit], "now": now}
        row = (await connection.execute(unit_statement(layer), asked)).mappings().one()
        found += await _sums(connection, layer, row, desk, (now, ground))
    return found


async def read_units(
    connection: ReadConnection, layer: Layer, units: Sequence[int], now: datetime
) -> dict[int, list[Sum]]:
    """Every measure of one layer for many units; a unit in whose cells it has no rows is a true zero."""
    desk = await _open_desk(connection)
    rows = (await connection.execute(unit_statement(layer, grouped=True), {"units": units, "now": now})).mappings()
    by_unit: dict[int, Any] = {row["unit"]: row for row in rows}
    return {unit: await _sums(connection, layer, by_unit.get(unit, NO_ROWS), desk, (now, True)) for unit in units}


@dataclass(frozen=True)
class _Desk:
    """What a reading needs besides the sums: the sources, which layers were ever delivered, what was looked up."""

    sources: dict[int, SourceInfo]
    delivered: set[str]
    whole: dict[str, Any]


async def _open_desk(connection: ReadConnection) -> _Desk:
    delivered = await connection.execute(select(LayerVersion.layer).where(LayerVersion.version > 0))
    return _Desk(await read_sources(connection), set(delivered.scalars()), {})


async def _sums(
    connection: ReadConnection, layer: Layer, row: Any, desk: _Desk, asked: tuple[datetime, bool]
) -> list[Sum]:
    """One result row as sums; a layer that never had a delivery has no figures, not zeros."""
    now, ground = asked
    t, source = await _said(connection, layer, row, desk, now)
    figures, shared = ground and layer.name in desk.delivered, from_cells(layer) and bool(row.get("split"))
    rows = row.get("rows") or 0
    found = []
    for measure in layer.measures:
        value = (row[measure.name] if rows else 0) if figures else None
        known = row.get(f"known_{measure.name}") if measure.known is not None else None
        number = None if value is None else float(value)
        found.append(Sum(layer, measure, number, known, rows, shared, t, source))
    return found


async def _said(
    connection: ReadConnection, layer: Layer, row: Any, desk: _Desk, now: datetime
) -> tuple[datetime | None, SourceInfo | None]:
    """When and by whom: of the rows here, or, where there are none, of the layer as a whole."""
    t, senders = row.get("t"), row.get("source_ids")
    if not senders and layer.row_source is not None:
        if layer.name not in desk.whole:
            whole = await connection.execute(whole_layer_statement(layer), {"now": now})
            desk.whole[layer.name] = whole.mappings().one()
        t, senders = desk.whole[layer.name]["t"], desk.whole[layer.name]["source_ids"]
    return t, least_real([desk.sources[s] for s in senders or ()], desk.sources.values(), layer.source)


def unit_statement(layer: Layer, grouped: bool = False) -> Select[*tuple[Any, ...]]:
    """All measures of a layer for the unit keys in `:units`; one row per unit when `grouped`.

    Columns: unit, each measure by name, `known_<name>` where rows may lack a value, rows, split, t, source_ids.
    """
    statement = _kept(layer) if is_summed(layer) else _asked(layer)
    if grouped:
        statement = statement.add_columns(UnitCell.unit_key.label("unit")).group_by(UnitCell.unit_key)
    return statement.where(UnitCell.unit_key.in_(UNITS))


def _kept(layer: Layer) -> Select[*tuple[Any, ...]]:
    """From the sums kept per cell."""
    columns: list[Any] = []
    for measure in layer.measures:
        mine = CellSum.measure == measure.name
        columns.append(func.sum(CellSum.value).filter(mine).label(measure.name))
        if measure.known is not None:
            columns.append(func.sum(CellSum.known).filter(mine).label(f"known_{measure.name}"))
    first = CellSum.measure == layer.measures[0].name
    columns += [func.sum(CellSum.rows).filter(first).label("rows"), false().label("split")]
    columns += [func.max(CellSum.t).label("t"), _senders(CellSum.source_id).label("source_ids")]
    joined = and_(CellSum.cell_id == UnitCell.cell_id, CellSum.layer == layer.name)
    return select(*columns).select_from(UnitCell).join(CellSum, joined)


def _asked(layer: Layer) -> Select[*tuple[Any, ...]]:
    """From the rows themselves: figures of cells, and what depends on the moment."""
    columns: list[Any] = []
    for measure in layer.measures:
        columns.append(measure.value.label(measure.name))
        if measure.known is not None:
            columns.append(measure.known.label(f"known_{measure.name}"))
    columns += [func.count().label("rows"), (func.count().filter(Cell.split) == 1).label("split")]
    columns += [_last(layer.time).label("t"), _senders(layer.row_source).label("source_ids")]
    statement = select(*columns).select_from(UnitCell).join(Cell, Cell.id == UnitCell.cell_id)
    return statement if from_cells(layer) else statement.join(layer.reading, _today(layer))


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


def readable(layers: Sequence[Layer], role: Role) -> list[Layer]:
    """The layers whose sums this role may read: those it sees exactly or as a density."""
    return [m for m in layers if m.measures and m.cell is not None and scope(role, m).mode != "none"]
