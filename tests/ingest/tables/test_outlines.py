"""The owner's official outlines in the place of ours, and back: facts move, none is lost, the former bytes return."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from shapely import affinity
from shapely.geometry import mapping

from geo.errors import BadInput
from ingest.deliveries import Sender
from ingest.tables.load import load_table
from ingest.tables.outline_report import Report
from ingest.tables.outlines import Asked, replace_outlines, restore_outlines
from ingest.tables.table import ReadOptions
from layers.database import make_engine, write
from layers.registry import load_layers
from layers.units import load as unit_load
from layers.units.ground import DATA, own_ground
from layers.units.load import load_reference, read_csv

LAYER = load_layers()["health_facility"]
SHIFT_DEG = 0.004
BOW = shapely.Polygon([(108, 15), (108.1, 15.1), (108.1, 15), (108, 15.1)])
Outlines = dict[str, Any]


def clock() -> datetime:
    return datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


def ours() -> Outlines:
    communes: dict[str, list[Any]] = {}
    for row, polygon in zip(read_csv(DATA / "cells.csv"), own_ground(), strict=True):
        communes.setdefault(row["commune_code"], []).append(polygon)
    return {code: shapely.union_all(pieces) for code, pieces in communes.items()}


def perturbed() -> Outlines:
    """Our communes on a ground that was bent by up to 400 m: still a coverage, every border elsewhere."""
    return {code: shapely.transform(outline, bend) for code, outline in ours().items()}


def bend(points: Any) -> Any:
    x, y = points[:, 0], points[:, 1]
    return np.column_stack([x + SHIFT_DEG * np.sin(8 * y), y + SHIFT_DEG * np.sin(8 * x)])


def as_file(folder: Path, outlines: Outlines, name: str = "xa.geojson") -> Path:
    features = [
        {"type": "Feature", "properties": {"ma_xa": code, "ten": "x"}, "geometry": mapping(outline)}
        for code, outline in outlines.items()
    ]
    path = folder / name
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.fixture
def province(connection: psycopg.Connection, tmp_path: Path) -> None:
    """Facilities all over the ground, many of them beside a border, some at sea."""
    rng = np.random.default_rng(5)
    points = [p for cell in own_ground() for p in shapely.get_coordinates(cell)[::15] + rng.normal(0, 0.002, 2)]
    features = [
        {
            "type": "Feature",
            "properties": {"code": f"F{n}", "name": "Trạm", "kind": "commune_station", "beds": n % 9},
            "geometry": {"type": "Point", "coordinates": [float(x), float(y)]},
        }
        for n, (x, y) in enumerate(points)
    ]
    path = tmp_path / "health.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert load_table(connection, LAYER, path, Sender("health_test", "simulated", "thử"), clock).rejects == []


def put(connection: psycopg.Connection, path: Path, **asked: Any) -> Report:
    said = Asked("Sở Nông nghiệp và Môi trường", date(2026, 1, 15), **asked)
    return replace_outlines(connection, path, said, clock, lambda _: None)


STATE = {
    "cells": "SELECT id, ST_AsBinary(geom) FROM cell ORDER BY id",
    "shapes": "SELECT unit_key, minzoom, maxzoom, ST_AsBinary(geom) FROM unit_shape ORDER BY 1, 2",
    "facts": "SELECT row_id, cell_id FROM health_facility ORDER BY 1",
    "sums": "SELECT * FROM cell_sum ORDER BY layer, cell_id, measure, source_id",
}


def state(connection: psycopg.Connection) -> dict[str, list[Any]]:
    return {name: connection.execute(statement.encode()).fetchall() for name, statement in STATE.items()}


def version(connection: psycopg.Connection, layer: str) -> int:
    row = connection.execute("SELECT version FROM layer_version WHERE layer = %s", (layer,)).fetchone()
    assert row is not None
    return int(row[0])


def totals(found: dict[str, list[Any]]) -> dict[str, float]:
    by_measure: dict[str, float] = {}
    for _, _, measure, _, value, *_ in found["sums"]:
        by_measure[measure] = by_measure.get(measure, 0) + (value or 0)
    return by_measure


@pytest.mark.usefixtures("province")
def test_official_outlines_move_facts_and_lose_none(connection: psycopg.Connection, tmp_path: Path) -> None:
    before, at = state(connection), version(connection, "unit")
    report = put(connection, as_file(tmp_path, perturbed()))
    assert report.faults == []
    after = state(connection)
    moved = sum(a != b for a, b in zip(before["facts"], after["facts"], strict=True))
    assert moved > 50
    assert report.moved == {"health_facility": moved}
    assert totals(after) == totals(before)
    assert version(connection, "unit") == at + 1
    rows = connection.execute(
        "SELECT count(*) FROM health_facility AS f JOIN cell AS c ON c.id = f.cell_id"
        " WHERE NOT ST_Intersects(c.geom, f.geom)"
    )
    assert rows.fetchone() == (0,)
    for (_, former), (_, official) in zip(before["cells"], after["cells"], strict=True):
        assert former != official
        assert shapely.from_wkb(bytes(official)).is_valid


@pytest.mark.usefixtures("province")
def test_ours_come_back_byte_by_byte(connection: psycopg.Connection, tmp_path: Path) -> None:
    before = state(connection)
    put(connection, as_file(tmp_path, perturbed()))
    assert restore_outlines(connection, lambda _: None)
    after = state(connection)
    for name, rows in before.items():
        assert after[name] == rows, name
    assert restore_outlines(connection, lambda _: None) is None


@pytest.mark.usefixtures("province")
def test_a_rehearsal_says_what_would_move_and_changes_nothing(connection: psycopg.Connection, tmp_path: Path) -> None:
    path, before, at = as_file(tmp_path, perturbed()), state(connection), version(connection, "unit")
    rehearsed = put(connection, path, dry_run=True)
    assert state(connection) == before
    assert version(connection, "unit") == at
    assert connection.execute("SELECT count(*) FROM outline_source").fetchone() == (0,)
    assert put(connection, path).moved == rehearsed.moved


def test_the_report_names_the_worst_first(connection: psycopg.Connection, tmp_path: Path) -> None:
    report = put(connection, as_file(tmp_path, perturbed()), dry_run=True)
    assert len(report.changes) == 96
    differences = [abs(c.difference_pct) for c in report.worst]
    assert differences == sorted(differences, reverse=True)
    assert 0 < differences[0] < 10


def test_every_unit_keeps_a_shape_at_every_zoom(connection: psycopg.Connection, tmp_path: Path) -> None:
    put(connection, as_file(tmp_path, perturbed()))
    rows = connection.execute(
        "SELECT minzoom, count(*), bool_and(ST_IsValid(geom) AND NOT ST_IsEmpty(geom)) FROM unit_shape GROUP BY 1"
    ).fetchall()
    assert {row[1:] for row in rows} == {(96 + 23, True)}


def test_a_commune_of_two_former_districts_is_cut_along_the_old_line(
    connection: psycopg.Connection, tmp_path: Path
) -> None:
    put(connection, as_file(tmp_path, perturbed()))
    rows = connection.execute(
        "SELECT ST_Area(geom::geography) / 1e6, area_km2 FROM cell WHERE split ORDER BY id"
    ).fetchall()
    assert len(rows) == 2
    for drawn, published in rows:
        assert drawn == pytest.approx(published, rel=0.25)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda o: o.pop("21025"), "1 of 96 communes are absent: 21025 Phường Cẩm Thành"),
        (lambda o: o.update({"99999": o["21025"]}), "no commune of today has the code 99999"),
        (lambda o: o.update({"21025": shapely.box(108.9, 14.7, 108.93, 14.72)}), "does the code stand beside"),
        (lambda o: o.update({"21025": o["21028"], "21028": o["21025"]}), "does the code stand beside"),
        (lambda o: o.update({"21115": o["21115"].buffer(0.01)}), "more than 10 %"),
        (lambda o: o.update({"21025": o["21025"].buffer(0.012)}), "draw their border once"),
        (lambda o: o.update({"21115": o["21115"].difference(hole(o["21115"]))}), "belong to no commune"),
        (
            lambda o: o.update({"21025": BOW}),
            "crosses itself",
        ),
        (lambda o: o.update({"21025": shapely.box(15, 108, 15.1, 108.1)}), "swapped"),
        (lambda o: o.update({"21025": shapely.Point(108.8, 15.1)}), "give a Polygon"),
    ],
)
def test_one_fault_and_nothing_changes(
    spoil: Callable[[Outlines], Any], said: str, connection: psycopg.Connection, tmp_path: Path
) -> None:
    before, outlines = state(connection), perturbed()
    spoil(outlines)
    report = put(connection, as_file(tmp_path, outlines))
    assert any(said in fault for fault in report.faults), report.faults
    assert state(connection) == before


def hole(polygon: Any) -> Any:
    return shapely.centroid(polygon).buffer(0.012)


def test_more_is_allowed_when_asked(connection: psycopg.Connection, tmp_path: Path) -> None:
    outlines = perturbed()
    shrunk = affinity.scale(outlines["21548"], 0.9, 0.9)  # Lý Sơn has no neighbour to leave a gap to
    path = as_file(tmp_path, outlines | {"21548": shrunk})
    assert "more than 10 %" in " ".join(put(connection, path).faults)
    assert put(connection, path, tolerance_pct=30).faults == []


def in_metres(outlines: Outlines) -> geopandas.GeoDataFrame:
    """The outlines as the office draws them: VN-2000, central meridian 108°."""
    made = geopandas.GeoDataFrame({"MaXa": list(outlines)}, geometry=list(outlines.values()), crs=4326)
    return made.to_crs(5898)


def test_a_geopackage_in_the_provinces_own_frame_lies_where_ours_does(
    connection: psycopg.Connection, tmp_path: Path
) -> None:
    path = tmp_path / "xa.gpkg"
    pyogrio.write_dataframe(in_metres(ours()), path, driver="GPKG")
    report = put(connection, path)
    assert report.faults == []
    assert min(change.agreement for change in report.changes) > 0.98
    assert max(abs(change.difference_pct) for change in report.changes) < 0.2


def test_a_shapefile_that_does_not_say_its_frame_needs_to_be_told(
    connection: psycopg.Connection, tmp_path: Path
) -> None:
    path = tmp_path / "xa.shp"
    pyogrio.write_dataframe(in_metres(ours()), path, driver="ESRI Shapefile")
    path.with_suffix(".prj").unlink()
    with pytest.raises(BadInput, match="--crs"):
        put(connection, path)
    wrong = put(connection, path, reading=ReadOptions(crs="9216"))
    assert any("right coordinate system" in fault for fault in wrong.faults)
    assert put(connection, path, reading=ReadOptions(crs="5898")).faults == []


def test_only_communes_can_be_replaced(connection: psycopg.Connection, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="commune"):
        put(connection, as_file(tmp_path, perturbed()), level="district")


def test_a_file_without_codes_says_which_columns_it_has(connection: psycopg.Connection, tmp_path: Path) -> None:
    report = put(connection, as_file(tmp_path, perturbed()), code_column="MADV")
    assert "--code-column" in report.faults[0]
    assert "ma_xa, ten" in report.faults[0]


@pytest.mark.usefixtures("province")
def test_a_new_version_of_ours_leaves_official_outlines_in_force(
    connection: psycopg.Connection, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(connection, as_file(tmp_path, perturbed()))
    before = state(connection)
    monkeypatch.setattr(unit_load, "FILES", unit_load.FILES[:-1])  # another digest: a bundle we have not loaded
    engine = make_engine(database_url)
    with write(engine) as opened:
        assert load_reference(opened, clock)
    engine.dispose()
    assert state(connection) == before
