"""Files that are no files of ours: refused whole, before anything is stored, with what to do about it."""

import pytest

from geo.errors import BadInput
from ingest.deliveries import Sender
from ingest.tables.load import load_table
from ingest.tables.parts import WHOLE_BYTES, found_table
from ingest.tables.read import open_table
from layers.registry import load_layers

GOOD = b"code,name,kind,lon,lat\nH1,Tr\xe1\xba\xa1m,hospital,108.8,15.1\n"


@pytest.fixture
def rows_of(tmp_path):
    """The rows of a file as read."""

    def read(name: str, content: bytes):
        path = tmp_path / name
        path.write_bytes(content)
        return list(open_table(path).rows())

    return read


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
        ("a.csv", GOOD.replace(b"\xe1\xba\xa1", b"\xe1"), "not UTF-8, and 'Trám' reads in several ways"),
        ("a.csv", "code,name\n".encode("utf-16")[:-1], "not UTF-16"),
        ("a.csv", GOOD + b'H2,"' + b"x" * 200_000, "quotation mark"),
        ("a.geojson", b"", "not JSON"),
        ("a.geojson", b"code,name\n", "line 1, column 1: not JSON"),
        ("a.geojson", b'{"features": [}', "not JSON"),
        ("a.geojson", b'{"features": "\xff"}', "not JSON"),
        ("a.geojson", b"[" * 100_000, "not JSON"),
        ("a.geojson", b"[]", "not a GeoJSON FeatureCollection"),
        ("a.json", b'{"type": "Feature"}', "needs a list named features"),
        ("a.xlsx", b"PK", "broken, Excel could not open it either"),
        ("a.xls", b"", "broken, Excel could not open it either"),
        ("a.xls", b"<html><table>", "a web page under the name of a workbook"),
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
    for path, word in ((tmp_path, "holds no table"), (tmp_path / "gone.csv", "not found, or not a file")):
        with pytest.raises(BadInput, match=word), found_table(path):
            pass


def test_a_file_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(WHOLE_BYTES + 1)
    with pytest.raises(BadInput, match="split it"), found_table(path):
        pass


def test_a_layer_that_takes_no_files_says_so(connection, tmp_path, now):
    with pytest.raises(BadInput, match="does not take files"):
        load_table(connection, load_layers()["unit"], tmp_path / "u.csv", Sender("x"), lambda: now)


@pytest.mark.parametrize(
    "content", [GOOD, b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"\n", b"\r\n")], ids=["", "bom", "crlf"]
)
@pytest.mark.parametrize("separator", [b",", b";", b"\t"], ids=["comma", "semicolon", "tab"])
def test_what_spreadsheets_write_is_read(rows_of, content, separator):
    (row,) = rows_of("a.csv", content.replace(b",", separator))
    assert row.values == {"code": "H1", "name": "Trạm", "kind": "hospital", "lon": "108.8", "lat": "15.1"}


def test_a_byte_order_mark_before_json_is_no_fault(rows_of):
    feature = b'{"properties": {"code": "1"}, "geometry": {"type": "Point", "coordinates": [108, 15, 3]}}'
    (row,) = rows_of("a.geojson", b'\xef\xbb\xbf{"features": [' + feature + b"]}")
    assert row.geometry is not None
    assert row.geometry.wkt == "POINT (108 15)"


def test_rows_keep_the_very_bytes_they_came_from(rows_of):
    content = b'code,name\r\n1,"a, ""b""\r\nc"\r\n\r\n2\r\n3,d'
    assert [row.raw for row in rows_of("a.csv", content)] == [b'1,"a, ""b""\r\nc"', b"2", b"3,d"]
