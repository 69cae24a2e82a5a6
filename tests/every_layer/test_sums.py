"""Every sum of every layer runs over any unit, and no unit's share is lost or counted twice."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select

from layers.aggregate import unit_statement
from layers.database import make_engine
from layers.registry import load_layers
from layers.spec import Layer
from layers.units.models import Unit

SUMMED = [m for m in load_layers().values() if m.measures]
LEVELS = {"commune": 96, "former_district": 23, "province": 1}
with_measures = pytest.mark.parametrize("layer", SUMMED, ids=lambda m: m.name)


@pytest.fixture(scope="module")
def reading(province: str) -> Iterator[Connection]:
    engine = make_engine(province)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def units(reading: Connection, level: str) -> list[int]:
    """The keys of today's units of a level."""
    return list(reading.execute(select(Unit.key).where(Unit.level == level, Unit.valid_to.is_(None))).scalars())


def ask(reading: Connection, layer: Layer, keys: list[int], grouped: bool) -> list[dict[str, Any]]:
    given = {"units": keys, "now": datetime.now(UTC)}
    return [dict(row) for row in reading.execute(unit_statement(layer, grouped), given).mappings()]


def total(rows: list[dict[str, Any]], column: str) -> float | None:
    known = [float(row[column]) for row in rows if row[column] is not None]
    return sum(known) if known else None


@with_measures
def test_any_structure_sums_to_the_province(layer: Layer, reading: Connection) -> None:
    found: dict[str, dict[str, float | None]] = {}
    for level, count in LEVELS.items():
        keys = units(reading, level)
        rows = ask(reading, layer, keys, grouped=True)
        assert len(keys) == count
        assert len(rows) == count  # every unit has something of every layer here
        found[level] = {m.name: total(rows, m.name) for m in layer.measures}
    for measure in layer.measures:
        sums = [found[level][measure.name] for level in LEVELS]
        assert sums == pytest.approx([sums[0]] * len(LEVELS)), measure.name
    assert any(found["province"].values())


@with_measures
def test_asked_alone_or_among_others_a_unit_has_the_same_sums(layer: Layer, reading: Connection) -> None:
    keys = units(reading, "former_district")
    grouped = {row.pop("unit"): row for row in ask(reading, layer, keys, grouped=True)}
    for key in keys[:3]:
        (alone,) = ask(reading, layer, [key], grouped=False)
        assert alone == grouped[key]


@with_measures
def test_a_unit_without_rows_is_told_apart_from_zero(layer: Layer, reading: Connection) -> None:
    (nowhere,) = ask(reading, layer, [-1], grouped=False)
    assert not nowhere["rows"]
    assert nowhere["t"] is None
    for measure in layer.measures:
        if measure.known is not None:
            assert nowhere[measure.name] is None
            assert not nowhere[f"known_{measure.name}"]
