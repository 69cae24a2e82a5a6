"""The statements behind every sum: from cells, with no geometry in them.

Kept sums come in one statement for all layers together; what depends on the moment, and the figures of the
cells themselves, are asked layer by layer.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Double, Integer, Select, String, and_, bindparam, cast, distinct, false, func, null, select

from layers.spec import Column, Layer, Measure
from layers.sums import CellSum, is_summed
from layers.units.models import Cell, UnitCell

Row = dict[str, Any]
UNITS = bindparam("units", expanding=True, type_=Integer)
"""The unit keys a statement is asked about."""
LAYERS = bindparam("layers", expanding=True, type_=String)
"""The names of the layers whose kept sums are asked for."""


def _senders(column: Column | None) -> Any:
    """Every source among the rows: one simulated row is enough to mark the sum."""
    return func.array_agg(distinct(column)).filter(column.is_not(None)) if column is not None else null()


KEPT: Select[*tuple[Any, ...]] = (
    select(
        CellSum.layer,
        CellSum.measure,
        func.sum(CellSum.value).label("value"),
        func.sum(CellSum.denominator).label("denominator"),
        func.sum(CellSum.known).label("known"),
        func.sum(CellSum.rows).label("rows"),
        func.max(CellSum.t).label("t"),
        _senders(CellSum.source_id).label("source_ids"),
    )
    .join(UnitCell, UnitCell.cell_id == CellSum.cell_id)
    .where(UnitCell.unit_key.in_(UNITS), CellSum.layer.in_(LAYERS))
    .group_by(CellSum.layer, CellSum.measure)
)
"""The kept sums of the units in `:units`, together, for the layers in `:layers`: one row per layer and measure."""
KEPT_WHOLE: Select[*tuple[Any, ...]] = select(
    CellSum.layer, func.max(CellSum.t).label("t"), _senders(CellSum.source_id).label("source_ids")
).group_by(CellSum.layer)
"""When and from whom each layer with kept sums is at all, those rows counted that lie in no cell."""


def by_layer(layers: Sequence[Layer], rows: Iterable[Any]) -> dict[str, Row]:
    """Rows of `KEPT` as `unit_statement` would give them: by layer, the measures side by side."""
    found: dict[str, Row] = {}
    measures = {layer.name: {m.name: m for m in layer.measures} for layer in layers}
    for row in rows:
        measure = measures[row["layer"]].get(row["measure"])
        if measure is None:  # a measure of a former version; the next start remakes the sums
            continue
        shared = {"split": False} | {name: row[name] for name in ("rows", "t", "source_ids")}
        whole = found.setdefault(row["layer"], shared)
        whole |= _figures(measure, row["value"], row["denominator"])
        if measure.known is not None:
            whole[f"known_{measure.name}"] = row["known"]
    return found


def _figures(measure: Measure, value: float | None, denominator: float | None) -> Row:
    """One measure's columns from its sums; the ratio of sums where it is a ratio."""
    if measure.denominator is None:
        return {measure.name: value}
    ratio = value * measure.times / denominator if value is not None and denominator else None
    return {measure.name: ratio, f"part_{measure.name}": value, f"whole_{measure.name}": denominator}


def unit_statement(layer: Layer, grouped: bool = False) -> Select[*tuple[Any, ...]]:
    """All measures of a layer for the unit keys in `:units`; one row per unit when `grouped`.

    Columns: unit, each measure by name, `known_<name>` where rows may lack a value, `part_<name>` and `whole_<name>`
    of a ratio, rows, split, t, source_ids.
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
        sums = [func.sum(column).filter(mine) for column in (CellSum.value, CellSum.denominator, CellSum.known)]
        columns += labelled(measure, *sums)
    first = CellSum.measure == layer.measures[0].name
    columns += [func.sum(CellSum.rows).filter(first).label("rows"), false().label("split")]
    columns += [func.max(CellSum.t).label("t"), _senders(CellSum.source_id).label("source_ids")]
    joined = and_(CellSum.cell_id == UnitCell.cell_id, CellSum.layer == layer.name)
    return select(*columns).select_from(UnitCell).join(CellSum, joined)


def labelled(measure: Measure, value: Any, denominator: Any, known: Any) -> list[Any]:
    """A measure's columns from its aggregates; a ratio is made here, after both its parts were summed."""
    columns = [value.label(measure.name)]
    if measure.denominator is not None:
        part, whole = cast(value, Double), cast(denominator, Double)
        columns = [(part * measure.times / func.nullif(whole, 0)).label(measure.name)]
        columns += [part.label(f"part_{measure.name}"), whole.label(f"whole_{measure.name}")]
    return columns if measure.known is None else [*columns, known.label(f"known_{measure.name}")]


def _asked(layer: Layer) -> Select[*tuple[Any, ...]]:
    """From the rows themselves: figures of cells, and what depends on the moment."""
    return _over(layer, None if from_cells(layer) else layer.reading, _today(layer))


def statement_over(layer: Layer, rows: Any, joined: Any) -> Select[*tuple[Any, ...]]:
    """All measures of a layer for the unit keys in `:units`, over `rows` joined to the cells by `joined`."""
    return _over(layer, rows, joined).where(UnitCell.unit_key.in_(UNITS))


def _over(layer: Layer, rows: Any, joined: Any) -> Select[*tuple[Any, ...]]:
    columns: list[Any] = []
    for measure in layer.measures:
        columns += labelled(measure, measure.value, measure.denominator, measure.known)
    columns += [func.count().label("rows"), (func.count().filter(Cell.split) == 1).label("split")]
    columns += [_last(layer.time).label("t"), _senders(layer.row_source).label("source_ids")]
    statement = select(*columns).select_from(UnitCell).join(Cell, Cell.id == UnitCell.cell_id)
    return statement if rows is None else statement.join(rows, joined)


def whole_layer_statement(layer: Layer) -> Select[*tuple[Any, ...]]:
    """When and from whom the layer's rows of today are at all: what stands beside a zero. Columns: t, source_ids."""
    statement = said_of(layer).select_from(layer.reading)
    return statement.where(layer.rows) if layer.rows is not None else statement


def said_of(layer: Layer) -> Select[*tuple[Any, ...]]:
    """When and by whom some rows of a layer were said. Columns: t, source_ids."""
    return select(_last(layer.time).label("t"), _senders(layer.row_source).label("source_ids"))


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
