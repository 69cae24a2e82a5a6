"""NAF, FLUX, Thông báo 1008 and JSON: every trap that is known, each refused by its field and costing itself alone."""

import json
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from fixtures.vms_forms import Said, flux_message, json_report, naf_message, national_line
from geo.clock import unix_ms
from ingest.outcome import Fix, Flag, Reject

T = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
NOW_MS = 1_796_000_000_000
ONE = Said("QNg-MP 0369", "A", "0001", T, 15.3417, 109.1, 7.5, 181.0)
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
def test_a_bad_naf_message_is_refused_and_the_next_is_read(read, essence, wanted, text, reason):
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
def test_naf_places(read, text, lat_e7, lon_e7):
    line = f"//SR//FR/GBR//FS/X//RC/MP1//IM///DA/20201006//TI/5//RD/20201006//RT/2141{text}//TM/POS//ER//"
    [fix] = read("naf", line.encode())
    assert (fix.lat_e7, fix.lon_e7) == (lat_e7, lon_e7)
    assert fix.t_ms == unix_ms(datetime(2020, 10, 6, 0, 5, tzinfo=UTC))
    assert fix.heard_ms == unix_ms(datetime(2020, 10, 6, 21, 41, tzinfo=UTC))


def test_naf_kinds_and_what_is_no_position(read):
    kinds = {"ENT": Flag.ENTRY, "EXI": Flag.EXIT, "MAN": Flag.MANUAL, "POS": 0}
    for kind, flag in kinds.items():
        [fix] = read("naf", naf_message(ONE, kind).replace("FR/A", "FR/VNM").encode())
        assert fix.flags == flag
    assert read("naf", naf_message(ONE, "ACK").replace("FR/A", "FR/VNM").encode()) == []


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
def test_a_bad_national_line_is_refused(read, essence, wanted, line, reason):
    first, second = read("national", f"{line}\n{NATIONAL}".encode("latin-1"))
    assert (first.reason, essence(second)) == (reason, wanted(ONE, "quoc-gia"))


def test_national_lines_in_other_dress_and_those_that_hold_no_position(read, essence, wanted):
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


def test_void_is_a_word_of_the_device_without_a_place(read):
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
def test_a_call_for_help_is_kept_whatever_of_it_can_be_read(read, line, lon_e7, t_ms):
    [fix] = read("national", line)
    assert fix.flags & Flag.DISTRESS
    assert (fix.key, fix.lon_e7, fix.t_ms) == ("vms:quoc-gia:0001", lon_e7, t_ms)


FLUX = flux_message([ONE, Said(**{**vars(ONE), "t": T + timedelta(hours=1)})])


def test_flux_events_each_count(read):
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
def test_a_bad_flux_message_is_refused_event_by_event(read, data, reasons):
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
def test_json_in_every_dress(read, essence, wanted, data):
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
def test_a_bad_json_report_is_named_and_costs_itself_alone(read, changes, reason):
    for data in (
        orjson.dumps([OBJECT | changes, OBJECT]),
        orjson.dumps(OBJECT | changes) + b"\n" + orjson.dumps(OBJECT),
    ):
        [reject] = [each for each in read("json", data) if isinstance(each, Reject)]
        assert (reject.reason, reject.line_no) == (reason, 1)
        assert any(isinstance(each, Fix) for each in read("json", data))


@pytest.mark.parametrize("data", [b"", b"{", b"[1,", b"null", b'"text"', b"[" * 5000])
def test_what_is_no_json_is_one_reject(read, data):
    assert [each.reason for each in read("json", data)] == ["bad_json"]
