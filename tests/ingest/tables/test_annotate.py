"""The workbook that goes back to the sender: every row in order, faults coloured and told, nothing that runs."""

from pathlib import Path

import openpyxl
import pytest

from ingest.deliveries import Sender
from ingest.tables.annotate import FIX, Sent, safe_cell, write_annotated
from ingest.tables.load import load_table
from ingest.tables.table import ReadOptions
from layers.registry import get_layer, load_layers

CSV = """Mã;Tên;Loại;Giường bệnh;Kinh độ;Vĩ độ;Người lập
A1;Trạm y tế A;Trạm y tế xã;12;108,8987;15,2012;@x
A2;=HYPERLINK("x");hospital;mười;108,80;15,12;+y
A3;Trạm C;spa;-1;;15,12;-z
A4;thiếu cột
A1;Trạm y tế A;hospital;1;108,8;15,12;\x07
"""


@pytest.fixture
def back(connection, tmp_path: Path, now):
    """What comes back of a file of facilities: (cover, rows) as openpyxl cells."""

    def sent(path: Path):
        layer = get_layer(load_layers(), "health_facility")
        options = ReadOptions()
        loaded = load_table(connection, layer, path, Sender("t", "simulated", "thử"), lambda: now, options)
        out = tmp_path / "back.xlsx"
        write_annotated(out, Sent(layer, path, options), loaded, lambda: now)
        book = openpyxl.load_workbook(out)
        return [[c.value for c in row] for row in book["Tóm tắt"]], list(book["Dữ liệu"])

    return sent


def coloured(row) -> list[str]:
    return [c.column_letter for c in row if c.fill.fill_type == "solid" and c.fill.fgColor.rgb.endswith("F8CBAD")]


def test_every_row_comes_back_in_order_with_its_faults(back, tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    cover, rows = back(tmp_path / "a.csv")
    assert [c.value for c in rows[0]] == [
        "Dòng",
        "Mã",
        "Tên",
        "Loại",
        "Giường bệnh",
        "Kinh độ",
        "Vĩ độ",
        "Người lập",
        FIX,
    ]
    assert [row[0].value for row in rows[1:]] == [1, 2, 3, 4, 5]
    assert [coloured(row) for row in rows[1:]] == [[], ["E"], ["D", "E", "F"], [], ["B"]]
    fixes = [row[-1].value for row in rows[1:]]
    assert fixes[0] is None
    assert fixes[1] == "Giá trị sai hoặc thiếu. Giường bệnh: ‘mười’ không phải là số; chỉ ghi chữ số và dấu thập phân"
    assert "Loại: ‘spa’; ghi một trong: hospital (Bệnh viện)" in fixes[2]
    assert "Kinh độ: trống; ghi tọa độ bằng độ" in fixes[2]
    assert fixes[3] == "Dòng không đọc được. có 2 cột, dòng tiêu đề có 7; có dấu ngoặc kép chưa đóng?"
    assert rows[4][1].value == "A4;thiếu cột"
    assert "đã có ở dòng 1" in fixes[4]
    said = {line[0]: line[1] for line in cover if len(line) > 1}
    assert (said["Số dòng đọc được"], said["Nhận mới, đính chính"], said["Từ chối"]) == (5, 1, 4)
    assert said["  · Mã lặp lại trong tệp"] == 1
    assert said["Thời điểm nhận"] == "23/11/2026 14:05 (giờ Việt Nam)"
    assert "TCVN3" not in said["Bảng mã"]


def test_nothing_in_it_runs(back, tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    _, rows = back(tmp_path / "a.csv")
    assert rows[2][2].value == '=HYPERLINK("x")'
    for row in rows:
        for cell in row:
            assert cell.data_type != "f"
            if isinstance(cell.value, str) and cell.value[0] in "=+-@":
                assert cell.quotePrefix
    assert rows[5][7].value == "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "#REF!", "bình thường"])
def test_text_is_text(text):
    sheet = openpyxl.Workbook(write_only=True).create_sheet()
    cell = safe_cell(sheet, text)
    assert cell.data_type == "s"
    assert cell.quotePrefix is (text[0] in "=+-@\t")


def test_rows_of_a_workbook_keep_the_numbers_excel_shows(back, tmp_path):
    book = openpyxl.Workbook()
    for row in (["DANH SÁCH"], [], ["Mã", "Tên", "Loại", "Kinh độ", "Vĩ độ"], ["A", "Trạm", "hospital", 108.8, 15.1],
                ["B", None, "hospital", 108.8, 15.1]):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    _, rows = back(tmp_path / "a.xlsx")
    assert [(row[0].value, coloured(row)) for row in rows[1:]] == [(4, []), (5, ["C"])]
    assert rows[1][4].value == 108.8


def test_shapes_come_back_as_words(back, tmp_path):
    feature = '{"type": "Feature", "properties": {"code": "A"%s}, "geometry": {"type": "Point", "coordinates": [%s]}}'
    features = [
        feature % (', "name": "Trạm", "kind": "hospital"', "108.8, 15.1"),
        feature % (', "kind": "hospital"', "2, 48"),
    ]
    (tmp_path / "a.geojson").write_text('{"type": "FeatureCollection", "features": [' + ",".join(features) + "]}")
    _, rows = back(tmp_path / "a.geojson")
    assert [c.value for c in rows[0]][-2:] == ["Hình học", FIX]
    assert rows[1][-2].value == "POINT (108.8 15.1)"
    assert coloured(rows[2]) == ["C", "E"]
