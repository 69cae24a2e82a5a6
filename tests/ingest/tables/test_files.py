"""Files that are no files of ours: refused whole, before anything is stored, with what to do about it."""

import pytest

from geo.errors import BadInput
from ingest.deliveries import Sender
from ingest.tables.load import load_table
from ingest.tables.read import MAX_BYTES, csv_rows, geojson_rows, read_rows
from layers.registry import load_layers

GOOD = b"code,name,kind,lon,lat\nH1,Tr\xe1\xba\xa1m,hospital,108.8,15.1\n"


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"\n\n", "the file is empty"),
        ("a.csv", b"code,name,lon,lat\nH1,a,108.8,15.1\n", "column(s) kind missing"),
        ("a.CSV", b"code,name,lon,lat\nH1,a,108.8,15.1\n", "column(s) kind missing"),
        ("a.csv", b"code,name,kind\nH1,a,hospital\n", "column(s) lon, lat missing"),
        ("a.csv", b"code,name,lon,lat\n", "column(s) kind missing"),
        ("a.csv", b"code,name,lon,lat\nH1\n", "column(s) kind missing"),
        ("a.csv", b"code,name,kind,lon,lat,name\nH1,a,hospital,108,15,b\n", "'name' named twice"),
        ("a.csv", GOOD.replace(b"\xe1\xba\xa1", b"\xe1"), "byte 28: not UTF-8"),
        ("a.csv", "code,name\n".encode("utf-16"), "not UTF-8"),
        ("a.csv", GOOD + b'H2,"' + b"x" * 200_000, "quotation mark"),
        ("a.geojson", b"", "not JSON"),
        ("a.geojson", b"code,name\n", "line 1, column 1: not JSON"),
        ("a.geojson", b'{"features": [}', "not JSON"),
        ("a.geojson", b'{"features": "\xff"}', "not JSON"),
        ("a.geojson", b"[" * 100_000, "not JSON"),
        ("a.geojson", b"[]", "not a GeoJSON FeatureCollection"),
        ("a.json", b'{"type": "Feature"}', "needs a list named features"),
        ("a.xlsx", b"PK", "use one of .csv"),
    ],
)
def test_a_bad_file_is_refused_whole(check, name, content, word):
    with pytest.raises(BadInput) as raised:
        check("health_facility", name, content)
    assert word in raised.value.detail


def test_a_file_refused_whole_leaves_no_delivery(load, connection):
    with pytest.raises(BadInput):
        load("health_facility", "a.csv", b"")
    assert connection.execute("SELECT count(*) FROM delivery WHERE label = 'a.csv'").fetchone() == (0,)


def test_a_directory_or_a_missing_file_is_named(tmp_path):
    for path in (tmp_path, tmp_path / "gone.csv"):
        with pytest.raises(BadInput, match="not found, or not a file"):
            list(read_rows(path))


def test_a_file_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(BadInput, match="split it"):
        list(read_rows(path))


def test_a_layer_that_takes_no_files_says_so(connection, tmp_path, now):
    with pytest.raises(BadInput, match="does not take files"):
        load_table(connection, load_layers()["unit"], tmp_path / "u.csv", Sender("x"), lambda: now)


@pytest.mark.parametrize(
    "content", [GOOD, b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"\n", b"\r\n")], ids=["", "bom", "crlf"]
)
@pytest.mark.parametrize("separator", [b",", b";", b"\t"], ids=["comma", "semicolon", "tab"])
def test_what_spreadsheets_write_is_read(content, separator):
    (row,) = csv_rows(content.replace(b",", separator))
    assert row.values == {"code": "H1", "name": "Trạm", "kind": "hospital", "lon": "108.8", "lat": "15.1"}


def test_a_byte_order_mark_before_json_is_no_fault():
    feature = b'{"properties": {"code": "1"}, "geometry": {"type": "Point", "coordinates": [108, 15, 3]}}'
    (row,) = geojson_rows(b'\xef\xbb\xbf{"features": [' + feature + b"]}")
    assert row.geometry is not None
    assert row.geometry.wkt == "POINT (108 15)"


def test_rows_keep_the_very_bytes_they_came_from():
    content = b'code,name\r\n1,"a, ""b""\r\nc"\r\n\r\n2\r\n3,d'
    assert [row.raw for row in csv_rows(content)] == [b'1,"a, ""b""\r\nc"', b"2", b"3,d"]
