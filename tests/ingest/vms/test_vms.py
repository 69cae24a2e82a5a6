"""VMS reports: good rows stored once, bad rows refused with their column named, hopeless files refused whole."""

import io
import json

import pytest

from geo.errors import BadInput
from ingest.load import LoadOptions
from ingest.source import IterableSource
from ingest.vms.load import SENDER, load_vms

HEADER = b"provider,device_id,t,received_at,lat,lon,sog_kn,cog_deg,status,msg_id"
GOOD = b"A,0001,2026-11-23T10:00:00+07:00,2026-11-23T10:04:00+07:00,15.2,109.1,7.5,181.5,A,m1"


def _row(**changes):
    names = HEADER.decode().split(",")
    cells = dict(zip(names, GOOD.decode().split(","), strict=True)) | changes
    return ",".join(cells[name] for name in names).encode()


def _load(lines, still, connection=None, ndjson=None):
    return load_vms(IterableSource(lines), LoadOptions(SENDER, connection, ndjson, still))


def test_a_report_as_the_dry_run_prints_it(still):
    out = io.BytesIO()
    found = _load([HEADER, GOOD], still, ndjson=out)
    assert (found.lines, found.messages, dict(found.ignored), found.unaccounted) == (2, 1, {"header": 1}, 0)
    assert json.loads(out.getvalue()) == {
        "transmitter": "vms:A:0001",
        "t": "2026-11-23T03:00:00+00:00",
        "heard_at": "2026-11-23T03:04:00+00:00",
        "lon": 109.1,
        "lat": 15.2,
        "sog_kn": 7.5,
        "cog_deg": 181.5,
        "kind": "vms",
        "provider": "A",
    }


@pytest.mark.parametrize(
    ("changes", "reason", "column"),
    [
        ({"lat": "91"}, "position_out_of_range", "lat"),
        ({"lon": "-180.01"}, "position_out_of_range", "lon"),
        ({"lat": ""}, "missing_field", "lat"),
        ({"lat": "nan"}, "not_finite", "lat"),
        ({"lon": "inf"}, "not_finite", "lon"),
        ({"sog_kn": "1e300"}, "not_finite", "sog_kn"),
        ({"lat": "15°12'"}, "bad_number", "lat"),
        ({"lat": "1_5"}, "bad_number", "lat"),
        ({"lat": "١٥"}, "bad_number", "lat"),
        ({"t": "yesterday"}, "bad_time", "t"),
        ({"t": "2026-11-23T10:00:00"}, "bad_time", "t"),
        ({"t": ""}, "missing_field", "t"),
        ({"t": "2036-01-01T00:00:00Z"}, "future_time", "t"),
        ({"received_at": "2036-01-01T00:00:00Z"}, "future_time", "received_at"),
        ({"t": "1999-12-31T00:00:00Z"}, "before_2000", "t"),
        ({"t": "0001-01-01T00:00:00+14:00"}, "before_2000", "t"),
        ({"provider": ""}, "missing_field", "provider"),
        ({"device_id": "x" * 65}, "bad_name", "device_id"),
    ],
)
def test_a_bad_cell_is_named(still, changes, reason, column):
    out = io.BytesIO()
    found = _load([HEADER, _row(**changes), GOOD], still, ndjson=out)
    assert (dict(found.rejected), found.messages, found.unaccounted) == ({reason: 1}, 1, 0)
    [reject] = _rejects([HEADER, _row(**changes)], still)
    assert reject.detail.startswith(f"{column}: ")
    assert reject.raw == _row(**changes)
    assert reject.line_no == 2


def _rejects(lines, still):
    from ingest.outcome import Reject
    from ingest.vms.pipeline import VmsPipeline

    return [out for out in VmsPipeline(still).push(IterableSource(lines)) if isinstance(out, Reject)]


@pytest.mark.parametrize(
    ("changes", "sog", "cog", "flags"),
    [
        ({"cog_deg": "372"}, 75, None, 64),
        ({"sog_kn": "400"}, None, 1815, 32),
        ({"sog_kn": "-1"}, None, 1815, 32),
        ({"cog_deg": "360"}, 75, 0, 0),
        ({"sog_kn": "", "cog_deg": ""}, None, None, 0),
        ({"t": "2026-11-23T10:10:00+07:00"}, 75, 1815, 16),
    ],
)
def test_doubtful_is_marked_not_dropped(still, connection, changes, sog, cog, flags):
    assert _load([HEADER, _row(**changes)], still, connection).stored == 1
    assert connection.execute("SELECT sog_dkn, cog_ddeg, flags FROM position").fetchone() == (sog, cog, flags)


@pytest.mark.parametrize("column", ["provider", "device_id", "t", "received_at", "lat", "lon", "sog_kn", "cog_deg"])
def test_a_file_without_a_column_is_refused_whole(still, connection, column):
    header = b",".join(name for name in HEADER.split(b",") if name != column.encode())
    with pytest.raises(BadInput, match=f"{column} missing; make the first line provider,"):
        _load([header, GOOD], still, connection)
    assert connection.execute(
        "SELECT count(*) FROM delivery JOIN source s ON s.id = source_id WHERE code = 'vms'"
    ).fetchone() == (0,)


def test_forms_of_the_same_file(still):
    for lines in (
        [b"\xef\xbb\xbf" + HEADER + b"\r", GOOD + b"\r", b"\r"],
        [b"", HEADER, GOOD, HEADER, b""],
        [HEADER, GOOD.replace(b"A,0001", b'"A","0001"')],
        [b",".join(HEADER.split(b",")[::-1]), b",".join(GOOD.split(b",")[::-1])],
        [b",".join(HEADER.split(b",")[:8]), b",".join(GOOD.split(b",")[:8])],
    ):
        found = _load(lines, still)
        assert (found.messages, dict(found.rejected), found.unaccounted) == (1, {}, 0)


def test_broken_rows(still):
    rows = [b"\xff\xfe", GOOD + b",more", b"A", b'"open', GOOD + b"\0", b"x" * 70_000]
    found = _load([HEADER, *rows, GOOD], still)
    assert dict(found.rejected) == {"bad_encoding": 1, "bad_row": 4, "line_too_long": 1}
    assert (found.messages, found.unaccounted) == (1, 0)


def test_nothing_at_all(still):
    assert _load([], still).as_dict()["lines"] == 0


def test_stored_once_whatever_comes_again(still, connection):
    late = _row(received_at="2026-11-23T12:00:00+07:00", msg_id="m2")
    assert _load([HEADER, GOOD, _row(device_id="0002")], still, connection).stored == 2
    again = _load([HEADER, late, GOOD, _row(lat="15.3")], still, connection)
    assert (again.messages, again.stored, again.duplicates) == (3, 1, 2)
    kinds = connection.execute("SELECT key, kind FROM transmitter ORDER BY key").fetchall()
    assert kinds == [("vms:A:0001", "vms"), ("vms:A:0002", "vms")]


def test_the_demonstration_feed_is_read_whole(still):
    from datetime import timedelta

    from fixtures.feed import vms_csv
    from fixtures.fleet import boats

    now = still()
    table = vms_csv(boats()[:40], now - timedelta(hours=6), now)
    found = _load(table.splitlines(), still)
    assert (dict(found.rejected), found.messages) == ({}, found.lines - 1)
    assert found.messages > 20
