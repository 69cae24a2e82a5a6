"""Layer and scope to one SQL statement for a tile: built here, run in `tiles.read`.

An expanded envelope filters (a point in the neighbour's buffer is drawn), the exact one clips.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Double,
    Float,
    Integer,
    LargeBinary,
    Select,
    Subquery,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql

from geo import crs
from geo.errors import NotAllowed
from geo.tilegrid import BUFFER, EXTENT
from layers.access.scope import Scope
from layers.bunches import Bunch, place_in_world
from layers.spec import Layer, Shapes

Z, X, Y = (bindparam(name, type_=Integer) for name in "zxy")


def _once(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """The value as a query of its own: the database works it out once a tile, not for every row."""
    return select(value).scalar_subquery()


_MARGIN: ColumnElement[Any] = literal_column(f"margin => {BUFFER / EXTENT}")
_EXACT = _once(func.ST_TileEnvelope(Z, X, Y))
_WIDER = _once(func.ST_TileEnvelope(Z, X, Y, _MARGIN))
_WIDER_STORED = _once(func.ST_Transform(func.ST_TileEnvelope(Z, X, Y, _MARGIN), crs.STORED))
"""In the stored CRS, so that the column's index is used."""
_WORLD = _once(func.power(cast(literal(2.0), Double), Z, type_=Double) * EXTENT)
"""How wide the world is in a tile's units."""


@dataclass(frozen=True)
class TileSQL:
    """A statement for psycopg: named placeholders z, x, y beside its own constants."""

    sql: str
    constants: dict[str, Any]


@cache
def tile_statement(layer: Layer, scope: Scope, *, bunched: bool = False) -> TileSQL:
    """The statement that gives one tile of a layer as this scope sees it; `bunched`: with close points as one."""
    if scope.mode == "none":
        raise NotAllowed(f"layer={layer.name!r}: this role does not see it", field="layer")
    if scope.mode == "density":
        parts = [_encoded(_density_rows(layer), layer.name, with_id=False)]
    elif bunched:
        parts = [_encoded(_bunch_rows(layer, scope), layer.name)]
    elif layer.shapes is not None:
        parts = [_encoded(_shape_rows(layer, scope), layer.name)]
    else:
        parts = [_encoded(_feature_rows(layer, scope), layer.name, with_id=numbered(layer))]
    if scope.mode == "exact" and label_point(layer) is not None:
        parts.append(_encoded(_label_rows(layer, scope), f"{layer.name}_label"))
    whole: ColumnElement[Any] = parts[0].scalar_subquery()
    for part in parts[1:]:
        whole = cast(whole, LargeBinary).concat(cast(part.scalar_subquery(), LargeBinary))
    return _compiled(select(whole.label("tile")))


def _mvt_geometry(in_map_crs: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.ST_AsMVTGeom(in_map_crs, _EXACT, EXTENT, BUFFER, True).label("geom")


def _columns(layer: Layer, scope: Scope) -> list[ColumnElement[Any]]:
    """The columns the scope allows, read from what the layer reads."""
    return [layer.key.label("id"), *(_told(getattr(layer.reading, f.name)).label(f.name) for f in scope.fields)]


def _told(column: Any) -> Any:
    """A column as a tile tells it: moments in UTC, as ISO 8601 writes them."""
    if not isinstance(column.type, DateTime):
        return column
    return func.to_char(func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')


def _feature_rows(layer: Layer, scope: Scope) -> Select[*tuple[Any, ...]]:
    assert layer.geometry is not None
    inside = layer.geometry.op("&&")(_WIDER_STORED)
    rows = select(*_columns(layer, scope), _drawn(layer.geometry)).where(inside)
    return rows.where(scope.predicate) if scope.predicate is not None else rows


def _drawn(geometry: Any) -> ColumnElement[Any]:
    """A stored geometry in the tile's units; a point needs neither clipping nor a library of projections."""
    if geometry.type.geometry_type != "POINT":
        return _mvt_geometry(func.ST_Transform(geometry, crs.MAP))
    left, top = place_in_world(geometry, _WORLD)
    return func.ST_Point(left - X * EXTENT, top - Y * EXTENT).label("geom")


def _bunch_rows(layer: Layer, scope: Scope) -> Select[*tuple[Any, ...]]:
    """What stands in each square of the tile: a count, and the fields of a point that is alone there.

    No margin: a neighbour's bunch is counted by the neighbour, and maps draw circles across the seam.
    """
    assert scope.predicate is layer.rows, "bunches count the rows that everybody sees"
    alone = layer.key == Bunch.one
    place = func.ST_Point(Bunch.left, Bunch.top).label("geom")
    columns: list[Any] = [Bunch.one.label("id"), Bunch.count.label("count"), *_columns(layer, scope)[1:], place]
    of_today = alone & scope.predicate if scope.predicate is not None else alone
    here = (Bunch.layer == layer.name, Bunch.z == Z, Bunch.x == X, Bunch.y == Y)
    return select(*columns).select_from(Bunch).outerjoin(layer.reading, of_today).where(*here)


def _shape_rows(layer: Layer, scope: Scope) -> Select[*tuple[Any, ...]]:
    shapes: Shapes = layer.shapes  # type: ignore[assignment]
    shape = shapes.table.c
    rows = (
        select(*_columns(layer, scope), _mvt_geometry(shape.geom))
        .join(shapes.table, shape[shapes.key] == layer.key)
        .where(shape.minzoom <= Z, shape.maxzoom >= Z, shape.geom.op("&&")(_WIDER))
    )
    return rows.where(scope.predicate) if scope.predicate is not None else rows


def label_point(layer: Layer) -> Any:
    """Where a feature's name stands, once, so that no seam cuts it; None where features have no such place."""
    if layer.shapes is not None:
        return layer.shapes.label
    return func.ST_PointOnSurface(layer.geometry) if layer.style.shape == "area" else None


def _span(layer: Layer) -> list[ColumnElement[Any]]:
    """How wide an area is, in degrees: what its name needs to know."""
    if layer.shapes is not None:
        return []
    return [(func.ST_XMax(layer.geometry) - func.ST_XMin(layer.geometry)).label("span")]


def _label_rows(layer: Layer, scope: Scope) -> Select[*tuple[Any, ...]]:
    label = label_point(layer)
    assert label is not None
    rows = select(*_columns(layer, scope), *_span(layer), _mvt_geometry(func.ST_Transform(label, crs.MAP)))
    rows = rows.where(label.op("&&")(_WIDER_STORED))
    if layer.geometry is not None:  # the label lies within: the index finds the few it may be of
        rows = rows.where(layer.geometry.op("&&")(_WIDER_STORED))
    return rows.where(scope.predicate) if scope.predicate is not None else rows


def density_rows(layer: Layer, inside: ColumnElement[bool] | None = None) -> Select[*tuple[Any, ...]]:
    """Counts per square of the layer's density: west, south (degrees), how many. Every point of today counts once."""
    assert layer.density is not None
    assert layer.geometry is not None
    size = literal(layer.density.size_deg, Float)
    west = (func.floor(func.ST_X(layer.geometry) / size) * size).label("west")
    south = (func.floor(func.ST_Y(layer.geometry) / size) * size).label("south")
    rows = select(west, south, func.count().label(layer.density.counted))
    rows = rows.where(layer.geometry.is_not(None), *_today(layer)).group_by(west, south)
    return rows.where(inside) if inside is not None else rows


def _today(layer: Layer) -> list[ColumnElement[bool]]:
    return [layer.rows] if layer.rows is not None else []


def _density_rows(layer: Layer) -> Select[*tuple[Any, ...]]:
    assert layer.density is not None
    assert layer.geometry is not None
    size = layer.density.size_deg
    near = layer.geometry.op("&&")(func.ST_Expand(_WIDER_STORED, size))
    counted: Subquery = density_rows(layer, near).subquery("counted")
    c = counted.c
    square = func.ST_MakeEnvelope(c.west, c.south, c.west + size, c.south + size, crs.STORED)
    return select(c[layer.density.counted], c.west, c.south, _mvt_geometry(func.ST_Transform(square, crs.MAP)))


def _encoded(rows: Select[*tuple[Any, ...]], name: str, *, with_id: bool = True) -> Select[*tuple[Any, ...]]:
    """The rows as one MVT layer; empty bytes when there are none."""
    t = rows.subquery("t")
    arguments: list[Any] = [literal_column("t"), name, EXTENT, "geom"]
    if with_id:
        arguments.append("id")
    encoded = func.coalesce(func.ST_AsMVT(*arguments), literal_column("''::bytea"))
    return select(encoded).select_from(t)


def numbered(layer: Layer) -> bool:
    """Whether the layer's key can be a feature id; a key of text travels as the property `id` instead."""
    return isinstance(layer.key.type, Integer)


def _compiled(statement: Select[*tuple[Any, ...]]) -> TileSQL:
    dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]
    state = statement.compile(dialect=dialect).construct_expanded_state({"z": 0, "x": 0, "y": 0})
    constants = {k: v for k, v in state.parameters.items() if k not in ("z", "x", "y")}
    return TileSQL(state.statement, constants)
