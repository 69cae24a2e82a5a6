"""Every sum of every layer runs over any unit, and no unit's share is lost or counted twice."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Select, select, text
from sqlalchemy.dialects import postgresql

from layers.database import make_engine
from layers.health.cells import cells_add_up
from layers.registry import load_layers
from layers.spec import Layer, Measure
from layers.sum_statements import KEPT, KEPT_WHOLE, by_layer, unit_statement, whole_layer_statement
from layers.sums import is_summed
from layers.sums_then import unit_statement_then
from layers.units.models import Cell, Unit

SUMMED = [m for m in load_layers().values() if m.measures]
LEVELS = {"commune": 96, "former_district": 23, "province": 1}
GEOMETRY = re.compile(r"\bST_\w+", re.IGNORECASE)
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


def summed_columns(measure: Measure) -> tuple[str, ...]:
    """What of a measure adds up: itself, or the two parts of a ratio."""
    return (measure.name,) if measure.denominator is None else (f"part_{measure.name}", f"whole_{measure.name}")


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
        found[level] = {column: total(rows, column) for m in layer.measures for column in summed_columns(m)}
    for column in found["province"]:
        sums = [found[level][column] for level in LEVELS]
        assert sums == pytest.approx([sums[0]] * len(LEVELS)), column
    assert any(found["province"].values())


def test_the_watch_finds_nothing_wrong_with_the_sums_of_a_whole_province(reading: Connection) -> None:
    assert cells_add_up()(reading, datetime.now(UTC)) == []


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


def explain(reading: Connection, statement: Select[Any], given: dict[str, Any]) -> str:
    """What is sent, and every node, filter and output of what the server makes of it (views unfolded)."""
    dialect = postgresql.dialect()
    compiled = statement.compile(dialect=dialect).construct_expanded_state(given)
    sent = str(statement.params(given).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    plan = "\n".join(reading.execute(text("EXPLAIN (VERBOSE) " + sent.replace(":", "\\:"))).scalars())
    return compiled.statement + plan


@pytest.mark.parametrize("grouped", [False, True])
@with_measures
def test_no_sum_touches_a_geometry(layer: Layer, grouped: bool, reading: Connection) -> None:
    given = {"units": units(reading, "former_district"), "now": datetime.now(UTC)}
    said = explain(reading, unit_statement(layer, grouped), given)
    assert "Scan" in said
    assert GEOMETRY.findall(said) == []
    joined = select(Cell.id).where(Cell.geom.ST_Intersects(Cell.geom))
    assert GEOMETRY.findall(explain(reading, joined, {}))


def test_neither_does_the_statement_that_asks_all_layers_at_once(reading: Connection) -> None:
    given = {"units": units(reading, "former_district"), "layers": [m.name for m in SUMMED]}
    assert GEOMETRY.findall(explain(reading, KEPT, given) + explain(reading, KEPT_WHOLE, {})) == []


@pytest.mark.parametrize("layer", [m for m in SUMMED if is_summed(m)], ids=lambda m: m.name)
def test_nor_do_the_sums_of_a_past_day_and_today_they_are_the_same(layer: Layer, reading: Connection) -> None:
    keys, tomorrow = units(reading, "former_district"), datetime.now(UTC) + timedelta(days=1)
    given = {"units": keys, "now": datetime.now(UTC), "until": tomorrow}
    assert GEOMETRY.findall(explain(reading, unit_statement_then(layer), given)) == []
    then = dict(reading.execute(unit_statement_then(layer), given).mappings().one())
    (now,) = ask(reading, layer, keys, grouped=False)
    assert {name: then[name] for name in now if name != "split"} == {n: v for n, v in now.items() if n != "split"}


@pytest.mark.parametrize("level", LEVELS)
def test_all_layers_asked_at_once_say_what_each_says_alone(level: str, reading: Connection) -> None:
    kept = [m for m in SUMMED if is_summed(m)]
    assert len(kept) >= 2
    for key in units(reading, level)[:5]:
        asked = {"units": [key], "layers": [m.name for m in kept]}
        together = by_layer(kept, reading.execute(KEPT, asked).mappings())
        for layer in kept:
            (alone,) = ask(reading, layer, [key], grouped=False)
            assert together[layer.name] == alone


def test_a_layer_as_a_whole_is_said_the_same_from_its_sums_and_its_facts(reading: Connection) -> None:
    whole = {row["layer"]: (row["t"], row["source_ids"]) for row in reading.execute(KEPT_WHOLE).mappings()}
    for layer in (m for m in SUMMED if is_summed(m)):
        facts = reading.execute(whole_layer_statement(layer)).mappings().one()
        assert whole[layer.name] == (facts["t"], facts["source_ids"])


RATIOS = [(m, measure) for m in SUMMED for measure in m.measures if measure.denominator is not None]


@pytest.mark.parametrize(("layer", "measure"), RATIOS, ids=lambda x: x.name)
def test_the_ratio_of_a_unit_is_one_of_sums(layer: Layer, measure: Measure, reading: Connection) -> None:
    (whole,) = ask(reading, layer, units(reading, "province"), grouped=True)
    part, of = (f"{said}_{measure.name}" for said in ("part", "whole"))
    rows = ask(reading, layer, units(reading, "commune"), grouped=True)
    parts, wholes = total(rows, part), total(rows, of)
    assert parts is not None
    assert wholes
    assert whole[measure.name] == pytest.approx(measure.times * parts / wholes)
    for row in rows:
        expected = measure.times * row[part] / row[of] if row[of] else None
        assert row[measure.name] == pytest.approx(expected)
