"""Sums per cell, kept beside the facts by whoever writes them: a card then adds a few numbers, not every fact.

Only for facts whose sums do not depend on the moment: boats are asked as they stand (`vessel_now`), and so is
whatever has a deadline.
"""

from datetime import datetime
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Double,
    Integer,
    Select,
    SmallInteger,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.visitors import iterate

from layers.base import Base, Fact
from layers.spec import Layer, Measure
from layers.watch.rules import NOW


class CellSum(Base):
    """One measure of one layer's rows of today in one cell from one source; `t` is the newest of them (UTC).

    `value` is NULL when no row had one; `known` counts those that had, NULL for measures every row has.
    Rows that lie in no cell are kept too, under `NO_CELL`: no unit counts them, and none is lost.
    `denominator` is what a ratio's `value` is to be divided by once both are summed; NULL for other measures.
    """

    __tablename__ = "cell_sum"

    layer: Mapped[str] = mapped_column(primary_key=True)
    cell_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    value: Mapped[float | None]
    denominator: Mapped[float | None]
    known: Mapped[int | None]
    rows: Mapped[int]
    t: Mapped[datetime | None]


NO_CELL = 0
COLUMNS = ("layer", "cell_id", "measure", "source_id", "value", "denominator", "known", "rows", "t")


@cache
def is_summed(layer: Layer) -> bool:
    """Whether the layer's sums are kept per cell: facts read as they were written."""
    kept = layer.view is None and layer.cell is not None and issubclass(layer.model, Fact) and bool(layer.measures)
    return kept and not any(_asks_the_clock(part) for measure in layer.measures for part in _parts(measure))


def _parts(measure: Measure) -> list[ColumnElement[Any]]:
    """The aggregates a measure is made of."""
    return [part for part in (measure.value, measure.denominator, measure.known) if part is not None]


def _asks_the_clock(part: ColumnElement[Any]) -> bool:
    """Whether an aggregate holds the moment asked about: a sum kept from yesterday would then be wrong today."""
    return any(isinstance(each, BindParameter) and each.key == NOW.key for each in iterate(part))


def refresh_sums(connection: psycopg.Connection, layer: Layer) -> None:
    """Make the layer's sums per cell what its facts say now; in the transaction that changed the facts."""
    if not is_summed(layer):
        return
    rows = sums_of(layer)
    dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
    state = rows.compile(dialect=dialect).construct_expanded_state({})
    connection.execute("DELETE FROM cell_sum WHERE layer = %s", (layer.name,))
    insert = f"INSERT INTO cell_sum ({', '.join(COLUMNS)}) {state.statement}"
    connection.execute(insert.encode(), state.parameters)


def sums_of(layer: Layer) -> CompoundSelect[*tuple[Any, ...]]:
    """The rows of `cell_sum` that the layer's facts give now."""
    return union_all(*(_per_cell(layer, measure) for measure in layer.measures))


def _per_cell(layer: Layer, measure: Measure) -> Select[*tuple[Any, ...]]:
    """The rows of `cell_sum` for one measure."""
    model = layer.model
    known = cast(measure.known if measure.known is not None else null(), Integer)
    cell = func.coalesce(model.cell_id, literal_column(str(NO_CELL)))
    columns = (
        literal(layer.name).label("layer"),
        cell.label("cell_id"),
        literal(measure.name).label("measure"),
        model.source_id,
        cast(measure.value, Double).label("value"),
        cast(measure.denominator if measure.denominator is not None else null(), Double).label("denominator"),
        known.label("known"),
        func.count().label("rows"),
        func.max(layer.time if layer.time is not None else null()).label("t"),
    )
    statement = select(*columns).group_by(cell, model.source_id)
    return statement.where(layer.rows) if layer.rows is not None else statement
