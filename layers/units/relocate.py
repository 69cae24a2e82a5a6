"""Facts find their cells anew after borders moved: one statement per layer, by the rule they were placed with."""

import psycopg
from psycopg import sql

from geo import crs
from layers.registry import load_layers
from layers.spec import Layer
from layers.sums import refresh_sums
from layers.versions import bump, notify

# The point of a fact, the cell that covers it, else the nearest within reach; as ingest.tables.frames places them.
_MOVE = """
WITH cells AS MATERIALIZED (
    SELECT id, geom, ST_Transform(geom, {metres}) AS ground,
           row_number() OVER (ORDER BY commune_code, ST_Area(geom) DESC) AS place
    FROM cell),
placed AS (SELECT row_id, cell_id, ST_PointOnSurface(geom) AS point FROM {facts}),
found AS (
    SELECT p.row_id, p.cell_id, coalesce(
        (SELECT id FROM cells WHERE ST_Intersects(cells.geom, p.point) ORDER BY place LIMIT 1),
        CASE WHEN {near} > 0 THEN
            (SELECT id FROM cells WHERE ST_DWithin(ground, ST_Transform(p.point, {metres}), {near})
             ORDER BY ST_Distance(ground, ST_Transform(p.point, {metres})), place LIMIT 1) END) AS cell
    FROM placed AS p)
UPDATE {facts} AS f SET cell_id = found.cell
FROM found WHERE found.row_id = f.row_id AND f.cell_id IS DISTINCT FROM found.cell
"""


def located_layers() -> list[Layer]:
    """The layers whose facts have their cell from where they are (not from the commune they name)."""
    return [m for m in load_layers().values() if m.cell is not None and m.file and m.file.place == "geometry"]


def relocate(connection: psycopg.Connection) -> dict[str, int]:
    """Give every fact the cell it lies in now, and its layer its sums: how many moved, by layer where any did."""
    moved = {layer.name: _move(connection, layer) for layer in located_layers()}
    for layer in located_layers():
        if moved[layer.name]:
            refresh_sums(connection, layer)
            notify(connection, {"layer": layer.name, "version": bump(connection, layer.name)})
    return {name: count for name, count in moved.items() if count}


def _move(connection: psycopg.Connection, layer: Layer) -> int:
    assert layer.file is not None
    facts = sql.Identifier(layer.model.__tablename__)
    values = {"facts": facts, "metres": sql.Literal(crs.PROVINCE_EAST), "near": sql.Literal(layer.file.near_m)}
    return connection.execute(sql.SQL(_MOVE).format(**values)).rowcount
