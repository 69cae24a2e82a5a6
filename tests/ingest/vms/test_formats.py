"""Every format: what a small writer says is what the reader understands; what is wrong is refused by its field."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.vms_forms import (
    EXPORT_HEADER,
    Said,
    export_csv,
    export_xlsx,
    flux_message,
    json_report,
    naf_message,
    national_line,
)
from geo.clock import unix_ms
from geo.errors import BadInput
from ingest.load import LoadOptions
from ingest.outcome import Flag, Reject
from ingest.vms.load import SENDER, load_vms_file
from ingest.vms.whole import READERS

STILL = datetime.fromtimestamp(1_796_000_000, UTC)
NOW_MS = unix_ms(STILL)
T = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
ONE = Said("QNg-MP 0369", "A", "0001", T, 15.3417, 109.1, 7.5, 181.0)

names = st.text("ABCDEFGHKMXYZ0123456789", min_size=1, max_size=12)
moments = st.integers(15_800_000, 29_800_000).map(lambda minute: datetime.fromtimestamp(minute * 60, UTC))
latitudes = st.integers(-90_000_000, 90_000_000).map(lambda n: n / 1e6)
longitudes = st.integers(-180_000_000, 180_000_000).map(lambda n: n / 1e6)
speeds, courses = st.none() | st.integers(0, 400).map(lambda n: n / 10), st.none() | st.integers(1, 359).map(float)
providers = st.sampled_from(["AAA", "BBB"])
reports = st.builds(Said, st.just("QNg-MP 0369"), providers, names, moments, latitudes, longitudes, speeds, courses)


WRITERS = {
    "naf": lambda said: naf_message(said).encode(),
    "flux": lambda said: flux_message([said], soap=said.sog_kn is None),
    "json": lambda said: orjson.dumps(json_report(said)),
    "national": lambda said: national_line(said).encode(),
    "csv": lambda said: export_csv([said]),
}


@pytest.mark.parametrize("form", WRITERS)
@settings(max_examples=60)
@given(said=reports)
def test_what_is_written_is_read(read, essence, wanted, near, form, said):
    [fix] = read(form, WRITERS[form](said))
    assert near(essence(fix), wanted(said, "quoc-gia" if form == "national" else None))


def test_a_workbook_and_its_csv_say_the_same(read, essence, wanted):
    said = [ONE, Said("QNg-MP 0370", "B", "0002", T + timedelta(minutes=5), 15.0, 110.25, None, None)]
    for data, form in ((export_xlsx(said), "xlsx"), (export_csv(said), "csv")):
        assert [essence(fix) for fix in read(form, data)] == [wanted(each) for each in said]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1258"])
def test_a_csv_in_the_letters_people_have(read, essence, wanted, encoding):
    said = [ONE] * 3
    if encoding == "windows-1258":
        import unicodedata

        marks = "\u0300\u0301\u0303\u0309\u0323"
        bare = "".join(
            unicodedata.normalize("NFC", "".join(c for c in unicodedata.normalize("NFD", letter) if c not in marks))
            + "".join(c for c in unicodedata.normalize("NFD", letter) if c in marks)
            for letter in export_csv(said, encoding="utf-8").decode()
        )
        data = bare.encode("cp1258")
    else:
        data = export_csv(said, encoding=encoding)
    assert {essence(fix) for fix in read("csv", data)} == {wanted(ONE)}


def export(columns, *rows):
    return "\n".join([";".join(columns), *(";".join(row) for row in rows)]).encode()


PLAIN = ("Mã thiết bị", "Thời gian", "Vĩ độ", "Kinh độ")


@pytest.mark.parametrize(
    ("columns", "cells", "sog_dkn"),
    [
        ((*PLAIN, "Vận tốc (km/h)"), "0001;23/11/2026 14:05;15,3417;109,1;13,89", 75),
        ((*PLAIN, "Tốc độ (hải lý/giờ)"), "0001;14:05:00 23/11/2026;15°20'30,12\"B;109°06'00\"Đ;7,500", 75),
        ((*PLAIN, "Speed (knots)"), "0001;23-11-2026 14:05;15 độ 20 phút 30,12 giây;109 độ 6 phút;7.5", 75),
        ((*PLAIN, "Vận tốc"), "0001;2026-11-23 14:05:00;15.3417;109.1;7.5", None),
        (("ID thiết bị", "Ngày", "Giờ", "Tọa độ"), "0001;23/11/2026;14:05;15.3417, 109.1", None),
        (("Thiết bị", "Ngày giờ", "Vị trí"), "0001;23/11/2026 14h05;109°06'E 15°20'30.12\"N", None),
    ],
)
def test_columns_are_known_by_what_people_call_them(read, columns, cells, sog_dkn):
    [fix] = read("csv", export(columns, cells.split(";")))
    assert (fix.key, fix.t_ms, fix.sog_dkn) == ("vms:quoc-gia:0001", unix_ms(T), sog_dkn)
    assert abs(fix.lat_e7 - 153417000) < 20
    assert fix.lon_e7 == 1091000000


def test_what_was_understood_is_told():
    told = [each.vi for each in READERS["csv"](export((*PLAIN, "Vận tốc", "Ghi chú")), NOW_MS, "x").told]
    assert any("‘Vĩ độ’ → lat" in line for line in told)
    assert "cột bỏ qua: Ghi chú" in told
    assert any("không lấy vận tốc" in line for line in told)


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (PLAIN[1:], "mã thiết bị"),
        (PLAIN[:1] + PLAIN[2:], "thời gian"),
        (PLAIN[:3], "vĩ độ"),
        ((*PLAIN, "Vĩ độ"), "twice"),
    ],
)
def test_an_export_without_a_column_is_refused_whole(read, header, names):
    with pytest.raises(BadInput, match=names):
        read("csv", export(header, header))


CELLS = dict(zip(PLAIN, ("0001", "23/11/2026 14:05", "15,3417", "109,1"), strict=True))


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("Vĩ độ", "95,2", "position_out_of_range"),
        ("Vĩ độ", "", "missing_field"),
        ("Vĩ độ", "15°75'", "bad_number"),
        ("Vĩ độ", "109°06'E", "bad_number"),
        ("Kinh độ", "một trăm", "bad_number"),
        ("Kinh độ", "15°20'N", "bad_number"),
        ("Thời gian", "11/23/2026 14:05", "bad_time"),
        ("Thời gian", "23/11/26 14:05", "bad_time"),
        ("Thời gian", "23/11/2026", "bad_time"),
        ("Thời gian", "23/11/2026 25:05", "bad_time"),
        ("Thời gian", "23/11/2036 14:05", "future_time"),
        ("Thời gian", "23/11/1996 14:05", "before_2000"),
        ("Mã thiết bị", "", "missing_field"),
    ],
)
def test_a_bad_cell_of_an_export_is_named_and_costs_its_row_alone(read, column, cell, reason):
    bad, good = CELLS | {column: cell}, CELLS
    found = read("csv", export(PLAIN, bad.values(), good.values()))
    [reject] = [each for each in found if isinstance(each, Reject)]
    assert (reject.reason, reject.line_no) == (reason, 1)
    assert f"{column}: " in reject.detail
    assert len(found) == 2


@given(st.lists(reports, min_size=1, max_size=4), st.data())
@settings(max_examples=40)
def test_naf_may_be_broken_between_fields_and_joined_on_a_line(read, said, data):
    text = "".join(naf_message(each) for each in said)
    fields = [hit.start() for hit in re.finditer("(?<!//SR)//(?!SR)[A-Z]{2}/", text)]
    cuts = data.draw(st.lists(st.sampled_from(fields), max_size=3, unique=True).map(sorted))
    broken = "\n".join(text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True))
    found = read("naf", broken.encode())
    assert [fix.t_ms for fix in found] == [unix_ms(each.t) for each in said]


@settings(max_examples=150)
@given(st.sampled_from(["naf", "national", "json", "flux"]), st.binary(max_size=300))
def test_no_bytes_break_a_reader(read, form, data):
    assert all(isinstance(each, Reject) for each in read(form, data) if form != "national" or b"SOS" not in data)


@settings(max_examples=150)
@given(st.sampled_from(["naf", "national", "json", "flux"]), st.data())
def test_a_torn_or_spoilt_message_is_never_another_place(read, form, data):
    """A byte changed outside the numbers of the report either makes no difference or a reject."""
    whole = WRITERS[form](Said(**{**vars(ONE), "provider": "VNM"}))
    cut = data.draw(st.integers(0, len(whole) - 1))
    for fix in read(form, whole[:cut]):
        assert isinstance(fix, Reject)


def test_a_dry_run_prints_every_report(tmp_path, still):
    file, out = tmp_path / "export.csv", io.BytesIO()
    nameless = Said(**{**vars(ONE), "device": ""})
    file.write_bytes(export_csv([ONE, nameless], EXPORT_HEADER))
    found = load_vms_file(str(file), "csv", LoadOptions(SENDER, None, out, still))
    first, second = map(json.loads, out.getvalue().splitlines())
    assert {first["transmitter"], second["transmitter"]} == {"vms:A:0001", None}
    assert (found.lines, found.messages, found.unaccounted) == (2, 2, 0)


def test_the_example_of_our_contract_is_read(read):
    folder = Path(__file__).resolve().parents[3] / "docs" / "contracts" / "examples"
    found = read("json", (folder / "vms.json").read_bytes())
    assert [fix.key for fix in found] == ["vms:A:0001", "vms:A:0002", "boat:QNg-MP 0369"]
    assert found[1].flags == Flag.DISTRESS
