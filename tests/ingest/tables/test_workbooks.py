"""Workbooks of other makes, groups over sub-titles, days in Việt Nam's order, degrees in minutes and seconds."""

import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from geo.errors import BadInput
from ingest.tables.book import Book
from ingest.tables.columns import degrees_of
from ingest.tables.days import day_order
from ingest.tables.heading import find_heading, is_numbering

OLD = Path(__file__).parent / "old-workbook.xls"
HEADER = ["code", "name", "kind", "beds", "lon", "lat"]
ROW = ["H1", "Trạm Một", "hospital", 12, 108.8, 15.12]
ODS_HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:'
    'text:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="Biểu 1">'
)


def ods(path: Path, rows: list[list[Any]], more: str = "") -> Path:
    def cell(value: Any) -> str:
        if isinstance(value, str) and value.startswith("#"):
            said = f"<text:p>{value}</text:p>"
            return f'<table:table-cell office:value-type="string" calcext:value-type="error">{said}</table:table-cell>'
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        said = f'office:value-type="float" office:value="{value}"'
        return f"<table:table-cell {said}><text:p>{value}</text:p></table:table-cell>"

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    tail = "</table:table></office:spreadsheet></office:body></office:document-content>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS_HEAD + body + more + tail)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def record(kind: int, data: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, packed = len(data), b""
    while size >= 128:
        packed, size = packed + bytes([size & 0x7F | 0x80]), size >> 7
    return head + packed + bytes([size]) + data


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(path: Path, rows: list[list[Any]]) -> Path:
    sheet = record(129) + record(148, struct.pack("<4I", 0, len(rows) - 1, 0, len(rows[0]) - 1)) + record(145)
    for number, row in enumerate(rows):
        sheet += record(0, struct.pack("<II", number, 0) + bytes(17))
        for column, value in enumerate(row):
            place = struct.pack("<II", column, 0)
            if isinstance(value, str) and value.startswith("#"):
                sheet += record(3, place + b"\x17")
            elif isinstance(value, str):
                sheet += record(6, place + wide(value))
            else:
                sheet += record(5, place + struct.pack("<d", value))
    bundle = struct.pack("<II", 0, 1) + wide("rId1") + wide("Biểu 1")
    relation = '<Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.bin"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", record(131) + record(143) + record(156, bundle) + record(144) + record(132))
        archive.writestr("xl/_rels/workbook.bin.rels", f"<Relationships>{relation}</Relationships>")
        archive.writestr("xl/worksheets/sheet1.bin", sheet + record(146) + record(130))
    return path


@pytest.mark.parametrize("write", [ods, xlsb])
def test_other_makes_are_read_and_their_errors_refused_by_cell(write, check, tmp_path):
    path = write(tmp_path / f"a.{write.__name__}", [HEADER, ROW, ["H2", "Trạm Hai", "hospital", "#REF!", 108.8, 15.12]])
    (good,), (reject,), _ = check("health_facility", "", path)
    assert (good.number, good.values["beds"], good.values["name"]) == (2, 12, "Trạm Một")
    assert reject.detail.startswith("row 3: cell D3 holds #REF!")


def test_an_old_workbook_is_read_with_its_errors(check, tmp_path):
    path = tmp_path / "cu.xls"
    path.write_bytes(OLD.read_bytes())
    good, (reject,), _ = check("health_facility", "", path)
    assert [row.values["beds"] for row in good] == [12, 13, 14, None]
    assert reject.detail.startswith("row 8: cell D8 holds #REF!")


def test_a_name_that_lies_about_its_make_is_seen_through(check, tmp_path):
    path = ods(tmp_path / "a.xlsx", [HEADER, ROW])
    assert len(check("health_facility", "", path)[0]) == 1


def test_locked_with_a_password_is_told(check, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(OLD.read_bytes() + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(BadInput, match="locked with a password; save a copy of it without one"):
        check("health_facility", "", path)


def test_a_lone_cell_at_the_far_corner_does_not_fill_the_memory(check, tmp_path):
    book = openpyxl.Workbook()
    for row in (HEADER, ROW):
        book.active.append(row)
    book.active["ZZZ1000000"] = 1
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(BadInput, match="columns; 400 at most"):
        check("health_facility", "", tmp_path / "a.xlsx")
    repeated = '<table:table-row table:number-rows-repeated="900000"><table:table-cell office:value-type="float"'
    repeated += (
        ' office:value="1" table:number-columns-repeated="300"><text:p>1</text:p></table:table-cell></table:table-row>'
    )
    with pytest.raises(BadInput, match="reaches to row 900001, column 300"):
        Book(ods(tmp_path / "b.ods", [[1]], repeated)).sheet("Biểu 1")


def test_a_group_over_sub_titles_names_two_columns(load, tmp_path):
    book = openpyxl.Workbook()
    rows = [["Mã", "Tên", "Loại", "Giường bệnh", None, "Kinh độ", "Vĩ độ"], [None, None, None, "Kế hoạch", "Thực hiện"]]
    for row in [*rows, ["A", "B", "C", 1, 2, 3, 4], ["H1", "Trạm", "hospital", 10, 12, 108.8, 15.12]]:
        book.active.append(row)
    book.active.merge_cells("D1:E1")
    book.save(tmp_path / "a.xlsx")
    loaded = load("health_facility", "", tmp_path / "a.xlsx")
    assert (loaded.summary.stored, loaded.summary.lines) == (1, 1)
    assert loaded.reading.columns.ignored == (
        "Giường bệnh | Kế hoạch",
        "Giường bệnh | Thực hiện",
    )  # which one is meant?


def test_headings_are_found_below_titles_and_above_their_numbering():
    rows = [(1, ["BÁO CÁO"]), (2, ["Đơn vị", "Thu", None]), (3, [None, "Tháng", "Năm"]), (4, ["A", 1, "(2)=(1)+1"])]
    found = find_heading(rows, (), lambda names: sum(n in ("Đơn vị", "Thu | Tháng", "Thu | Năm") for n in names))
    assert (found.top, found.bottom, found.body, found.names) == (2, 3, 5, ("Đơn vị", "Thu | Tháng", "Thu | Năm"))
    assert not is_numbering(["H1", "Trạm", "3", "5"])


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["05/11/2026", "13/02/2026"], ("dmy", True)),
        (["05/11/2026", "02/13/2026"], ("mdy", True)),
        (["05/11/2026", "04-03-2026"], ("dmy", False)),
        (["13/02/2026", "02/13/2026"], (None, True)),
    ],
)
def test_the_order_of_days_is_what_the_column_shows(cells, order):
    assert day_order(cells) == order


def test_days_are_read_in_the_order_of_their_column_and_told(load, connection):
    head = "code,name,kind,as_of,lon,lat\n"
    loaded = load("health_facility", "h.csv", head + "H1,Trạm,hospital,05/11/2026,108.8,15.12")
    told = connection.execute("SELECT (t AT TIME ZONE 'Asia/Ho_Chi_Minh')::date::text FROM health_facility").fetchone()
    assert told == ("2026-11-05",)
    assert any("mọi ô cũng đọc được theo thứ tự kia" in line.vi for line in loaded.reading.told())


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("14°59'24\"N", 14.99),
        ("108°48’30,5”Đ", 108.808472),
        ("15 07 12", 15.12),
        ("15°07.2'", 15.12),
        ("15°70'00\"", None),
        ("108.801", None),
        ("1 234", None),
    ],
)
def test_degrees_minutes_and_seconds(text, degrees):
    found = {degrees_of(text, axis) for axis in ("lat", "lon")} - {None}
    assert found == set() if degrees is None else found.pop() == pytest.approx(degrees, abs=1e-6)
    assert not found  # both axes say the same where both can be meant


def test_a_place_in_degrees_minutes_and_seconds(check):
    rows = ",".join(HEADER) + '\nH1,Trạm,hospital,1,"108°48\'00""E","15°07\'12""N"'
    (good,), _, _ = check("health_facility", "h.csv", rows)
    assert (good.geometry.x, good.geometry.y) == pytest.approx((108.8, 15.12))
