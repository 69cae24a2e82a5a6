"""Points drawn together below a zoom: how many stand in each square of the map's grid, kept beside the facts.

The grid is the world's: every zoom's tiles have SQUARES × SQUARES of them, no square lies in two tiles, and a square
owns its west and north sides but not the others (half-open). So every point is counted in exactly one tile of a zoom,
tiles of neighbours agree, and no tile carries a copy of what its neighbour counts.
"""

import math
from typing import Any

import psycopg
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Double,
    Integer,
    Select,
    SmallInteger,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from geo.tilegrid import EXTENT
from layers.base import Base, PointFact
from layers.spec import Layer

SQUARES = 16
"""Squares along a tile: 32 pixels each where a tile is drawn 512 pixels wide."""
_TILE_BITS = EXTENT.bit_length() - 1
_SQUARE_BITS = _TILE_BITS - SQUARES.bit_length() + 1


class Bunch(Base):
    """The points of one layer in one square of a zoom: `left` and `top` are their mean place in the tile's units.

    `one` is the layer's key of the only point, NULL when there are several. `square` counts from the tile's north
    west, row by row.
    """

    __tablename__ = "bunch"

    layer: Mapped[str] = mapped_column(primary_key=True)
    z: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    x: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    y: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    square: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    left: Mapped[int] = mapped_column(SmallInteger)
    top: Mapped[int] = mapped_column(SmallInteger)
    count: Mapped[int]
    one: Mapped[int | None]


def is_bunched(layer: Layer) -> bool:
    """Whether the layer's points are drawn together at low zooms: facts at one place, read as they were written."""
    return layer.style.thin_below > 0 and layer.view is None and issubclass(layer.model, PointFact)


def is_bunched_at(layer: Layer, z: int) -> bool:
    """Whether a tile of that zoom shows the layer's bunches."""
    return is_bunched(layer) and z < layer.style.thin_below


def refresh_bunches(connection: psycopg.Connection, layer: Layer) -> None:
    """Make the layer's bunches what its facts say now; in the transaction that changed the facts."""
    if not is_bunched(layer):
        return
    dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
    state = _bunches(layer).compile(dialect=dialect).construct_expanded_state({})
    connection.execute("DELETE FROM bunch WHERE layer = %s", (layer.name,))
    names = ", ".join(f'"{column.name}"' for column in Bunch.__table__.columns)
    connection.execute(f"INSERT INTO bunch ({names}) {state.statement}".encode(), state.parameters)


def _bunches(layer: Layer) -> Select[*tuple[Any, ...]]:
    """The rows of `bunch`: the squares of the finest zoom, put together for each zoom above it."""
    finest = layer.style.thin_below - 1
    s = _finest_squares(layer, finest).cte("s").c
    zoom = func.generate_series(0, finest).table_valued("z", name="zoom").render_derived()
    z = cast(zoom.c.z, Integer)
    coarser = literal(finest, Integer) - z
    column, row = s.column.op(">>")(coarser), s.row.op(">>")(coarser)
    count = func.sum(s.count)

    def place(total: ColumnElement[Any]) -> ColumnElement[Any]:
        mean = cast(func.div(func.sum(total), count), BigInteger)
        return mean.op(">>")(coarser).op("&")(EXTENT - 1)

    bits = _TILE_BITS - _SQUARE_BITS
    return (
        select(
            literal(layer.name).label("layer"),
            z.label("z"),
            column.op(">>")(bits).label("x"),
            row.op(">>")(bits).label("y"),
            (row.op("&")(SQUARES - 1) * SQUARES + column.op("&")(SQUARES - 1)).label("square"),
            place(s.left).label("left"),
            place(s.top).label("top"),
            cast(count, Integer).label("count"),
            case((count == 1, func.min(s.one))).label("one"),
        )
        .select_from(s.count.table.join(zoom, literal(True)))
        .group_by(z, column, row)
    )


def _finest_squares(layer: Layer, z: int) -> Select[*tuple[Any, ...]]:
    """Every square of the finest zoom that holds points: its column and row in the world, sums of places, count."""
    left, top = place_in_world(layer.geometry, literal(float(EXTENT << z), Double))
    points = select(layer.key.label("key"), left.label("left"), top.label("top"))
    if layer.rows is not None:
        points = points.where(layer.rows)
    p = points.cte("p").prefix_with("MATERIALIZED").c
    column, row = p.left.op(">>")(_SQUARE_BITS), p.top.op(">>")(_SQUARE_BITS)
    return select(
        column.label("column"),
        row.label("row"),
        func.sum(p.left).label("left"),
        func.sum(p.top).label("top"),
        func.count().label("count"),
        func.min(p.key).label("one"),
    ).group_by(column, row)


def place_in_world(point: Any, units: ColumnElement[Any]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """A point's place in the Web Mercator world that is `units` wide, in whole units from the north west corner.

    For points within the world that Web Mercator draws (85.05° south to north) and west of 180°.
    """
    east, north = func.ST_X(point, type_=Double), func.tan(func.radians(func.ST_Y(point)))
    left = (east + 180.0) * units / 360.0
    top = (0.5 - func.asinh(north, type_=Double) / math.tau) * units
    return cast(func.floor(left), Integer), cast(func.floor(top), Integer)
