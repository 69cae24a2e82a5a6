"""Sums of every layer over any unit, from cells, never a spatial join per request.

One Select for all layers whose sums are kept, one for each that is asked as it stands. A unit in whose cells
a delivered layer has no rows is a true zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from geo.errors import BadInput
from layers.access.roles import Role
from layers.access.scope import scope
from layers.database import ReadConnection
from layers.sources.freshness import SourceInfo, least_real, read_sources
from layers.spec import Layer, Measure
from layers.sum_statements import (
    KEPT,
    KEPT_WHOLE,
    Row,
    by_layer,
    from_cells,
    unit_statement,
    whole_layer_statement,
)
from layers.sums import is_summed
from layers.sums_then import unit_statement_then, whole_layer_then
from layers.units.models import UnitCell
from layers.versions import LayerVersion

NO_ROWS: Row = {}


@dataclass(frozen=True)
class Sum:
    """One measure of one unit. `value` None is "no figure"; `known` of `rows` had one; `split` is an estimate.

    `t` (UTC) and `source` are those of the rows summed, or of the layer as a whole beside a zero. A ratio has its two
    sums too: `part` ÷ `whole` × `measure.times` is its value.
    """

    layer: Layer
    measure: Measure
    value: float | None
    known: int | None
    rows: int
    split: bool
    t: datetime | None
    source: SourceInfo | None
    part: float | None = None
    whole: float | None = None

    @property
    def is_partial(self) -> bool:
        """Whether some of the rows had no value: then the sum is not the whole."""
        return self.known is not None and self.known < self.rows


def total(sums: Iterable[Sum]) -> float | None:
    """One measure over several units: the sum, or the ratio of the sums; None when none has a figure."""
    some = [s for s in sums if s.value is not None]
    if not some:
        return None
    measure = some[0].measure
    if measure.denominator is None:
        return sum(s.value for s in some if s.value is not None)
    whole = sum(s.whole for s in some if s.whole is not None)
    return measure.times * sum(s.part for s in some if s.part is not None) / whole if whole else None


async def read_unit(
    connection: ReadConnection, layers: Sequence[Layer], unit: int, now: datetime, ground: bool = True
) -> list[Sum]:
    """Every measure of every layer for one unit key. A unit without ground has figures of no layer."""
    desk = await _open_desk(connection)
    kept = await _kept_rows(connection, layers, unit)
    found: list[Sum] = []
    for layer in layers:
        row = kept.get(layer.name, NO_ROWS)
        if not is_summed(layer):
            asked = {"units": [unit], "now": now}
            row = dict((await connection.execute(unit_statement(layer), asked)).mappings().one())
        found += await _sums(connection, layer, row, desk, (now, ground))
    return found


async def read_unit_then(
    connection: ReadConnection, layers: Sequence[Layer], unit: int, then: tuple[datetime, datetime], ground: bool = True
) -> list[Sum]:
    """Every measure of one unit as it was at the end of a day; `then` is (now, that moment), UTC.

    Of layers that keep no former rows, and of those that had none yet, there is nothing to say.
    """
    now, until = then
    desk = await _open_desk(connection)
    found: list[Sum] = []
    for layer in layers:
        row = await _row_then(connection, layer, {"units": [unit], "now": now, "until": until})
        if row is not None:
            found += await _sums(connection, layer, row, desk, (now, ground))
            continue
        source = least_real((), desk.sources.values(), layer.source)
        found += [Sum(layer, measure, None, None, 0, False, None, source) for measure in layer.measures]
    return found


async def _row_then(connection: ReadConnection, layer: Layer, asked: Row) -> Row | None:
    """The sums of that moment, or None when nothing can be said; figures of the ground itself stay as they are."""
    if from_cells(layer):
        return dict((await connection.execute(unit_statement(layer), asked)).mappings().one())
    if not is_summed(layer):
        return None
    row = dict((await connection.execute(unit_statement_then(layer), asked)).mappings().one())
    if row["rows"]:
        return row
    whole = dict((await connection.execute(whole_layer_then(layer), asked)).mappings().one())
    return whole if whole["source_ids"] else None


async def _kept_rows(connection: ReadConnection, layers: Sequence[Layer], unit: int) -> dict[str, Row]:
    """The kept sums of one unit by layer, in one round trip."""
    kept = [layer for layer in layers if is_summed(layer)]
    asked = {"units": [unit], "layers": [layer.name for layer in kept]}
    return by_layer(kept, (await connection.execute(KEPT, asked)).mappings()) if kept else {}


async def read_units(
    connection: ReadConnection, layer: Layer, units: Sequence[int], now: datetime
) -> dict[int, list[Sum]]:
    """Every measure of one layer for many units; a unit without ground has no figure of any."""
    desk = await _open_desk(connection)
    rows = (await connection.execute(unit_statement(layer, grouped=True), {"units": units, "now": now})).mappings()
    by_unit: dict[int, Any] = {row["unit"]: row for row in rows}
    grounded = select(UnitCell.unit_key).where(UnitCell.unit_key.in_(units)).distinct()
    ground = set((await connection.execute(grounded)).scalars())
    return {u: await _sums(connection, layer, by_unit.get(u, NO_ROWS), desk, (now, u in ground)) for u in units}


@dataclass(frozen=True)
class _Desk:
    """What a reading needs besides the sums: the sources, which layers were ever delivered, what was looked up."""

    sources: dict[int, SourceInfo]
    delivered: set[str]
    whole: dict[str, Row] = field(default_factory=dict)
    kept_whole: dict[str, Row] = field(default_factory=dict)


async def _open_desk(connection: ReadConnection) -> _Desk:
    delivered = await connection.execute(select(LayerVersion.layer).where(LayerVersion.version > 0))
    return _Desk(await read_sources(connection), set(delivered.scalars()))


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
        nothing = None if measure.denominator is not None else 0  # nothing of nothing is no ratio
        value = (row[measure.name] if rows else nothing) if figures else None
        known, part, whole = (row.get(f"{said}_{measure.name}") for said in ("known", "part", "whole"))
        found.append(Sum(layer, measure, _number(value), known, rows, shared, t, source, _number(part), _number(whole)))
    return found


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


async def _said(
    connection: ReadConnection, layer: Layer, row: Any, desk: _Desk, now: datetime
) -> tuple[datetime | None, SourceInfo | None]:
    """When and by whom: of the rows here, or, where there are none, of the layer as a whole."""
    t, senders = row.get("t"), row.get("source_ids")
    if not senders and layer.row_source is not None:
        whole = await _whole(connection, layer, desk, now)
        t, senders = whole.get("t"), whole.get("source_ids")
    return t, least_real([desk.sources[s] for s in senders or ()], desk.sources.values(), layer.source)


async def _whole(connection: ReadConnection, layer: Layer, desk: _Desk, now: datetime) -> Row:
    """When and from whom the layer is at all; asked once for all layers whose sums are kept."""
    if is_summed(layer):
        if not desk.kept_whole:
            desk.kept_whole.update({r.layer: r._asdict() for r in await connection.execute(KEPT_WHOLE)})
        return desk.kept_whole.get(layer.name, NO_ROWS)
    if layer.name not in desk.whole:
        answer = await connection.execute(whole_layer_statement(layer), {"now": now})
        desk.whole[layer.name] = dict(answer.mappings().one())
    return desk.whole[layer.name]


def readable(layers: Sequence[Layer], role: Role) -> list[Layer]:
    """The layers whose sums this role may read: those it sees exactly or as a density."""
    return [m for m in layers if m.measures and m.cell is not None and scope(role, m).mode != "none"]


def find_measure(layers: Sequence[Layer], name: str) -> tuple[Layer, Measure]:
    """The measure `layer.name` among these layers, or BadInput naming every one there is."""
    every = {f"{layer.name}.{m.name}": (layer, m) for layer in layers for m in layer.measures}
    if name not in every:
        raise BadInput(f"measure={name!r}: use one of {', '.join(every)}", field="measure")
    return every[name]
