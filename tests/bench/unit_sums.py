"""The sums of a unit's card from cells, against the spatial join that cells make needless; same facts, equal sums."""

import time
from collections.abc import Callable
from typing import Any, LiteralString, cast

import psycopg
from goals import Goal, Spent, say, take_turns
from ground import Ground, now
from sqlalchemy import ColumnElement, Integer, Select, bindparam, column, func, select, table
from sqlalchemy.dialects import postgresql

from layers.aggregate import unit_statement
from layers.catalog.health_facility import LAYER
from layers.database import connect
from layers.sources.register import ensure_source
from layers.sums import refresh_sums

GOAL = 10
ROUNDS = 15
POINTS = 20_000
VERTICES = 2_001
"""Of a finely drawn outline; ours have some two hundred."""
LEVEL = "former_district"

# Points spread over the cells as their ground is; what a point lies in is asked of the outlines, not remembered.
_FACTS = """
INSERT INTO health_facility (id, code, content_hash, source_id, delivery_id, t, heard_at, name, kind, beds, geom,
                             cell_id)
SELECT n, 'F' || n, n, %(source)s, 0, now(), now(), 'Cơ sở ' || n,
       (ARRAY['hospital', 'polyclinic', 'health_centre', 'commune_station'])[1 + n %% 4], nullif(n %% 300, 0), geom,
       cell
FROM (SELECT row_number() OVER (ORDER BY c.id, p.path) AS n, c.id AS cell, p.geom
      FROM cell AS c, ST_Dump(ST_GeneratePoints(
          c.geom, ceil(%(points)s * ST_Area(c.geom) / (SELECT sum(ST_Area(geom)) FROM cell))::int4, c.id)) AS p) AS made
"""
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
Ask = Callable[[int], Row]


def prepare(connection: psycopg.Connection) -> list[int]:
    """Facts, outlines with their indexes, and the keys of the units."""
    with connection.transaction():
        source = ensure_source(connection, "bench", "simulated", "Bench")
        connection.execute(_FACTS, {"source": source, "points": POINTS})
        connection.execute(_OUTLINES, {"level": LEVEL})
        connection.execute("ALTER TABLE bench_outline ADD PRIMARY KEY (unit_key)")
        refresh_sums(connection, LAYER)
    connection.execute("VACUUM ANALYZE")
    return [key for (key,) in connection.execute("SELECT unit_key FROM bench_outline ORDER BY 1")]


def join_statement() -> Select[Any]:
    """The same sums by the unit's full outline and the facts' spatial index."""
    sums: list[ColumnElement[Any]] = [measure.value.label(measure.name) for measure in LAYER.measures]
    sums += [m.known.label(f"known_{m.name}") for m in LAYER.measures if m.known is not None]
    sums += [func.count().label("rows"), func.max(LAYER.time).label("t")]
    inside = func.ST_Intersects(OUTLINE.c.geom, LAYER.geometry)
    unit = OUTLINE.c.unit_key.in_(bindparam("units", expanding=True, type_=Integer))
    return select(*sums).select_from(OUTLINE).join(LAYER.model, inside).where(LAYER.rows, unit)


def asking(connection: psycopg.Connection, statement: Select[Any]) -> Ask:
    """A statement about one unit, compiled once, prepared by the server."""
    compiled = statement.compile(dialect=postgresql.psycopg.dialect())
    state = compiled.construct_expanded_state({"units": [0], "now": now()})
    text = cast(LiteralString, state.statement)
    return lambda unit: fetch(connection, text, state.parameters | {"units_1": unit})


def fetch(connection: psycopg.Connection, statement: LiteralString, given: Row) -> Row:
    """The one row of a prepared statement."""
    cursor = connection.execute(statement, given, prepare=True)
    row = cursor.fetchone()
    assert row is not None
    assert cursor.description is not None
    return {column.name: value for column, value in zip(cursor.description, row, strict=True)}


def compare_sums(units: list[int], cells: Ask, join: Ask) -> int:
    """The number of facts, after every sum of every unit is shown to be equal."""
    total = 0
    for unit in units:
        ours, theirs = cells(unit), join(unit)
        assert {name: ours[name] for name in theirs} == theirs, f"unit {unit}: {ours} against {theirs}"
        total += theirs["facilities"]
    assert total >= POINTS, f"{total} facts lie in a unit"
    return total


def all_cards(ask: Ask, units: list[int]) -> Spent:
    """What the sums of every unit take, one card after the other."""
    began = time.perf_counter()
    for unit in units:
        ask(unit)
    return Spent(time.perf_counter() - began)


def run(ground: Ground) -> Goal:
    """The cards per second from cells over those by spatial join."""
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        units = prepare(connection)
        cells, join = asking(connection, unit_statement(LAYER)), asking(connection, join_statement())
        facts = compare_sums(units, cells, join)
        say(f"unit sums: {facts} facts in {len(units)} units, equal sums")
        ways = [lambda: all_cards(join, units), lambda: all_cards(cells, units)]
        spatial, ours = take_turns(ways, ROUNDS)
        drawn = vertices(connection)
        connection.execute(_DETAIL, {"vertices": VERTICES})
        compare_sums(units, cells, join)
        fine, beside = take_turns(ways, ROUNDS)
        detail: dict[str, object] = {"facts": facts, "units": len(units), "level": LEVEL, "rounds": ROUNDS}
        detail |= {
            "vertices_of_a_unit": drawn,
            f"with_{vertices(connection)}_vertices": round(fine.wall / beside.wall, 1),
        }
    return Goal("unit sums from cells / spatial join", spatial.wall / ours.wall, GOAL, detail=detail)


def vertices(connection: psycopg.Connection) -> int:
    """How many points an outline has on average."""
    row = connection.execute("SELECT avg(ST_NPoints(geom))::int4 FROM bench_outline").fetchone()
    assert row is not None
    return int(row[0])
