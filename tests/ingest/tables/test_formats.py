"""Real files of every kind: the same rows become the same facts, and the same file twice is nothing new."""

import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import psycopg
import pyogrio
import pytest
import shapely

from geo import crs
from layers.registry import get_layer, load_layers

ROWS: list[dict[str, Any]] = [
    {"code": "T1", "name": "Trạm y tế xã Tịnh Khê", "kind": "commune_station", "beds": 12, "his": "VNPT-HIS",
     "precision_m": 25, "note": "gần chợ; “cũ”", "as_of": "2026-11-01", "commune_code": "21025"},
    {"code": "T2", "name": "Bệnh viện Đặng Thùy Trâm", "kind": "hospital", "beds": None, "his": None,
     "precision_m": None, "note": None, "as_of": "2026-11-02", "commune_code": None},
    {"code": "007", "name": "Phòng khám Ơ Rê", "kind": "polyclinic", "beds": 0, "his": "Viettel HIS",
     "precision_m": 5, "note": None, "as_of": "2026-10-31", "commune_code": None},
]  # fmt: skip
POINTS = [(108.8987654, 15.2012345), (108.8012, 15.1207), (108.7, 14.9)]
COLUMNS = list(ROWS[0])
Writer = Callable[[Path], Path]


def frame(epsg: int = crs.STORED) -> geopandas.GeoDataFrame:
    made = geopandas.GeoDataFrame(ROWS, geometry=[shapely.Point(p) for p in POINTS], crs=crs.STORED)
    return made if epsg == crs.STORED else made.to_crs(epsg)


def write_csv(folder: Path) -> Path:
    lines = [",".join([*COLUMNS, "lon", "lat"])]
    for row, point in zip(ROWS, POINTS, strict=True):
        cells = ["" if row[c] is None else f'"{row[c]}"' for c in COLUMNS]
        lines.append(",".join([*cells, *map(repr, point)]))
    (folder / "t.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "t.csv"


def write_xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([*COLUMNS, "lon", "lat"])
    for row, point in zip(ROWS, POINTS, strict=True):
        sheet.append([*(datetime.fromisoformat(row[c]) if c == "as_of" else row[c] for c in COLUMNS), *point])
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


def write_geojson(folder: Path) -> Path:
    features = [
        {"type": "Feature", "properties": row, "geometry": {"type": "Point", "coordinates": point}}
        for row, point in zip(ROWS, POINTS, strict=True)
    ]
    (folder / "t.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return folder / "t.geojson"


def vector(suffix: str, driver: str, epsg: int = crs.STORED) -> Writer:
    def write(folder: Path) -> Path:
        pyogrio.write_dataframe(frame(epsg), folder / f"t{suffix}", driver=driver)
        return folder / f"t{suffix}"

    return write


def zipped(write: Writer) -> Writer:
    def pack(folder: Path) -> Path:
        table = write(folder)
        with zipfile.ZipFile(folder / "t.zip", "w") as archive:
            for part in folder.glob("t.*"):
                if part.suffix != ".zip":
                    archive.write(part, f"Dữ liệu/{part.name}")
        assert table.exists()
        return folder / "t.zip"

    return pack


WRITERS: dict[str, Writer] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "geojson": write_geojson,
    "gpkg": vector(".gpkg", "GPKG"),
    "gpkg 5898": vector(".gpkg", "GPKG", crs.PROVINCE_EAST),
    "shp": vector(".shp", "ESRI Shapefile"),
    "shp 9216 zip": zipped(vector(".shp", "ESRI Shapefile", crs.PROVINCE_WEST)),
    "tab": vector(".tab", "MapInfo File"),
    "tab 5898": vector(".tab", "MapInfo File", crs.PROVINCE_EAST),
    "mif": vector(".mif", "MapInfo File"),
}
EXACT = ("csv", "xlsx", "geojson", "gpkg", "shp")


def facts(connection: psycopg.Connection) -> tuple[list[Any], list[tuple[float, float]]]:
    rows = connection.execute(
        "SELECT code, name, kind, beds, his, precision_m, note, t, cell_id, ST_X(geom), ST_Y(geom), content_hash"
        " FROM health_facility ORDER BY row_id"
    ).fetchall()
    return [r[:9] for r in rows], [r[9:11] for r in rows]


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_rows_of_any_file_are_the_same_facts(name, load, tmp_path, connection):
    folder = tmp_path / "other"
    folder.mkdir()
    loaded = load("health_facility", "", WRITERS[name](folder))
    assert loaded.rejects == []
    assert (loaded.summary.stored, loaded.summary.unaccounted) == (3, 0)
    found, places = facts(connection)
    connection.execute("TRUNCATE health_facility")
    load("health_facility", "", write_csv(tmp_path))
    expected, points = facts(connection)
    if name.startswith(("tab", "mif")):  # MapInfo has no empty numbers: what was not known has become 0, and we say so
        expected = [tuple(0 if v is None and at in (3, 5) else v for at, v in enumerate(row)) for row in expected]
        assert any("MapInfo" in note.en for note in loaded.reading.notes)
    assert found == expected
    within = 0 if name in EXACT else 1e-5  # MapInfo keeps whole numbers of some millionths; a shift is one metre sure
    assert [pytest.approx(p, abs=within) for p in points] == places


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_file_twice_is_nothing_new(name, load, tmp_path):
    path = WRITERS[name](tmp_path)
    assert load("health_facility", "", path).summary.stored == 3
    again = load("health_facility", "", path).summary
    assert (again.stored, again.duplicates, again.unaccounted) == (0, 3, 0)


def test_one_file_after_another_of_the_same_rows_is_nothing_new(load, tmp_path):
    for number, name in enumerate(EXACT):
        folder = tmp_path / name
        folder.mkdir()
        assert load("health_facility", "", WRITERS[name](folder)).summary.stored == (0 if number else 3)


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "tab", "geojson"])
@pytest.mark.parametrize(
    ("layer", "shape", "row"),
    [
        ("zone", shapely.box(109.0, 15.0, 109.2, 15.3), {"verified": "true", "basis": "thử"}),
        ("boundary", shapely.LineString([(109.0, 15.0), (109.5, 15.5), (110, 15.2)]), {"basis": "thử"}),
    ],
)
def test_areas_and_lines_come_in_too(layer, shape, row, suffix, load, tmp_path, connection):
    kind = get_layer(load_layers(), layer).field("kind")
    assert kind is not None
    row = {"code": "Z1", "name": "Vùng thử", "kind": kind.values[0]} | row
    made = geopandas.GeoDataFrame([row], geometry=[shape], crs=crs.STORED)
    drivers = {"gpkg": "GPKG", "shp": "ESRI Shapefile", "tab": "MapInfo File", "geojson": "GeoJSON"}
    pyogrio.write_dataframe(made, tmp_path / f"z.{suffix}", driver=drivers[suffix])
    loaded = load(layer, "", tmp_path / f"z.{suffix}")
    assert (loaded.rejects, loaded.summary.stored) == ([], 1)
    assert load(layer, "", tmp_path / f"z.{suffix}").summary.stored == 0
    (found,) = connection.execute(f"SELECT ST_AsBinary(geom) FROM {layer}").fetchone()
    assert shapely.hausdorff_distance(shapely.from_wkb(bytes(found)), shape) < 1e-5
