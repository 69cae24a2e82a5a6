"""Facts find their cells anew after borders moved: one statement per layer, by the rule they were placed with."""

import psycopg
from psycopg import sql

from geo import crs
from layers.registry import load_layers
from layers.spec import Layer
from layers.sums import refresh_sums
from layers.versions import bump, notify

# The point of a fact, and the cell that covers it (by the cells' index); as ingest.tables.frames places them.
_MOVE = """
WITH placed AS (SELECT row_id, cell_id, ST_PointOnSurface(geom) AS point FROM {facts}),
found AS (
    SELECT p.row_id, p.cell_id, coalesce(
        (SELECT c.id FROM cell AS c WHERE ST_Intersects(c.geom, p.point)
         ORDER BY c.commune_code, ST_Area(c.geom) DESC LIMIT 1), {nearest}) AS cell
    FROM placed AS p)
UPDATE {facts} AS f SET cell_id = found.cell
FROM found WHERE found.row_id = f.row_id AND f.cell_id IS DISTINCT FROM found.cell
"""
# Off the shore: the nearest cell within reach, in metres of the province's own frame.
_NEAREST = """
(SELECT c.id FROM cell AS c WHERE ST_DWithin(ST_Transform(c.geom, {metres}), ST_Transform(p.point, {metres}), {near})
 ORDER BY ST_Distance(ST_Transform(c.geom, {metres}), ST_Transform(p.point, {metres})), c.commune_code LIMIT 1)
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
    metres, near = sql.Literal(crs.PROVINCE_EAST), sql.Literal(layer.file.near_m)
    nearest = sql.SQL(_NEAREST).format(metres=metres, near=near) if layer.file.near_m else sql.SQL("NULL")
    facts = sql.Identifier(layer.model.__tablename__)
    return connection.execute(sql.SQL(_MOVE).format(facts=facts, nearest=nearest)).rowcount
