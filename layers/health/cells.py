"""The cells add up: what is kept per cell is what the facts say, and every structure sums to the same province."""

from collections.abc import Callable
from datetime import datetime
from math import isclose
from typing import Any

from sqlalchemy import Connection, select

from layers.health.invariants import Breach
from layers.registry import Registry, load_layers
from layers.spec import Layer, Measure
from layers.sum_statements import unit_statement
from layers.sums import CellSum, is_summed, sums_of
from layers.units.models import Unit

PROVINCE = "province"
LEVELS = (PROVINCE, "commune", "former_district")
TOLERANCE = 1e-6
Key = tuple[Any, ...]


def cells_add_up(registry: Registry | None = None) -> Callable[[Connection, datetime], list[Breach]]:
    """The check over all layers that have measures."""
    layers = [layer for layer in (registry or load_layers()).values() if layer.measures and layer.cell is not None]

    def find(connection: Connection, now: datetime) -> list[Breach]:
        units = {level: _units(connection, level) for level in LEVELS}
        found: list[Breach] = []
        for layer in layers:
            found += _drift(connection, layer) if is_summed(layer) else []
            found += _uneven(connection, layer, units, now)
        return found

    return find


def _units(connection: Connection, level: str) -> list[int]:
    """The keys of today's units of a level."""
    statement = select(Unit.key).where(Unit.level == level, Unit.valid_to.is_(None))
    return list(connection.execute(statement).scalars())


def _drift(connection: Connection, layer: Layer) -> list[Breach]:
    """Measures whose sums per cell are not what the facts say now."""
    columns = (CellSum.cell_id, CellSum.measure, CellSum.source_id, CellSum.value, CellSum.denominator, CellSum.rows)
    rows = connection.execute(select(*columns).where(CellSum.layer == layer.name))
    kept: dict[Key, Key] = {tuple(row[:3]): tuple(row[3:]) for row in rows}
    fresh: dict[Key, Key] = {
        (row.cell_id, row.measure, row.source_id): (row.value, row.denominator, row.rows)
        for row in connection.execute(sums_of(layer))
    }
    wrong: dict[str, int] = {}
    for key in kept.keys() | fresh.keys():
        if key not in kept or key not in fresh or not all(map(_alike, kept[key], fresh[key])):
            wrong[key[1]] = wrong.get(key[1], 0) + 1
    return [
        Breach(
            f"{layer.name}.{measure}",
            f"{layer.title.vi}: số giữ theo ô của «{measure}» khác số liệu gốc ở {cells} ô.",
            f"{layer.title.en}: the kept sums of {measure!r} differ from the facts in {cells} cells.",
        )
        for measure, cells in sorted(wrong.items())
    ]


def _uneven(connection: Connection, layer: Layer, units: dict[str, list[int]], now: datetime) -> list[Breach]:
    """Measures whose sum over a level is not that of the province."""
    totals = {level: _totals(connection, layer, units[level], now) for level in LEVELS}
    found: list[Breach] = []
    for measure in layer.measures:
        for column in _summed(measure):
            sums = [totals[level].get(column) for level in LEVELS]
            if not all(_alike(sums[0], other) for other in sums[1:]):
                told = ", ".join(f"{level} {value}" for level, value in zip(LEVELS, sums, strict=True))
                found.append(
                    Breach(
                        f"{layer.name}.{column}",
                        f"{layer.title.vi}: tổng «{column}» các cấp không bằng nhau ({told}).",
                        f"{layer.title.en}: the sums of {column!r} differ by level ({told}).",
                    )
                )
    return found


def _totals(connection: Connection, layer: Layer, keys: list[int], now: datetime) -> dict[str, float]:
    """What each column comes to over these units; columns no unit has a figure of are left out."""
    found: dict[str, float] = {}
    for row in connection.execute(unit_statement(layer, grouped=True), {"units": keys, "now": now}).mappings():
        for measure in layer.measures:
            for column in _summed(measure):
                if row[column] is not None:
                    found[column] = found.get(column, 0.0) + float(row[column])
    return found


def _summed(measure: Measure) -> tuple[str, ...]:
    """What of a measure adds up: itself, or the two parts of a ratio."""
    return (measure.name,) if measure.denominator is None else (f"part_{measure.name}", f"whole_{measure.name}")


def _alike(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(float(one), float(other), rel_tol=TOLERANCE, abs_tol=TOLERANCE)
