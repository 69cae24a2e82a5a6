"""Tables that are torn, locked, half sent or dressed up: each works, or is refused with the fix by name."""

import re
import warnings
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pyogrio
import pytest
import shapely

from geo.errors import BadInput
from ingest.tables.parts import PartMissing

HEADER = ["code", "name", "kind", "beds", "lon", "lat"]
ROW = ["H1", "Trạm Một", "hospital", 12, 108.8, 15.12]


def book(path: Path, *rows: list[Any], name: str = "Trang 1", merge: str | None = None) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    made.save(path)
    return path


def table(folder: Path, suffix: str, driver: str) -> Path:
    facts = geopandas.GeoDataFrame(
        [{"code": "H1", "name": "Trạm", "kind": "hospital"}], geometry=[shapely.Point(108.8, 15.12)], crs=4326
    )
    pyogrio.write_dataframe(facts, folder / f"h{suffix}", driver=driver)
    return folder / f"h{suffix}"


@pytest.mark.parametrize(
    ("suffix", "driver", "part"),
    [(".tab", "MapInfo File", p) for p in (".dat", ".map", ".id")]
    + [(".shp", "ESRI Shapefile", p) for p in (".dbf", ".shx")]
    + [(".mif", "MapInfo File", ".mid")],
)
@pytest.mark.parametrize("packed", [False, True])
def test_a_part_that_was_not_sent_is_named(suffix, driver, part, packed, check, tmp_path):
    path = table(tmp_path, suffix, driver)
    path.with_suffix(part).unlink()
    if packed:
        with zipfile.ZipFile(tmp_path / "h.zip", "w") as archive:
            for file in [p for p in tmp_path.iterdir() if p.suffix != ".zip"]:
                archive.write(file, file.name)
        path = tmp_path / "h.zip"
    with pytest.raises(PartMissing, match=rf"h\{part.upper()} is missing beside h\{suffix}"):
        check("health_facility", "", path)


@pytest.mark.parametrize(("suffix", "driver"), [(".tab", "MapInfo File"), (".shp", "ESRI Shapefile")])
def test_parts_in_capitals_are_found(suffix, driver, check, tmp_path):
    path = table(tmp_path, suffix, driver)
    for file in list(tmp_path.iterdir()):
        file.rename(file.with_name(file.name.upper()))
    good, refused, _ = check("health_facility", "", path.with_name(path.name.upper()))
    assert (len(good), refused) == (1, [])


def test_a_folder_of_parts_is_a_table_and_of_two_tables_is_not(check, tmp_path):
    table(tmp_path, ".shp", "ESRI Shapefile")
    assert len(check("health_facility", "", tmp_path)[0]) == 1
    book(tmp_path / "b.xlsx", HEADER, ROW)
    with pytest.raises(BadInput, match=r"several tables \(b\.xlsx, h\.shp\)"):
        check("health_facility", "", tmp_path)


def test_parts_without_their_table_are_told(check, tmp_path):
    table(tmp_path, ".tab", "MapInfo File").unlink()
    with pytest.raises(BadInput, match=r"only \.dat, \.id, \.map; send the file of the table too"):
        check("health_facility", "", tmp_path)


@pytest.mark.parametrize("name", ["a.zip", "a.gpkg", "a.shp", "a.tab", "a.mif", "a.xlsx"])
def test_what_only_has_the_name_is_refused(name, check, tmp_path):
    for part in (".dbf", ".shx", ".dat", ".map", ".id", ".mid"):
        (tmp_path / f"a{part}").write_bytes(b"\0\1nothing")
    (tmp_path / name).write_bytes(b"\0\1nothing of the kind" * 50)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(BadInput, match=r"again|broken"):
            check("health_facility", "", tmp_path / name)


def test_a_file_that_leads_elsewhere_is_not_followed(check, tmp_path):
    table(tmp_path, ".gpkg", "GPKG").rename(tmp_path / "secret.gpkg")
    layer = f"<OGRVRTLayer name='h'><SrcDataSource>{tmp_path}/secret.gpkg</SrcDataSource></OGRVRTLayer>"
    (tmp_path / "a.gpkg").write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")
    with pytest.raises(BadInput, match="no GeoPackage, whatever its name"):
        check("health_facility", "", tmp_path / "a.gpkg")
    path = table(tmp_path, ".tab", "MapInfo File")
    path.write_bytes(path.read_bytes().replace(b"Type NATIVE", b"Type DBF"))
    with pytest.raises(BadInput, match="a table of DBF type; save a copy of it again as a native MapInfo table"):
        check("health_facility", "", path)


def test_a_workbook_cut_in_half_is_refused(check, tmp_path):
    path = book(tmp_path / "a.xlsx", HEADER, *[[f"H{n}", *ROW[1:]] for n in range(500)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(BadInput, match="broken"):
        check("health_facility", "", path)


def test_a_workbook_whose_sheet_is_torn_is_refused(check, tmp_path):
    whole, torn = book(tmp_path / "a.xlsx", HEADER, ROW), tmp_path / "b.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(torn, "w") as target:
        for item in source.namelist():
            content = source.read(item)
            target.writestr(item, content[:-80] if item.endswith("sheet1.xml") else content)
    with pytest.raises(BadInput, match="broken"):
        check("health_facility", "", torn)


def test_an_old_or_locked_workbook_is_told(check, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000))
    with pytest.raises(BadInput, match=r"an old \.xls, or locked with a password"):
        check("health_facility", "", tmp_path / "a.xlsx")


def test_titles_above_and_headers_merged_are_seen_through(check, tmp_path):
    rows: list[list[Any]] = [
        ["ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI"],
        ["DANH SÁCH CƠ SỞ Y TẾ NĂM 2026"],
        [],
        ["Mã", "Tên", "Loại", "Giường bệnh", "Vị trí", None],
        [None, None, None, None, "Kinh độ", "Vĩ độ"],
        ROW,
    ]
    path = book(tmp_path / "a.xlsx", *rows, merge="E4:F4")
    good, refused, _ = check("health_facility", "", path)
    assert refused == []
    assert [(r.number, r.code, r.values["beds"]) for r in good] == [(6, "H1", 12)]


def test_of_several_sheets_the_one_with_our_columns_is_read(check, tmp_path):
    path = book(tmp_path / "a.xlsx", ["Ghi chú"], ["không có gì"], name="Bìa")
    made = openpyxl.load_workbook(path)
    for title in ("Số liệu", "Số liệu 2"):
        sheet = made.create_sheet(title)
        sheet.append(HEADER)
        sheet.append(ROW)
    made.save(path)
    with pytest.raises(BadInput, match="2 sheets alike; give --sheet, one of Bìa, Số liệu, Số liệu 2"):
        check("health_facility", "", path)
    assert len(check("health_facility", "", path, sheet="Số liệu 2")[0]) == 1
    with pytest.raises(BadInput, match="not in"):
        check("health_facility", "", path, sheet="Trang 9")
    del made["Số liệu 2"]
    made.save(path)
    assert len(check("health_facility", "", path)[0]) == 1


def calculated(path: Path, value: str | None) -> Path:
    """A workbook whose D2 is a formula with that value stored, as Excel writes it."""
    raw = book(path, HEADER, [*ROW[:3], "=5+7", *ROW[4:]])
    copy = path.with_name("c.xlsx")
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(copy, "w") as target:
        for item in source.namelist():
            text = source.read(item)
            if item.endswith("sheet1.xml"):
                stored = b"" if value is None else f"<v>{value}</v>".encode()
                kind = b' t="e"' if value and value.startswith("#") else b""
                text, count = re.subn(
                    rb'<c r="D2"[^>]*><f>5\+7</f><v\s*/?>(</v>)?</c>',
                    b'<c r="D2"' + kind + b"><f>5+7</f>" + stored + b"</c>",
                    text,
                )
                assert count == 1
            target.writestr(item, text)
    return copy


def test_a_formula_is_its_value(check, tmp_path):
    (good,), refused, _ = check("health_facility", "", calculated(tmp_path / "a.xlsx", "12"))
    assert (good.values["beds"], refused) == (12, [])


@pytest.mark.parametrize(
    ("value", "words"), [(None, "cell D2 holds a formula without its value"), ("#REF!", "cell D2 holds #REF!")]
)
def test_a_formula_without_a_value_is_refused_by_its_cell(value, words, check, tmp_path):
    good, (reject,), _ = check("health_facility", "", calculated(tmp_path / "a.xlsx", value))
    assert good == []
    assert reject.detail.startswith(f"row 2: {words}")
    assert "ô D2" in reject.reason_vi


def test_numbers_as_people_here_type_them(check):
    head = "code,name,length_m,gear,home_port,commune_code,mmsi,vms_provider,vms_device_id,valid_from\n"
    rows = ['QNg-MP 0901,A,"15,5",câu,Sa Kỳ,21025,,,,', 'QNg-MP 0902,B,"12,25",câu,Sa Kỳ,21025,,,,']
    good, refused, _ = check("vessel", "r.csv", head.replace("code", "reg_no", 1) + "\n".join(rows))
    assert ([r.values["length_m"] for r in good], refused) == ([15.5, 12.25], [])


@pytest.mark.parametrize(
    ("beds", "read"),
    [
        (["1.234", "7"], [1234, 7]),  # a whole number can only be this one
        (['"1.234,0"', "7"], [1234, 7]),
        (["1.000", "7"], [None, 7]),  # 1 or 1000: asked
        (["1.000", "1.234"], [None, 1234]),
        (["1.000", '"12,0"'], [1000, 12]),  # the column shows its comma
        (["1.000", "12.0"], [1, 12]),  # the column shows its point
        (["1 000", "7"], [1000, 7]),
    ],
)
def test_what_may_be_two_numbers_is_told_by_its_column_or_asked(beds, read, check):
    rows = [f"H{n},Trạm,hospital,{b},108.8,15.12" for n, b in enumerate(beds)]
    good, refused, _ = check("health_facility", "h.csv", ",".join(HEADER) + "\n" + "\n".join(rows))
    assert [r.values["beds"] for r in good] == [b for b in read if b is not None]
    assert [r.line_no for r in refused] == [n for n, b in enumerate(read, 1) if b is None]
    assert all("may be 1000 or 1" in r.detail for r in refused)


def test_degrees_with_three_decimals_are_not_thousands(check):
    (good,), _, _ = check("health_facility", "h.csv", ",".join(HEADER) + "\nH1,Trạm,hospital,1,108.801,15.125")
    assert good.geometry.wkt == "POINT (108.801 15.125)"


def test_everything_wrong_with_a_row_is_told_at_once(check):
    _, (reject,), _ = check("health_facility", "h.csv", ",".join(HEADER) + "\nH1,,spa,mười,108.801,x")
    assert [f.field for f in reject.faults] == ["name", "kind", "beds", "lat"]
    assert reject.detail.startswith("row 1, field name: empty; it is required, and field kind: 'spa'")
    assert "name: trống; cột này bắt buộc phải có" in reject.reason_vi


def test_a_package_of_several_layers_asks_which(check, tmp_path):
    path = table(tmp_path, ".gpkg", "GPKG")
    pyogrio.write_dataframe(pyogrio.read_dataframe(path), path, layer="khac", driver="GPKG", append=True)
    with pytest.raises(BadInput, match="2 layers; give --layer-name, one of h, khac"):
        check("health_facility", "", path)
    assert len(check("health_facility", "", path, layer_name="khac")[0]) == 1


def test_an_archive_that_climbs_out_stays_inside(check, tmp_path):
    table(tmp_path, ".gpkg", "GPKG")
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.write(tmp_path / "h.gpkg", "../../h.gpkg")
    assert len(check("health_facility", "", tmp_path / "z.zip")[0]) == 1
    assert not (tmp_path.parent.parent / "h.gpkg").exists()


@pytest.mark.parametrize("encoding", ["tcvn3", "vni", "windows-1258", "utf-8"])
@pytest.mark.parametrize("page", [True, False])
def test_a_shapefile_in_old_letters(encoding, page, load, tmp_path, write_letters):
    names = ["Trạm y tế xã Tịnh Khê", "Bệnh viện Đặng Thùy Trâm", "Phòng khám Trà Bồng"]
    path = tmp_path / "h.shp"
    facts = [
        {"code": f"H{n}", "name": write_letters(encoding, name), "kind": "hospital"} for n, name in enumerate(names)
    ]
    frame = geopandas.GeoDataFrame(facts, geometry=[shapely.Point(108.8, 15.12)] * 3, crs=4326)
    pyogrio.write_dataframe(
        frame, path, driver="ESRI Shapefile", encoding="utf-8" if encoding == "utf-8" else "ISO-8859-1"
    )
    if not page:
        path.with_suffix(".cpg").unlink()
    loaded = load("health_facility", "", path)
    assert loaded.rejects == []
    assert loaded.reading.table.letters.name == encoding


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
@pytest.mark.parametrize("suffix", [".xlsx", ".tab", ".csv"])
def test_old_letters_are_shown_and_read(encoding, suffix, load, tmp_path, write_letters, connection):
    names = ["Trạm y tế xã Tịnh Khê", "Bệnh viện Đặng Thùy Trâm"]
    rows = [[f"H{n}", write_letters(encoding, name), "hospital", 1, 108.8, 15.12] for n, name in enumerate(names)]
    path = tmp_path / f"a{suffix}"
    if suffix == ".xlsx":
        book(path, HEADER, *rows)
    elif suffix == ".csv":
        path.write_bytes("\n".join(",".join(map(str, r)) for r in [HEADER, *rows]).encode("latin-1"))
    else:
        facts = geopandas.GeoDataFrame([dict(zip(HEADER[:3], r[:3], strict=True)) for r in rows],
                                       geometry=[shapely.Point(108.8, 15.12)] * 2, crs=4326)  # fmt: skip
        pyogrio.write_dataframe(facts, path, driver="MapInfo File", encoding="latin-1")
    loaded = load("health_facility", "", path)
    assert [r[0] for r in connection.execute("SELECT name FROM health_facility ORDER BY code")] == names
    said = next(t.vi for t in loaded.reading.told() if t.vi.startswith("bảng mã"))
    assert re.search(r"\(đoán từ 2 ô; ví dụ ‘.+’ → ‘Trạm y tế xã Tịnh Khê’\)", said)
    wrong = load("health_facility", "", path, encoding="vni" if encoding == "tcvn3" else "tcvn3")
    assert wrong.summary.stored == 2  # what a person says is believed
