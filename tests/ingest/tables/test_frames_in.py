"""Where a file says its numbers are, and where they cannot be: asked, shifted, or refused with the way to read them."""

import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas
import orjson
import psycopg
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from geo import crs
from geo.declared import FrameNeeded
from geo.errors import BadInput
from geo.measure import distance_m
from ingest.tables.suspect import WrongWay

Place = tuple[float, float, str, str]
"""Longitude, latitude, the code of the commune and its name."""
MIF = """Version 300
Charset "Neutral"
Delimiter ","
{0}
Columns 3
  code Char(10)
  name Char(60)
  kind Char(30)
Data

Point {1} {2}
"""
EAST, NORTH = 585791.005, 1672370.101  # 108.80 E, 15.12 N in EPSG:5898
SHIFTED = "-191.90441429, -39.30318279, -111.45032835, -0.00928836, 0.01975479, -0.00427372, 0.252906278, 0"


@pytest.fixture
def communes(connection: psycopg.Connection) -> list[Place]:
    """A point inside each cell of the province."""
    return connection.execute(
        "SELECT ST_X(p), ST_Y(p), commune_code, full_name FROM"
        " (SELECT commune_code, ST_PointOnSurface(geom) AS p FROM cell ORDER BY id) AS c"
        " JOIN unit ON code = commune_code AND level = 'commune' AND valid_to IS NULL"
    ).fetchall()


def xy_csv(places: list[Place], epsg: int, head: str = "x,y", named: str = "commune_code", swap: bool = False) -> str:
    """Facilities at the places, in metres of a zone."""
    to = Transformer.from_crs(crs.STORED, epsg, always_xy=True)
    lines = [f"code,name,kind,{head},{named}"]
    for number, (lon, lat, code, name) in enumerate(places):
        x, y = to.transform(lon, lat)[:: -1 if swap else 1]
        lines.append(f"P{number},Trạm,hospital,{x:.3f},{y:.3f},{code if named == 'commune_code' else name}")
    return "\n".join(lines)


def stored(connection: psycopg.Connection) -> list[tuple[float, float]]:
    return connection.execute("SELECT ST_X(geom), ST_Y(geom) FROM health_facility ORDER BY row_id").fetchall()


def test_metres_without_a_frame_are_asked_for(check, load, communes, connection):
    with pytest.raises(FrameNeeded) as raised:
        load("health_facility", "a.csv", xy_csv(communes, 5898))
    assert "columns 'x' and 'y' may be in any frame; give --crs, one of" in raised.value.detail
    for words in ("--crs 5898  VN-2000 / TM-3 108°00′: Quảng Ngãi", "--crs 9216", "--crs 4756", "--crs 4326  WGS 84"):
        assert words in raised.value.detail
    assert connection.execute("SELECT count(*) FROM delivery WHERE label = 'a.csv'").fetchone() == (0,)
    metres = xy_csv(communes, 5898, head="lon,lat")
    with pytest.raises(FrameNeeded, match="hold metres, not degrees"):
        check("health_facility", "b.csv", metres)


def test_metres_with_a_frame_are_shifted(load, communes, connection):
    loaded = load("health_facility", "a.csv", xy_csv(communes, 5898, head="Đông,Bắc"), crs="5898")
    assert loaded.rejects == []
    assert max(distance_m(*zip(*stored(connection), strict=True), *zip(*[p[:2] for p in communes], strict=True))) < 0.01
    assert loaded.reading.told()[1].vi == (
        "hệ tọa độ: VN-2000 / TM-3 108°00′ (EPSG:5898) (theo --crs); chuyển về WGS 84 bằng EPSG:6960"
    )


@pytest.mark.parametrize("named", ["commune_code", "xã"])
@pytest.mark.parametrize(("drawn", "read"), [(9216, "5898"), (5898, "9216")])
def test_the_wrong_zone_is_refused_by_the_communes_rows_name(drawn, read, named, load, communes, connection):
    with pytest.raises(WrongWay) as raised:
        load("health_facility", "a.csv", xy_csv(communes, drawn, named=named), crs=read)
    assert "wrong zone" in raised.value.detail
    assert f"give --crs {drawn}" in raised.value.detail
    assert stored(connection) == []


def test_a_few_rows_of_another_zone_are_warned_of(load, communes):
    head, *ours = xy_csv(communes, 9216).split("\n")
    theirs = xy_csv(communes, 5898).split("\n")[1:]
    mixed = [theirs[n] if n % 10 == 0 else row for n, row in enumerate(ours)]
    loaded = load("health_facility", "a.csv", "\n".join([head, *mixed]), crs="9216")
    assert "fit only in VN-2000 / TM-3 108°00′ (EPSG:5898)" in loaded.reading.notes[0].en
    assert loaded.summary.stored == len(ours)


def test_a_few_places_outside_the_province_are_no_sign_of_another_zone(load, communes):
    nameless = [(lon, lat, "", "") for lon, lat, _, _ in communes]
    nameless += [(107.0 + n / 100, 14.8, "", "") for n in range(20)]  # a zone further east they would lie inside
    loaded = load("health_facility", "a.csv", xy_csv(nameless, 5898), crs="5898")
    assert loaded.reading.notes == []


def test_rows_outside_the_commune_they_name_are_warned_of(load, communes):
    away = [
        (lon, lat, communes[(n + 40) % 97][2], "") if n < 5 else (lon, lat, c, "")
        for n, (lon, lat, c, _) in enumerate(communes)
    ]
    loaded = load("health_facility", "a.csv", xy_csv(away, 5898), crs="5898")
    assert "5 of 97 places lie outside the commune" in loaded.reading.notes[0].en


def test_where_nothing_can_tell_the_zones_apart_that_is_said(load, communes):
    middle = [p for p in communes if 108.15 < p[0] < 108.5 and 14.4 < p[1] < 15][:10]
    nameless = [(lon, lat, "", "") for lon, lat, _, _ in middle]
    loaded = load("health_facility", "a.csv", xy_csv(nameless, 5898), crs="5898")
    assert [n.en for n in loaded.reading.notes if "look at a few on the map" in n.en]
    assert loaded.summary.stored == len(middle) > 3


@pytest.mark.parametrize("head", ["x,y", "easting,northing", "lon,lat"])
def test_east_and_north_exchanged_are_refused_as_a_file(head, load, communes, connection):
    with pytest.raises(WrongWay, match=r"east and north are exchanged.*đổi cột"):
        load("health_facility", "a.csv", xy_csv(communes, 5898, head=head, swap=True), crs="5898")
    assert stored(connection) == []


def test_degrees_exchanged_are_refused_as_a_file(load, communes, tmp_path):
    rows = "\n".join(f"P{n},Trạm,hospital,{lat},{lon}" for n, (lon, lat, _, _) in enumerate(communes))
    with pytest.raises(WrongWay, match="east and north are exchanged"):
        load("health_facility", "a.csv", "code,name,kind,lon,lat\n" + rows)
    box = shapely.box(15.0, 109.5, 15.3, 109.9)  # in the sea, far from any commune
    zone = geopandas.GeoDataFrame([{"code": "Z", "name": "Z", "kind": "anchorage", "verified": True}], geometry=[box])
    pyogrio.write_dataframe(zone.set_crs(4326), tmp_path / "z.gpkg", driver="GPKG")
    with pytest.raises(WrongWay, match="east and north are exchanged"):
        load("zone", "", tmp_path / "z.gpkg")


def test_one_row_exchanged_among_many_is_refused_alone(load, communes):
    lines = [f"P{n},Trạm,hospital,{lon},{lat}" for n, (lon, lat, _, _) in enumerate(communes)]
    lines[3] = f"P3,Trạm,hospital,{communes[3][1]},{communes[3][0]}"
    loaded = load("health_facility", "a.csv", "code,name,kind,lon,lat\n" + "\n".join(lines))
    assert [r.line_no for r in loaded.rejects] == [4]


def made(folder: Path, suffix: str, driver: str, frame: int | None) -> Path:
    facts = [{"code": "A", "name": "Trạm", "kind": "hospital"}]
    table = geopandas.GeoDataFrame(facts, geometry=[shapely.Point(EAST, NORTH)], crs=frame)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a file without a frame is what this is about
        pyogrio.write_dataframe(table, folder / f"a{suffix}", driver=driver)
    return folder / f"a{suffix}"


@pytest.mark.parametrize(
    ("suffix", "driver"), [(".gpkg", "GPKG"), (".shp", "ESRI Shapefile"), (".mif", "MapInfo File")]
)
def test_a_file_that_declares_no_frame_is_asked_for(suffix, driver, load, tmp_path, connection):
    path = made(tmp_path, suffix, driver, None)
    with pytest.raises(FrameNeeded, match="does not say which frame"):
        load("health_facility", "", path)
    assert load("health_facility", "", path, crs="5898").summary.stored == 1
    assert distance_m(*stored(connection)[0], 108.80, 15.12) < 0.01


def mif(folder: Path, coordsys: str, at: tuple[float, float] = (EAST, NORTH)) -> Path:
    (folder / "m.mif").write_text(MIF.format(coordsys, *at))
    (folder / "m.mid").write_bytes('"A","Trạm y tế","hospital"\n'.encode())
    return folder / "m.mif"


@pytest.mark.parametrize(
    ("coordsys", "noted"),
    [
        (f'CoordSys Earth Projection 8, 9999, 28, {SHIFTED}, "m", 108, 0, 0.9999, 500000, 0', False),
        ('CoordSys Earth Projection 8, 104, "m", 108, 0, 0.9999, 500000, 0', True),
        ('CoordSys Earth Projection 8, 9999, 28, 0, 0, 0, 0, 0, 0, 0, 0, "m", 108, 0, 0.9999, 500000, 0', True),
        ('CoordSys Earth Projection 8, 157, "m", 108, 0, 0.9999, 500000, 0', True),
    ],
)
def test_every_way_mapinfo_says_vn2000_is_shifted(coordsys, noted, load, tmp_path, connection):
    loaded = load("health_facility", "", mif(tmp_path, coordsys))
    assert distance_m(*stored(connection)[0], 108.80, 15.12) < 0.05
    said = loaded.reading.told()[1]
    assert "VN-2000 / TM-3 108°00′ (EPSG:5898)" in said.vi
    assert ("không có phép chuyển hệ" in said.vi) is noted
    assert "EPSG:6960" in said.vi


def test_a_mapinfo_table_off_the_earth_is_asked_for(load, tmp_path):
    path = mif(tmp_path, 'CoordSys NonEarth Units "m" Bounds (0, 0) (2000000, 2000000)')
    with pytest.raises(FrameNeeded):
        load("health_facility", "", path)


@pytest.mark.parametrize("epsg", [5898, 9216])
def test_the_reference_values_come_in_through_a_shapefile(epsg, load, tmp_path, connection):
    lon, lat, east, north = {5898: (108.80, 15.12, EAST, NORTH), 9216: (108.00, 14.35, 553734.270, 1587082.469)}[epsg]
    facts = [{"code": "A", "name": "Trạm", "kind": "hospital"}]
    table = geopandas.GeoDataFrame(facts, geometry=[shapely.Point(east, north)], crs=epsg)
    pyogrio.write_dataframe(table, tmp_path / "a.shp", driver="ESRI Shapefile")
    load("health_facility", "", tmp_path / "a.shp")
    assert distance_m(*stored(connection)[0], lon, lat) < 0.002


def test_a_prj_that_lost_its_datum_still_gives_vn2000(load, tmp_path, connection):
    path = made(tmp_path, ".shp", "ESRI Shapefile", 5898)
    prj = tmp_path / "a.prj"
    prj.write_text(prj.read_text().replace("GCS_VN_2000", "GCS_WGS_1984").replace("D_Vietnam_2000", "D_WGS_1984")
                   .replace("VN_2000_TM-3_zone_491", "Custom"))  # fmt: skip
    loaded = load("health_facility", "", path)
    assert distance_m(*stored(connection)[0], 108.80, 15.12) < 0.01
    assert "không có phép chuyển hệ" in loaded.reading.told()[1].vi


def test_old_geojson_that_names_its_frame_is_believed(load, tmp_path, connection):
    feature = {"type": "Feature", "properties": {"code": "A", "name": "T", "kind": "hospital"},
               "geometry": {"type": "Point", "coordinates": [EAST, NORTH]}}  # fmt: skip
    named = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5898"}}
    content = orjson.dumps({"type": "FeatureCollection", "crs": named, "features": [feature]})
    load("health_facility", "a.geojson", content)
    assert distance_m(*stored(connection)[0], 108.80, 15.12) < 0.01


def test_a_frame_that_is_none_is_refused(check: Callable, communes):
    with pytest.raises(BadInput, match="crs"):
        check("health_facility", "a.csv", xy_csv(communes, 5898), crs="mars")
