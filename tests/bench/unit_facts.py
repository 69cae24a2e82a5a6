"""Facts for a benchmark: every layer of points with kept sums, from its own declaration, spread as the ground is."""

from typing import Any, LiteralString, cast

import psycopg
from sqlalchemy import Integer, String

from layers.bunches import refresh_bunches
from layers.registry import load_layers
from layers.spec import Field, Layer
from layers.sums import is_summed, refresh_sums

# Points spread over the cells as their ground is; what a point lies in is asked of the outlines, not remembered.
_POINTS = """
SELECT row_number() OVER (ORDER BY c.id, p.path) AS n, c.id AS cell, p.geom
FROM cell AS c, ST_Dump(ST_GeneratePoints(
    c.geom, ceil(%(points)s * ST_Area(c.geom) / (SELECT sum(ST_Area(geom)) FROM cell))::int4, c.id)) AS p
"""
_SHARED = {
    "id": "n",
    "code": "'F' || n",
    "content_hash": "n",
    "source_id": "%(source)s",
    "delivery_id": "0",
    "t": "now()",
    "heard_at": "now()",
    "geom": "geom",
    "cell_id": "cell",
}


def point_layers() -> list[Layer]:
    """The layers whose facts are points and whose sums are kept."""
    every = load_layers().values()
    return [m for m in every if is_summed(m) and m.geometry is not None and m.geometry.type.geometry_type == "POINT"]


def fill(connection: psycopg.Connection, layer: Layer, source: int, points: int) -> None:
    """About that many facts of a layer in all, and their sums and bunches."""
    own = {f.column.key: _value(f) for f in layer.fields if f.column is not None}
    columns = own | _SHARED
    names, values = ", ".join(columns), ", ".join(columns.values())
    statement = f"INSERT INTO {layer.model.__tablename__} ({names}) SELECT {values} FROM ({_POINTS}) AS made"
    connection.execute(cast(LiteralString, statement), {"source": source, "points": points})
    refresh_sums(connection, layer)
    refresh_bunches(connection, layer)


def _value(field: Field) -> str:
    """What row `n` says of a field, as SQL; now and then nothing, where nothing may be said."""
    column: Any = field.column
    if field.choices:
        return f"(ARRAY[{', '.join(map(repr, field.values))}])[1 + n %% {len(field.choices)}]"
    if isinstance(column.type, String):
        return f"'{field.name} ' || n"
    kind = column.type.python_type
    if kind in (int, float):
        number = f"({int(field.low or 0)} + n %% {int(min(field.high or 300, 300) - (field.low or 0)) or 1})"
        cast_to = "int4" if isinstance(column.type, Integer) else "float8"
        return f"nullif({number}, 7)::{cast_to}" if column.nullable else f"{number}::{cast_to}"
    return {bool: "n %% 2 = 0"}.get(kind, "now()")
