"""The sums of a layer as they were at the end of a past day: from the facts themselves, not from kept sums.

What was true then, as far as we know today: of each thing the newest row of before that moment. Things that
move (boats) have no such sums; their past is in their tracks.
"""

from typing import Any

from sqlalchemy import ColumnElement, DateTime, Null, Select, and_, bindparam, exists, tuple_
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.visitors import replacement_traverse

from layers.spec import Layer
from layers.sum_statements import said_of, statement_over
from layers.units.models import Cell

UNTIL = bindparam("until", type_=DateTime(timezone=True))
"""The moment (UTC) before which the values were true."""


def unit_statement_then(layer: Layer) -> Select[*tuple[Any, ...]]:
    """As `unit_statement`, for the rows of facts that stood at `:until`."""
    assert layer.cell is not None
    return statement_over(layer, layer.model, and_(layer.cell == Cell.id, rows_then(layer)))


def rows_then(layer: Layer) -> ColumnElement[bool]:
    """The layer's condition on its rows of today, with "not superseded" read as of `:until`."""
    stood = _stood(layer.model)
    if layer.rows is None:
        return stood

    def as_of(element: Any, **_: Any) -> Any:
        return stood if _is_current(element) else None

    condition: ColumnElement[bool] = replacement_traverse(layer.rows, {}, as_of)
    return condition


def whole_layer_then(layer: Layer) -> Select[*tuple[Any, ...]]:
    """When and from whom the layer was, then, at all. Columns: t, source_ids; both NULL when it had no rows yet."""
    return said_of(layer).select_from(layer.model).where(rows_then(layer))


def _is_current(part: Any) -> bool:
    """Whether a piece of a condition says `superseded_at IS NULL`."""
    return isinstance(part, BinaryExpression) and isinstance(part.right, Null) and part.left.key == "superseded_at"


def _stood(model: Any) -> ColumnElement[bool]:
    """Whether a row is its thing's newest of before `:until`."""
    later = aliased(model)
    newer = tuple_(later.t, later.row_id) > tuple_(model.t, model.row_id)
    same = and_(later.source_id == model.source_id, later.code == model.code, later.t < UNTIL)
    return and_(model.t < UNTIL, ~exists().where(same, newer))
