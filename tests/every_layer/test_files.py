"""Files of every layer that takes them: good rows stored, bad ones refused by name, the same again is nothing new."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import sql

from ingest.tables.load import Loaded
from ingest.tables.shapes import wanted_kind
from layers.registry import load_layers
from layers.spec import Layer

Row = dict[str, Any]
Load = Callable[[Layer, list[Row]], Loaded]
TAKING = [m for m in load_layers().values() if m.file]
with_file = pytest.mark.parametrize("layer", TAKING, ids=lambda m: m.name)


def stored(connection: psycopg.Connection, layer: Layer) -> list[tuple[int, bool, int | None]]:
    """(id, whether it stands, cell) of every row, oldest first."""
    statement = sql.SQL("SELECT id, superseded_at IS NULL, cell_id FROM {} ORDER BY row_id")
    return connection.execute(statement.format(sql.Identifier(layer.model.__tablename__))).fetchall()


@with_file
def test_every_way_to_be_wrong_is_refused_by_name(
    layer: Layer, load: Load, make_row, spoil, places, connection
) -> None:
    assert layer.file is not None
    fields = [f for f in layer.fields if f.from_file and f.column is not None]
    bad = [(f.name, value) for f in fields for value in spoil(f)]
    rows = [make_row(layer, 0, places[0])]
    rows += [make_row(layer, n, places[0]) | {name: value} for n, (name, value) in enumerate(bad, 1)]
    loaded = load(layer, rows)
    told = [f"row {n}, field {name}: " for n, (name, _) in enumerate(bad, 2)]
    assert [r.detail[: len(t)] for r, t in zip(loaded.rejects, told, strict=True)] == told
    assert all(";" in r.detail or "whole" in r.detail for r in loaded.rejects)  # what is wrong; how to mend it
    assert (loaded.summary.stored, loaded.summary.unaccounted) == (1, 0)
    kept = connection.execute("SELECT line_no, detail FROM reject ORDER BY line_no").fetchall()
    assert kept == [(r.line_no, r.detail) for r in loaded.rejects]


@with_file
def test_the_same_file_twice_is_nothing_new(layer: Layer, load: Load, make_row, places, connection) -> None:
    rows = [make_row(layer, n, place) for n, place in enumerate(places[:5])]
    assert load(layer, rows).summary.stored == 5
    before = connection.execute("SELECT version FROM layer_version WHERE layer = %s", (layer.name,)).fetchone()
    again = load(layer, rows).summary
    assert (again.stored, again.duplicates) == (0, 5)
    assert connection.execute("SELECT version FROM layer_version WHERE layer = %s", (layer.name,)).fetchone() == before
    assert all(standing and cell is not None for _, standing, cell in stored(connection, layer))


@with_file
def test_a_correction_supersedes(layer: Layer, load: Load, make_row, places, connection) -> None:
    row = make_row(layer, 1, places[0])
    load(layer, [row])
    name = next(f.name for f in layer.fields if f.from_file and f.name != layer.file.code and not f.choices)
    other = make_row(layer, 2, places[0])[name]
    assert load(layer, [row | {name: other}]).summary.stored == 1
    (first, second) = stored(connection, layer)
    assert (first[1], second[1]) == (False, True)
    assert first[0] == second[0]


@with_file
def test_what_a_row_is_linked_to_is_kept(layer: Layer, load: Load, make_row, places, connection) -> None:
    assert layer.file is not None
    load(layer, [make_row(layer, n, places[0]) for n in range(3)])
    kinds = connection.execute(
        "SELECT d.kind, count(*) FROM transmitter_on_vessel AS x JOIN transmitter AS d ON d.id = x.transmitter_id"
        " WHERE x.valid_to IS NULL GROUP BY d.kind"
    ).fetchall()
    assert dict(kinds) == {link.kind: 3 for link in layer.file.links}


BAD_GEOMETRIES: dict[str, Any] = {
    "give a": {"type": "GeometryCollection", "geometries": []},
    "an empty": {"type": "MultiPoint", "coordinates": []},
    "far from Việt Nam": {"type": "Point", "coordinates": [2.0, 48.0]},
    "not readable": {"type": "Point", "coordinates": ["một", "hai"]},
}
BY_KIND = {
    "MULTIPOLYGON": {"type": "Polygon", "coordinates": [[[2.0, 48.0], [2.1, 48.0], [2.1, 48.1], [2.0, 48.0]]]},
    "MULTILINESTRING": {"type": "LineString", "coordinates": [[2.0, 48.0], [2.1, 48.0]]},
}
PLACED = [m for m in TAKING if m.file and m.file.place == "geometry"]


@pytest.mark.parametrize("layer", PLACED, ids=lambda m: m.name)
def test_a_place_that_is_none_is_refused_by_name(layer: Layer, load: Load, make_row, places) -> None:
    bad = BAD_GEOMETRIES | {"far from Việt Nam": BY_KIND.get(wanted_kind(layer), BAD_GEOMETRIES["far from Việt Nam"])}
    rows = [make_row(layer, n, places[0]) | {"geometry": shape} for n, shape in enumerate(bad.values())]
    loaded = load(layer, [*rows, make_row(layer, len(rows), places[0])])
    assert (loaded.summary.stored, len(loaded.rejects)) == (1, len(bad))
    for number, (words, reject) in enumerate(zip(bad, loaded.rejects, strict=True), 1):
        assert (reject.reason, reject.detail.startswith(f"row {number}, geometry: ")) == ("bad_geometry", True)
        assert words in reject.detail
