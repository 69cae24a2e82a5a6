"""The sums of a unit's card from cells, against the spatial join that cells make needless; same facts, equal sums.

A card holds every layer: ours asks for all of them in one statement, a spatial join is one statement for each.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, LiteralString, cast

import psycopg
from goals import Goal, Spent, say, take_turns
from ground import Ground, now
from sqlalchemy import ColumnElement, Integer, Select, bindparam, column, func, select, table
from sqlalchemy.dialects import postgresql
from unit_facts import fill, point_layers

from layers.database import connect
from layers.sources.register import ensure_source
from layers.spec import Layer
from layers.sum_statements import KEPT, by_layer, labelled, unit_statement

GOAL = 10
ROUNDS = 15
POINTS = 20_000
"""Of each layer."""
VERTICES = 2_001
"""Of a finely drawn outline; ours have some two hundred."""
LEVEL = "former_district"

_OUTLINES = """
CREATE TABLE bench_outline AS
SELECT u.key AS unit_key, ST_Multi(ST_Union(c.geom)) AS geom
FROM unit AS u JOIN unit_cell AS uc ON uc.unit_key = u.key JOIN cell AS c ON c.id = uc.cell_id
WHERE u.level = %(level)s AND u.valid_to IS NULL GROUP BY u.key
"""
# As finely drawn as official outlines may be, on the very same lines, so that the sums stay equal.
_DETAIL = """
UPDATE bench_outline SET geom = ST_Multi(ST_Segmentize(geom, ST_Perimeter(geom) / (%(vertices)s - ST_NPoints(geom))))
"""
OUTLINE = table("bench_outline", column("unit_key"), column("geom"))

Row = dict[str, Any]
Card = dict[str, Row]
Ask = Callable[[int], list[Row]]


def prepare(connection: psycopg.Connection, layers: Sequence[Layer]) -> list[int]:
    """Facts, outlines with their indexes, and the keys of the units."""
    with connection.transaction():
        source = ensure_source(connection, "bench", "simulated", "Bench")
        for layer in layers:
            fill(connection, layer, source, POINTS)
        connection.execute(_OUTLINES, {"level": LEVEL})
        connection.execute("ALTER TABLE bench_outline ADD PRIMARY KEY (unit_key)")
    connection.execute("VACUUM ANALYZE")
    return [key for (key,) in connection.execute("SELECT unit_key FROM bench_outline ORDER BY 1")]


def join_statement(layer: Layer) -> Select[Any]:
    """The sums of one layer by the unit's full outline and the facts' spatial index."""
    sums: list[ColumnElement[Any]] = []
    for measure in layer.measures:
        sums += labelled(measure, measure.value, measure.denominator, measure.known)
    sums += [func.count().label("rows"), func.max(layer.time).label("t")]
    inside = func.ST_Intersects(OUTLINE.c.geom, layer.geometry)
    unit = OUTLINE.c.unit_key.in_(bindparam("units", expanding=True, type_=Integer))
    return select(*sums).select_from(OUTLINE).join(layer.model, inside).where(layer.rows, unit)


def asking(connection: psycopg.Connection, statement: Select[Any], layers: Sequence[Layer] = ()) -> Ask:
    """A statement about one unit, compiled once, prepared by the server."""
    compiled = statement.compile(dialect=postgresql.psycopg.dialect())
    named = {"layers": [layer.name for layer in layers]} if layers else {}
    state = compiled.construct_expanded_state({"units": [0], "now": now()} | named)
    text = cast(LiteralString, state.statement)
    return lambda unit: fetch(connection, text, state.parameters | {"units_1": unit})


def fetch(connection: psycopg.Connection, statement: LiteralString, given: Row) -> list[Row]:
    """The rows of a prepared statement."""
    cursor = connection.execute(statement, given, prepare=True)
    assert cursor.description is not None
    names = [each.name for each in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


class Ways:
    """The two ways to a card, and ours for one layer alone."""

    def __init__(self, connection: psycopg.Connection, layers: Sequence[Layer]) -> None:
        self.layers = layers
        self._kept = asking(connection, KEPT, layers)
        self._alone = asking(connection, unit_statement(layers[0]))
        self._joins = {layer.name: asking(connection, join_statement(layer)) for layer in layers}

    def cells(self, unit: int) -> Card:
        """Every layer from the kept sums, in one statement."""
        return by_layer(self.layers, self._kept(unit))

    def join(self, unit: int) -> Card:
        """Every layer by its spatial join."""
        return {name: ask(unit)[0] for name, ask in self._joins.items()}

    def cells_alone(self, unit: int) -> Card:
        """One layer from the kept sums."""
        return {self.layers[0].name: self._alone(unit)[0]}

    def join_alone(self, unit: int) -> Card:
        """One layer by its spatial join."""
        name = self.layers[0].name
        return {name: self._joins[name](unit)[0]}


def compare_sums(units: list[int], ways: Ways) -> int:
    """The number of facts, after every sum of every layer of every unit is shown to be equal."""
    total = 0
    for unit in units:
        ours, theirs = ways.cells(unit), ways.join(unit)
        for name, row in theirs.items():
            assert {key: ours[name][key] for key in row} == row, f"unit {unit}, {name}: {ours[name]} against {row}"
            total += row["rows"]
    assert total >= POINTS * len(ways.layers), f"{total} facts lie in a unit"
    return total


def all_cards(ask: Callable[[int], Card], units: list[int]) -> Callable[[], Spent]:
    """What the cards of every unit take, one after the other."""

    def timed() -> Spent:
        began = time.perf_counter()
        for unit in units:
            ask(unit)
        return Spent(time.perf_counter() - began)

    return timed


def run(ground: Ground) -> Goal:
    """The cards per second from cells over those by spatial join."""
    layers = point_layers()
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        units = prepare(connection, layers)
        ways = Ways(connection, layers)
        facts = compare_sums(units, ways)
        say(f"unit sums: {facts} facts of {len(layers)} layers in {len(units)} units, equal sums")
        both = [all_cards(way, units) for way in (ways.join, ways.cells, ways.join_alone, ways.cells_alone)]
        join, cells, join_alone, cells_alone = take_turns(both, ROUNDS)
        drawn = vertices(connection)
        connection.execute(_DETAIL, {"vertices": VERTICES})
        compare_sums(units, ways)
        fine, beside = take_turns(both[:2], ROUNDS)
        detail: dict[str, object] = {"facts": facts, "layers": len(layers), "units": len(units), "level": LEVEL}
        detail |= {"rounds": ROUNDS, "vertices_of_a_unit": drawn}
        detail |= {"one_layer_alone": round(join_alone.wall / cells_alone.wall, 1)}
        detail |= {f"with_{vertices(connection)}_vertices": round(fine.wall / beside.wall, 1)}
    return Goal("unit sums from cells / spatial join", join.wall / cells.wall, GOAL, detail=detail)


def vertices(connection: psycopg.Connection) -> int:
    """How many points an outline has on average."""
    row = connection.execute("SELECT avg(ST_NPoints(geom))::int4 FROM bench_outline").fetchone()
    assert row is not None
    return int(row[0])
