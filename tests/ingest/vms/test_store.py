"""What comes in any format is stored once, under its device, in whatever order it comes."""

import random
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from fixtures.fleet import boats
from fixtures.vms_forms import Said, export_csv, export_xlsx, flux_message, json_report, naf_message, national_line
from geo.clock import from_unix_ms
from ingest.bus.books import Books
from ingest.bus.record import Record
from ingest.deliveries import Sender
from ingest.form import Message
from ingest.forms import FORMS
from ingest.load import LoadOptions
from ingest.source import Line
from ingest.stream import Tally
from ingest.vms.load import SENDER, load_vms_file
from layers.vessels.track_keeper import keep_all_tracks

TRY = Sender("vms-try", "simulated", "VMS (mô phỏng)")


@pytest.fixture
def said(still):
    """An hour's report of a boat an hour ago."""
    t = still().replace(second=0, microsecond=0) - timedelta(hours=1)
    return Said("QNg-MP 0369", "A", "0001", t, 15.3417, 109.1, 7.5, 181.0)


@pytest.fixture
def put_on_board(connection, still):
    """Registers a boat with a device on it from a month ago."""

    def put(number, key, since=timedelta(days=30), until=None):
        source = connection.execute("SELECT id FROM source ORDER BY id LIMIT 1").fetchone()[0]
        boat = connection.execute("SELECT id FROM vessel WHERE code = %s", (number,)).fetchone()
        if boat is None:
            boat = connection.execute(
                "INSERT INTO vessel (id, code, content_hash, source_id, delivery_id, t, heard_at, name, length_m,"
                " gear, home_port) SELECT coalesce(max(id), 0) + 1, %s, 0, %s, 0, now(), now(), 'Sóng Xanh', 20,"
                " 'lưới rê', 'x'"
                " FROM vessel RETURNING id",
                (number, source),
            ).fetchone()
        device = connection.execute(
            "INSERT INTO transmitter (key, kind) VALUES (%s, 'vms') ON CONFLICT (key) DO UPDATE SET kind = 'vms'"
            " RETURNING id",
            (key,),
        ).fetchone()
        connection.execute(
            "INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, valid_to, source_id)"
            " VALUES (%s, %s, %s, %s, %s)",
            (device[0], boat[0], still() - since, until and still() - until, source),
        )
        return boat[0]

    return put


def take(connection, form, data, still, name="file"):
    with connection.transaction():
        return FORMS[form].take(connection, Message(data, name, TRY, still()), still)


def keys(connection):
    rows = "SELECT t.key, count(*) FROM position AS p JOIN transmitter AS t ON t.id = p.transmitter_id GROUP BY 1"
    return dict(connection.execute(rows).fetchall())


WRITERS = {
    "vms_csv": lambda said: export_csv([said]),
    "vms_xlsx": lambda said: export_xlsx([said]),
    "vms_json": lambda said: orjson.dumps(json_report(said)),
    "vms_flux": lambda said: flux_message([said]),
}


def test_the_same_report_in_any_file_is_stored_once(connection, still, said):
    stored = [
        take(connection, form, write(said), still, name).stored for form, write in WRITERS.items() for name in "ab"
    ]
    assert stored == [1] + [0] * 7
    assert keys(connection) == {"vms:A:0001": 1}
    adapters = connection.execute("SELECT adapter FROM delivery WHERE adapter LIKE 'vms%' ORDER BY id").fetchall()
    assert len(adapters) == 8
    assert "chưa xác minh" in adapters[2][0]
    told = connection.execute("SELECT summary->'told' FROM delivery WHERE label = 'a' ORDER BY id LIMIT 1").fetchone()[
        0
    ]
    assert any("‘Kinh độ’ → lon" in line for line in told)
    assert connection.execute("SELECT count(*) FROM raw_file").fetchone() == (4,)


@pytest.mark.parametrize("form", WRITERS)
def test_a_hopeless_file_is_one_reject_with_its_bytes(connection, still, form):
    summary = take(connection, form, b"\x00\x01 nonsense", still)
    assert (summary.lines, summary.stored, summary.rejected.total(), summary.unaccounted) == (1, 0, 1, 0)
    assert connection.execute("SELECT raw FROM reject").fetchone() == (b"\x00\x01 nonsense",)


def test_a_report_of_a_boat_is_its_devices(connection, still, said, put_on_board):
    put_on_board("QNg-MP 0369", "vms:A:old", timedelta(days=30), timedelta(days=10))
    put_on_board("QNg-MP 0369", "vms:A:new", timedelta(days=10))
    lately, before = replace(said, device=""), replace(said, device="", t=said.t - timedelta(days=20))
    spelled = replace(said, device="", boat="QNG-MP0369", t=said.t - timedelta(minutes=5))
    summary = take(connection, "vms_xlsx", export_xlsx([lately, before, spelled]), still)
    assert (summary.stored, keys(connection)) == (3, {"vms:A:new": 2, "vms:A:old": 1})


def test_a_report_of_a_boat_without_its_device_says_what_to_add(connection, still, said, put_on_board):
    put_on_board("QNg-MP 0369", "vms:A:1")
    put_on_board("QNg-MP 0369", "vms:B:2")
    put_on_board("QNg-MP 0370", "vms:B:3", timedelta(days=5))
    twice, unborn, unknown = (replace(said, device="", boat=f"QNg-MP 0{n}") for n in (369, 370, 371))
    summary = take(
        connection, "vms_csv", export_csv([twice, replace(unborn, t=said.t - timedelta(days=9)), unknown]), still
    )
    assert (summary.stored, dict(summary.rejected), summary.unaccounted) == (0, {"no_device": 3}, 0)
    [first, second, third] = connection.execute("SELECT detail FROM reject ORDER BY id").fetchall()
    details = {first[0], second[0], third[0]}
    assert any("2 devices" in each for each in details)
    assert any("no device at that time" in each for each in details)
    assert any("no device of boat" in each for each in details)
    assert connection.execute("SELECT count(*) FROM transmitter WHERE key LIKE 'boat%%'").fetchone() == (0,)


def test_lines_out_of_the_spool_find_the_device_too(connection, still, said, put_on_board):
    put_on_board("QNg-MP 0369", "vms:VNM:1")
    line = naf_message(said).replace("FR/A//RC/0001", "FR/VNM").encode()
    pipeline = FORMS["vms_naf"].make_pipeline(still)
    record = Record("vms_naf", "vms-try", "simulated", "peer", 1_796_000_000_000, line)
    books = Books(connection, still)
    with connection.transaction():
        books.book(record).add(
            list(pipeline.push([Line(line, None, 1)])), Tally(1, 0, pipeline.ignored), 1_796_000_000_000
        )
        books.store()
    assert keys(connection) == {"vms:VNM:1": 1}
    assert connection.execute("SELECT adapter FROM delivery WHERE label = 'spool'").fetchone() == ("vms_naf/1",)


def test_the_command_loads_what_a_post_would(connection, still, said, tmp_path):
    options = LoadOptions(SENDER, connection, None, still)
    for form, data in (("xlsx", export_xlsx([said])), ("naf", naf_message(said).replace("FR/A", "FR/VNM").encode()),
                       ("national", national_line(said).encode() + b"\n")):  # fmt: skip
        file = tmp_path / f"positions.{form}"
        file.write_bytes(data)
        assert [load_vms_file(str(file), form, options).stored for _ in "ab"] == [1, 0]
    load_vms_file(str(file), "national", options, provider="B")
    assert set(keys(connection)) == {"vms:A:0001", "vms:VNM:0001", "vms:quoc-gia:0001", "vms:B:0001"}


def day_of(said, count, minutes=60):
    """A boat that sails north, a report an hour."""
    return [replace(said, t=said.t - timedelta(minutes=minutes * n), lat=said.lat - 0.05 * n) for n in range(count)]


def pieces(connection):
    rows = "SELECT hour, kind, t_from, t_to, points, ST_AsText(geom) FROM vessel_track ORDER BY hour, kind, t_from"
    return connection.execute(rows).fetchall()


def test_a_late_batch_heals_track_and_gap_and_live_stays(connection, still, said):
    day = day_of(said, 20)
    early, late = day[:3] + day[12:], day[3:12]
    take(connection, "vms_xlsx", export_xlsx(early), still)
    keep_all_tracks(connection, still())
    assert [kind for _, kind, *_ in pieces(connection)].count("gap") == 1
    newest = connection.execute("SELECT t, lat_e7 FROM live").fetchone()
    random.Random(7).shuffle(late)
    summary = take(connection, "vms_json", orjson.dumps([json_report(each) for each in late]), still)
    keep_all_tracks(connection, still())
    assert summary.stored == 9
    assert [kind for _, kind, *_ in pieces(connection)].count("gap") == 0
    assert connection.execute("SELECT t, lat_e7 FROM live").fetchone() == newest == (said.t, 153417000)
    assert connection.execute("SELECT count(*) FROM position WHERE flags <> 0").fetchone() == (0,)


def test_no_order_of_arrival_makes_a_jump(connection, still, said):
    day = day_of(said, 12, 120)
    random.Random(3).shuffle(day)
    for each in day:
        take(connection, "vms_csv", export_csv([each]), still)
    far = replace(said, lat=said.lat + 5, t=said.t + timedelta(minutes=10))
    take(connection, "vms_csv", export_csv([said, far]), still)
    flags = connection.execute("SELECT t, flags FROM position WHERE flags <> 0").fetchall()
    assert flags == [(far.t, 8)]


def test_a_clock_a_day_ahead_is_refused_and_one_ahead_of_its_hearing_is_marked(connection, still, said):
    ahead = replace(said, t=said.t + timedelta(days=1))
    assert take(connection, "vms_csv", export_csv([ahead]), still).rejected == {"future_time": 1}
    told = json_report(said) | {"received_at": from_unix_ms(1_795_900_000_000).isoformat()}
    take(connection, "vms_json", orjson.dumps(told), still)
    assert connection.execute("SELECT flags FROM position").fetchone() == (16,)


def test_a_call_for_help_stands_in_the_history(connection, still, said):
    told = json_report(said) | {"kind": "sos"}
    take(connection, "vms_json", orjson.dumps([told, json_report(said)]), still)
    assert connection.execute("SELECT flags FROM position ORDER BY flags").fetchall() == [(0,), (128,)]


def test_the_register_names_two_devices_and_their_seals(connection, still):
    commune = boats()[0].commune_code
    head = "reg_no,name,length_m,gear,home_port,commune_code,vms_provider,vms_device_id,vms_seal,vms2_provider,"
    head += "vms2_device_id,valid_from\n"
    row = f"QNg-MP 0369,Sóng Xanh,20,lưới rê,x,{commune},A,1,S1,B,2,2026-10-01T00:00:00Z"
    resealed = row.replace(",S1,", ",S9,").replace("-10-01", "-11-01")
    moved = resealed.replace(",B,2", ",,").replace("-11-01", "-11-02")
    told = [head + each for each in (row, resealed, moved)]
    for text in told:
        assert take(connection, "layer:vessel", text.encode(), still, "so.csv").rejected == {}
    links = connection.execute(
        "SELECT t.key, l.seal, l.valid_to IS NULL FROM transmitter_on_vessel AS l"
        " JOIN transmitter AS t ON t.id = l.transmitter_id ORDER BY t.key, l.valid_to NULLS LAST"
    ).fetchall()
    assert links == [("vms:A:1", "S1", False), ("vms:A:1", "S9", True), ("vms:B:2", None, False)]
