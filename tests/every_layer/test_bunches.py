"""Every layer of points, loaded from its file, is drawn together from afar without losing one."""

import pytest

from layers.bunches import is_bunched
from layers.database import connect
from layers.registry import load_layers
from layers.spec import Layer

BUNCHED = [layer for layer in load_layers().values() if is_bunched(layer)]
every_bunched_layer = pytest.mark.parametrize("layer", BUNCHED, ids=[layer.name for layer in BUNCHED])


@every_bunched_layer
def test_loading_counts_every_row_at_every_zoom(layer: Layer, province: str) -> None:
    table = layer.model.__tablename__
    with connect(province) as connection:
        (rows,) = connection.execute(f"SELECT count(*) FROM {table} WHERE superseded_at IS NULL".encode()).fetchone()
        asked = "SELECT z, sum(count) FROM bunch WHERE layer = %s GROUP BY z ORDER BY z"
        counted = connection.execute(asked, (layer.name,)).fetchall()
    assert rows > 0
    assert counted == [(z, rows) for z in range(layer.style.thin_below)]


@every_bunched_layer
def test_no_field_takes_the_place_of_the_count(layer: Layer) -> None:
    assert layer.field("count") is None


def test_there_are_such_layers() -> None:
    assert {"fishing_port", "health_facility"} <= {layer.name for layer in BUNCHED}
