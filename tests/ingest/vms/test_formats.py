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
from ingest.outcome import Fix, Flag, Reject
from ingest.source import IterableSource
from ingest.vms.load import LINES, SENDER, load_vms_file
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


def read(form, data):
    """The outcomes of some bytes in a format."""
    if form in LINES:
        pipeline = LINES[form](lambda: STILL)
        found = [*pipeline.push(IterableSource(data.split(b"\n"))), *pipeline.finish()]
        assert pipeline.lines + pipeline.extra == sum(o.lines for o in found) + pipeline.ignored.total()
        return found
    reading = READERS[form](data, NOW_MS, "quoc-gia")
    assert reading.lines == sum(o.lines for o in reading.outcomes) + reading.ignored.total()
    return reading.outcomes


def essence(fix):
    return (fix.key, fix.t_ms, fix.lon_e7, fix.lat_e7, fix.sog_dkn, fix.cog_ddeg)


def wanted(said, provider=None):
    speed = None if said.sog_kn is None else round(said.sog_kn * 10)
    course = None if said.cog_deg is None else round(said.cog_deg * 10)
    key = f"vms:{provider or said.provider}:{said.device}"
    return (key, unix_ms(said.t), round(said.lon * 1e7), round(said.lat * 1e7), speed, course)


def near(found, asked, e7=10):
    """Equal, but for what a format rounds of a place."""
    (lon, lat), (lon2, lat2) = found[2:4], asked[2:4]
    return found[:2] == asked[:2] and found[4:] == asked[4:] and abs(lon - lon2) <= e7 and abs(lat - lat2) <= e7


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
def test_what_is_written_is_read(form, said):
    [fix] = read(form, WRITERS[form](said))
    assert near(essence(fix), wanted(said, "quoc-gia" if form == "national" else None))


def test_a_workbook_and_its_csv_say_the_same():
    said = [ONE, Said("QNg-MP 0370", "B", "0002", T + timedelta(minutes=5), 15.0, 110.25, None, None)]
    for data, form in ((export_xlsx(said), "xlsx"), (export_csv(said), "csv")):
        assert [essence(fix) for fix in read(form, data)] == [wanted(each) for each in said]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1258"])
def test_a_csv_in_the_letters_people_have(encoding):
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
def test_columns_are_known_by_what_people_call_them(columns, cells, sog_dkn):
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
def test_an_export_without_a_column_is_refused_whole(header, names):
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
def test_a_bad_cell_of_an_export_is_named_and_costs_its_row_alone(column, cell, reason):
    bad, good = CELLS | {column: cell}, CELLS
    found = read("csv", export(PLAIN, bad.values(), good.values()))
    [reject] = [each for each in found if isinstance(each, Reject)]
    assert (reject.reason, reject.line_no) == (reason, 1)
    assert f"{column}: " in reject.detail
    assert len(found) == 2


NAF = naf_message(ONE).replace("FR/A", "FR/VNM")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (NAF.replace("//SR", "", 1), "bad_message"),
        (NAF.removesuffix("//ER//"), "bad_message"),
        (NAF.replace("//TI/0705", ""), "missing_field"),
        (NAF.replace("TI/0705", "TI/2460"), "bad_time"),
        (NAF.replace("DA/20261123", "DA/20261131"), "bad_time"),
        (NAF.replace("DA/20261123", "DA/20361123"), "future_time"),
        (NAF.replace("LT/+15.3417000", "LT/+95.3417000"), "position_out_of_range"),
        (NAF.replace("//LT/+15.3417000", ""), "missing_field"),
        (NAF.replace("//TM/POS", ""), "missing_field"),
        (NAF.replace("//RC/0001//XR/QNg-MP 0369", "//NA/SONG XANH"), "missing_field"),
        (NAF.replace("//FR/VNM", "//FR/VNM//FS/ZZZ"), "unknown_state"),
        (NAF.replace("//FR/VNM", "//FR/VNM//LA/N1620//LO/E10906"), "bad_position"),
        (NAF.replace("SP/75", "SP/7.5"), "bad_number"),
        (NAF.replace("//DA/", "//DA/20261122//DA/"), "bad_message"),
        ("rubbish", "bad_message"),
    ],
)
def test_a_bad_naf_message_is_refused_and_the_next_is_read(text, reason):
    first, *rest = read("naf", f"{text}\n{NAF}".encode())
    assert isinstance(first, Reject)
    assert first.reason == reason
    assert [essence(fix) for fix in rest] == [wanted(ONE, "VNM")]


@pytest.mark.parametrize(
    ("text", "lat_e7", "lon_e7"),
    [
        ("//LT/53.254//LG/.940", 532540000, 9400000),
        ("//LT/-53.254//LG/+006.1549", -532540000, 61549000),
        ("//LA/N5315//LO/W00056", 532500000, -9333333),
        ("//LT/53.254//LG/.940//LA/N5315//LO/E00056", 532540000, 9400000),
    ],
)
def test_naf_places(text, lat_e7, lon_e7):
    line = f"//SR//FR/GBR//FS/X//RC/MP1//IM///DA/20201006//TI/5//RD/20201006//RT/2141{text}//TM/POS//ER//"
    [fix] = read("naf", line.encode())
    assert (fix.lat_e7, fix.lon_e7) == (lat_e7, lon_e7)
    assert fix.t_ms == unix_ms(datetime(2020, 10, 6, 0, 5, tzinfo=UTC))
    assert fix.heard_ms == unix_ms(datetime(2020, 10, 6, 21, 41, tzinfo=UTC))


def test_naf_kinds_and_what_is_no_position():
    kinds = {"ENT": Flag.ENTRY, "EXI": Flag.EXIT, "MAN": Flag.MANUAL, "POS": 0}
    for kind, flag in kinds.items():
        [fix] = read("naf", naf_message(ONE, kind).replace("FR/A", "FR/VNM").encode())
        assert fix.flags == flag
    assert read("naf", naf_message(ONE, "ACK").replace("FR/A", "FR/VNM").encode()) == []


@given(st.lists(reports, min_size=1, max_size=4), st.data())
@settings(max_examples=40)
def test_naf_may_be_broken_between_fields_and_joined_on_a_line(said, data):
    text = "".join(naf_message(each) for each in said)
    fields = [hit.start() for hit in re.finditer("(?<!//SR)//(?!SR)[A-Z]{2}/", text)]
    cuts = data.draw(st.lists(st.sampled_from(fields), max_size=3, unique=True).map(sorted))
    broken = "\n".join(text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True))
    found = read("naf", broken.encode())
    assert [fix.t_ms for fix in found] == [unix_ms(each.t) for each in said]


NATIONAL = national_line(ONE)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (NATIONAL.replace(",N,", ",E,"), "bad_position"),
        (NATIONAL.replace("1520.502000", "1575.502000"), "bad_number"),
        (NATIONAL.replace("1520.502000", "152.502000"), "bad_number"),
        (NATIONAL.replace("1520.502000", "15.3417"), "bad_position"),
        (NATIONAL.replace("231126", "311126"), "bad_time"),
        (NATIONAL.replace("231126", "231136"), "future_time"),
        (NATIONAL.replace("070500", "240500"), "bad_time"),
        (NATIONAL.replace(",0001,", ",,"), "missing_field"),
        (NATIONAL + "*00", "bad_checksum"),
        (NATIONAL + ",more", "bad_message"),
        (NATIONAL.replace(",A,", ",?,"), "bad_message"),
        ("\xff", "bad_encoding"),
    ],
)
def test_a_bad_national_line_is_refused(line, reason):
    first, second = read("national", f"{line}\n{NATIONAL}".encode("latin-1"))
    assert (first.reason, essence(second)) == (reason, wanted(ONE, "quoc-gia"))


def test_national_lines_in_other_dress_and_those_that_hold_no_position():
    decimal = NATIONAL.replace("1520.502000", "15.3417").replace("10906.000000", "109.1")
    dressed = [
        f"${NATIONAL}",
        NATIONAL.replace(",", " "),
        NATIONAL.replace(",", ";"),
        f"[{NATIONAL.replace(',', '][')}]",
        decimal,
    ]
    assert {essence(read("national", line.encode())[0]) for line in dressed} == {wanted(ONE, "quoc-gia")}
    assert read("national", b"POLL 0001 7 secret\nIMG,0001,bao vao gan bo\n\n") == []


def test_void_is_a_word_of_the_device_without_a_place():
    [fix] = read("national", NATIONAL.replace(",A,", ",V,").encode())
    assert (fix.lon_e7, fix.lat_e7, fix.t_ms) == (None, None, unix_ms(T))


@pytest.mark.parametrize(
    ("line", "lon_e7", "t_ms"),
    [
        (b"SOS 0001 1520.502 N 10906.000 E 231126 070500 GMT", 1091000000, unix_ms(T)),
        (b"SOS0001 1520.502 N 10906.000 E 231126 070500", 1091000000, unix_ms(T)),
        (b"SOS,0001,lost,N,10906.000,E,231126,070500", None, unix_ms(T)),
        (b"SOS 0001 1520.502 N 10906.000 E 991126 070500", 1091000000, NOW_MS),
    ],
)
def test_a_call_for_help_is_kept_whatever_of_it_can_be_read(line, lon_e7, t_ms):
    [fix] = read("national", line)
    assert fix.flags & Flag.DISTRESS
    assert (fix.key, fix.lon_e7, fix.t_ms) == ("vms:quoc-gia:0001", lon_e7, t_ms)


FLUX = flux_message([ONE, Said(**{**vars(ONE), "t": T + timedelta(hours=1)})])


def test_flux_events_each_count():
    assert [fix.t_ms for fix in read("flux", FLUX)] == [unix_ms(T), unix_ms(T + timedelta(hours=1))]
    kinds = {"ENTRY": Flag.ENTRY, "EXIT": Flag.EXIT, "MANUAL": Flag.MANUAL}
    assert {kind: read("flux", flux_message([ONE], kind))[0].flags for kind in kinds} == kinds


def bomb(depth):
    return b"<a>" * depth + b"</a>" * depth


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (b"", ["bad_xml"]),
        (b"not xml", ["bad_xml"]),
        (FLUX[:-40], ["bad_xml"]),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + FLUX, ["bad_xml"]),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + FLUX, ["bad_xml"]),
        (bomb(100), ["bad_xml"]),
        (b"<other/>", ["bad_message"]),
        (FLUX.replace(b">9</r:PurposeCode>", b">1</r:PurposeCode>"), ["not_original"] * 2),
        (FLUX.replace(b"POS", b"FISHING"), ["bad_message"] * 2),
        (FLUX.replace(b"IRCS", b"NONE").replace(b"EXT_MARK", b"NONE"), ["missing_field"] * 2),
        (FLUX.replace(b"15.3417000", b"95.3"), ["position_out_of_range"] * 2),
        (FLUX.replace(b"T07:05:00Z", b"T37:05:00Z"), ["bad_time"]),
        (FLUX.replace(b"2026-", b"2036-"), ["future_time"] * 2),
    ],
)
def test_a_bad_flux_message_is_refused_event_by_event(data, reasons):
    found = read("flux", data)
    assert [each.reason for each in found if isinstance(each, Reject)] == reasons
    assert len(found) == max(len(reasons), 2 if b"T08" in data and reasons[0] == "bad_time" else 1)


OBJECT = json_report(ONE)


@pytest.mark.parametrize(
    "data",
    [
        orjson.dumps(OBJECT),
        orjson.dumps([OBJECT]),
        orjson.dumps({"positions": [OBJECT]}),
        orjson.dumps(OBJECT) + b"\n",
        json.dumps(OBJECT, indent=2).encode(),
        b"\xef\xbb\xbf" + orjson.dumps(OBJECT),
    ],
)
def test_json_in_every_dress(data):
    assert [essence(fix) for fix in read("json", data)] == [wanted(ONE)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lat": "15.2"}, "bad_number"),
        ({"lat": None}, "missing_field"),
        ({"lat": True}, "bad_number"),
        ({"lat": 95}, "position_out_of_range"),
        ({"lon": 1e300}, "not_finite"),
        ({"t": "2026-11-23T14:05:00"}, "bad_time"),
        ({"t": 1796000000}, "bad_name"),
        ({"t": "2036-11-23T14:05:00Z"}, "future_time"),
        ({"device_id": 1}, "bad_name"),
        ({"device_id": None, "boat": None}, "missing_field"),
        ({"provider": ""}, "missing_field"),
        ({"kind": "story"}, "bad_kind"),
    ],
)
def test_a_bad_json_report_is_named_and_costs_itself_alone(changes, reason):
    for data in (
        orjson.dumps([OBJECT | changes, OBJECT]),
        orjson.dumps(OBJECT | changes) + b"\n" + orjson.dumps(OBJECT),
    ):
        [reject] = [each for each in read("json", data) if isinstance(each, Reject)]
        assert (reject.reason, reject.line_no) == (reason, 1)
        assert any(isinstance(each, Fix) for each in read("json", data))


@pytest.mark.parametrize("data", [b"", b"{", b"[1,", b"null", b'"text"', b"[" * 5000])
def test_what_is_no_json_is_one_reject(data):
    assert [each.reason for each in read("json", data)] == ["bad_json"]


@settings(max_examples=150)
@given(st.sampled_from(["naf", "national", "json", "flux"]), st.binary(max_size=300))
def test_no_bytes_break_a_reader(form, data):
    assert all(isinstance(each, Reject) for each in read(form, data) if form != "national" or b"SOS" not in data)


@settings(max_examples=150)
@given(st.sampled_from(["naf", "national", "json", "flux"]), st.data())
def test_a_torn_or_spoilt_message_is_never_another_place(form, data):
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


def test_the_example_of_our_contract_is_read():
    folder = Path(__file__).resolve().parents[3] / "docs" / "contracts" / "examples"
    found = read("json", (folder / "vms.json").read_bytes())
    assert [fix.key for fix in found] == ["vms:A:0001", "vms:A:0002", "boat:QNg-MP 0369"]
    assert found[1].flags == Flag.SOS
