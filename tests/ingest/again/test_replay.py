"""Rejects read again: what is understood now is stored with its times of then, once; the rest stays open."""

from datetime import UTC, datetime, timedelta

import pytest

from fixtures import nmea
from geo.clock import unix_ms
from ingest.again.files import NOT_KEPT
from ingest.again.replay import ask_replay, run_replay
from ingest.deliveries import Delivery, Opened, Sender
from ingest.form import Message
from ingest.forms import FORMS
from ingest.outcome import Reject
from ingest.rejects import store_rejects
from ingest.tables.load import load_table
from layers.database import transaction
from layers.registry import get_layer, load_layers
from layers.sources.rejects import Wanted

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)
THEN = NOW - timedelta(days=2)
MOTION = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
VMS = b"provider,device_id,t,received_at,lat,lon,sog_kn,cog_deg"
REGISTRY = "reg_no,name,length_m,gear,home_port,commune_code,mmsi,vms_provider,vms_device_id,valid_from\n"


def _sentence(number):
    return nmea.sentences(nmea.position_a(999_000_000 + number, 7, MOTION), b"A", 1)[0]


@pytest.fixture
def refuse(connection):
    """Store lines as yesterday's code refused them; the delivery's id."""

    def stored(form, *rejects, preface=b"", arrived=THEN):
        delivery = Delivery(connection, Sender("coast", "simulated"), "spool", lambda: THEN, Opened(form=form))
        with transaction(connection):
            store_rejects(connection, delivery.source_id, delivery.id, rejects, THEN, arrived)
            delivery.keep_preface(preface)
        return delivery.id

    return stored


@pytest.fixture
def replay(connection):
    def run(wanted=None):
        asked = (ask_replay(connection, wanted or Wanted(), "nhân viên thử", lambda: NOW), wanted or Wanted(), "thử")
        return run_replay(connection, asked, lambda: NOW)

    return run


def _states(connection):
    return dict(connection.execute("SELECT state, count(*) FROM reject GROUP BY state").fetchall())


def _tally(connection):
    """The tally as kept, and as counting would have it."""
    kept = connection.execute(
        "SELECT source_id, reason, open, replayed, set_aside FROM reject_tally WHERE open + replayed + set_aside > 0"
        " ORDER BY 1, 2"
    ).fetchall()
    counted = connection.execute(
        "SELECT source_id, reason, count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'replayed'),"
        " count(*) FILTER (WHERE state = 'set_aside') FROM reject GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    return kept, counted


def test_lines_are_stored_with_the_time_they_had(connection, refuse, replay):
    heard = THEN - timedelta(minutes=3)
    timed = Reject("bad_checksum", "yesterday's fault", _sentence(1), 4, unix_ms(heard))
    arrived = Reject("bad_checksum", "yesterday's fault", _sentence(2), 5)
    joined = nmea.sentences([(5, 6), (0, 2), (999_000_009, 30), (0, 386)], b"A", 1)
    parts = Reject("bad_type", "yesterday's fault", b"\n".join(joined), 6, unix_ms(heard), 2)
    first = refuse("nmea", timed, arrived, parts, Reject("not_a_sentence", "13 bytes", b"still rubbish"))
    tally = replay()
    assert (tally.looked, tally.understood, tally.stored, tally.left) == (4, 3, 3, None)
    rows = connection.execute("SELECT t, heard_at, delivery_id FROM position ORDER BY t").fetchall()
    assert [row[:2] for row in rows] == [(heard, heard), (THEN, THEN)]
    lineage = connection.execute("SELECT replay_of, adapter FROM delivery WHERE id = %s", (rows[0][2],)).fetchone()
    assert lineage == (first, "nmea/1")
    marked = connection.execute(
        "SELECT DISTINCT state_by, into_id, state_at FROM reject WHERE state = 'replayed'"
    ).fetchall()
    assert marked == [("thử", rows[0][2], NOW)]
    assert _states(connection) == {"replayed": 3, "open": 1}
    kept, counted = _tally(connection)
    assert kept == counted


def test_a_second_run_stores_nothing(connection, refuse, replay):
    refuse("nmea", Reject("bad_checksum", "x", _sentence(1)), Reject("not_a_sentence", "x", b"rubbish"))
    replay()
    before = connection.execute("SELECT count(*), max(delivery_id) FROM position").fetchone()
    again = replay()
    assert (again.looked, again.understood, again.stored) == (1, 0, 0)
    assert connection.execute("SELECT count(*), max(delivery_id) FROM position").fetchone() == before
    assert connection.execute("SELECT seen FROM reject WHERE state = 'open'").fetchall() == [(1,)]


def test_the_rest_stays_with_the_reason_of_today(connection, refuse, replay):
    body = _sentence(1)[:-2] + b"00"
    refuse("nmea", Reject("old_reason", "x", body), Reject("older_reason", "x", body))
    replay()
    rows = connection.execute("SELECT reason, state FROM reject ORDER BY id").fetchall()
    assert rows == [("bad_checksum", "open"), ("older_reason", "replayed")]
    kept, counted = _tally(connection)
    assert kept == counted


def test_rows_of_csv_are_read_under_their_header(connection, refuse, replay):
    row = f"A,d1,{THEN.isoformat()},{THEN.isoformat()},15.2,109.1,5,90".encode()
    refuse("vms_rows", Reject("bad_row", "x", row), preface=VMS)
    assert replay().stored == 1
    assert connection.execute("SELECT t, heard_at FROM position").fetchall() == [(THEN, THEN)]


def test_one_source_or_reason_or_moment_can_be_asked_for(connection, refuse, replay):
    refuse("nmea", Reject("bad_checksum", "x", _sentence(1)), Reject("other", "x", _sentence(2)))
    assert replay(Wanted(reason="none such")).looked == 0
    assert replay(Wanted(since=THEN + timedelta(hours=1))).looked == 0
    assert replay(Wanted(reason="other")).understood == 1
    assert _states(connection) == {"replayed": 1, "open": 1}


def test_many_rejects_go_in_batches_and_progress_is_told(connection, refuse):
    refuse("nmea", *(Reject("bad_checksum", "x", _sentence(n)) for n in range(1100)))
    seen = []
    asked = (ask_replay(connection, Wanted(), "thử", lambda: NOW), Wanted(), "thử")
    run_replay(connection, asked, lambda: NOW, lambda tally: seen.append(tally.looked))
    assert seen == [500, 1000, 1100]
    row = connection.execute("SELECT total, done, understood, stored, finished_at FROM reject_replay").fetchone()
    assert row == (1100, 1100, 1100, 1100, NOW)


def test_refused_again_after_it_was_understood_is_open_again(connection, refuse, replay):
    reject = Reject("bad_checksum", "x", _sentence(1))
    refuse("nmea", reject)
    replay()
    refuse("nmea", reject)
    assert _states(connection) == {"open": 1}
    kept, counted = _tally(connection)
    assert kept == counted


# Files


@pytest.fixture
def load(connection, tmp_path):
    """Load rows of the fleet register as a file, at a moment."""

    def loaded(*rows, at=THEN, name="registry.csv"):
        path = tmp_path / name
        path.write_text(REGISTRY + "\n".join(rows) + "\n")
        layer = get_layer(load_layers(), "vessel")
        return load_table(connection, layer, path, Sender("registry_t", "simulated"), lambda: at)

    return loaded


@pytest.fixture
def lost(connection):
    """The code of a commune that the table of units does not have yet."""
    code = connection.execute("SELECT min(commune_code) FROM cell").fetchone()[0]
    connection.execute("UPDATE cell SET commune_code = 'x' WHERE commune_code = %s", (code,))
    return code


@pytest.fixture
def mend(connection, lost):
    return lambda: connection.execute("UPDATE cell SET commune_code = %s WHERE commune_code = 'x'", (lost,))


def _boat(number, commune, name="Thử", device=None):
    return f"QNg-MP 0{number},{name} {number},15.5,câu,Sa Kỳ,{commune},,A,{device or number},"


def _names(connection):
    rows = connection.execute("SELECT code, name FROM vessel WHERE superseded_at IS NULL ORDER BY code").fetchall()
    return {code[-3:]: name for code, name in rows}


def test_rows_of_a_file_are_read_out_of_the_kept_file(connection, load, lost, mend, replay):
    loaded = load(_boat(901, lost), _boat(902, ""), _boat(903, lost), "QNg-MP 0904,hỏng")
    assert dict(loaded.summary.rejected) == {"unknown_commune": 2, "bad_row": 1}
    mend()
    tally = replay()
    assert (tally.looked, tally.understood, tally.stored) == (3, 2, 2)
    assert _names(connection) == {"901": "Thử 901", "902": "Thử 902", "903": "Thử 903"}
    row = connection.execute(
        "SELECT v.heard_at, v.stored_at, d.replay_of, o.row_no, d.sha256 = f.sha256 FROM vessel AS v"
        " JOIN delivery AS d ON d.id = v.delivery_id JOIN delivery AS f ON f.id = d.replay_of"
        " JOIN row_origin AS o ON o.delivery_id = d.id AND o.code = v.code WHERE v.code LIKE '%%903'"
    ).fetchone()
    assert row == (THEN, NOW, loaded.delivery_id, 3, True)
    assert connection.execute("SELECT count(*) FROM transmitter_on_vessel WHERE valid_to IS NULL").fetchone() == (3,)
    assert _states(connection) == {"replayed": 2, "open": 1}
    assert replay().understood == 0
    kept, counted = _tally(connection)
    assert kept == counted


def test_an_older_word_never_stands_over_a_newer(connection, load, lost, mend, replay):
    load(_boat(901, lost, "Cũ"), _boat(902, lost, "Cũ", device="D"))
    load(_boat(901, "", "Mới"), _boat(903, "", device="D"), at=THEN + timedelta(hours=5), name="later.csv")
    mend()
    assert replay().understood == 2
    assert _names(connection) == {"901": "Mới 901", "902": "Cũ 902", "903": "Thử 903"}
    holder = connection.execute(
        "SELECT v.code FROM transmitter_on_vessel AS x JOIN transmitter AS t ON t.id = x.transmitter_id"
        " JOIN vessel AS v ON v.id = x.vessel_id WHERE t.key = 'vms:A:D' AND x.valid_to IS NULL"
    ).fetchall()
    assert [code[-3:] for (code,) in holder] == ["903"]


def test_a_row_that_stood_twice_does_not_come_in_by_the_back(connection, load, replay):
    load(_boat(901, ""), _boat(901, "", "Hai"))
    assert replay().understood == 0
    assert _names(connection) == {"901": "Thử 901"}


def test_a_file_refused_whole_is_read_whole(connection, replay):
    """A template mended: the raw file was kept, whatever was wrong with it."""
    form = FORMS["layer:health_facility"]
    sender = Sender("health_t", "simulated")
    with transaction(connection):
        form.take(connection, Message(b"\0\0\0", "a.csv", sender, THEN), lambda: THEN)
    assert replay().left == ["a.csv: " + connection.execute("SELECT detail FROM reject").fetchone()[0][7:]]
    # the same bytes, as a version of ours that understands them finds them
    good = "code,name,kind,lon,lat\nT1,Trạm thử,commune_station,108.8,15.1\n".encode()
    connection.execute("UPDATE raw_piece SET data = %s", (good,))
    assert replay().understood == 1
    assert connection.execute("SELECT name, heard_at FROM health_facility").fetchall() == [("Trạm thử", THEN)]


def test_a_register_refused_whole_is_not_kept(connection, replay):
    """Whose names a file that nobody could read may hold, nobody can say: its sender is asked for it again."""
    with transaction(connection):
        message = Message(b"\0\0\0", "a.csv", Sender("registry_t", "simulated"), THEN)
        FORMS["layer:vessel"].take(connection, message, lambda: THEN)
    assert connection.execute("SELECT count(*) FROM raw_file").fetchone() == (0,)
    assert replay().left == [f"a.csv: {NOT_KEPT}"]


def test_a_withdrawn_source_and_a_revoked_paper_stay_away(connection, load, lost, mend, replay):
    loaded = load(_boat(901, lost), _boat(902, ""))
    connection.execute("UPDATE vessel SET superseded_at = now()")
    mend()
    assert "another source" in str(replay().left)
    connection.execute("UPDATE vessel SET superseded_at = NULL")
    paper = connection.execute(
        "INSERT INTO paper (source_id, uid, state, state_at, received_at)"
        " VALUES (1, 'p', 'revoked', now(), now()) RETURNING id"
    ).fetchone()[0]
    connection.execute("UPDATE delivery SET paper_id = %s WHERE id = %s", (paper, loaded.delivery_id))
    assert "paper" in str(replay().left)
    connection.execute("UPDATE paper SET state = 'valid'")
    assert replay().understood == 1
    told = "SELECT d.paper_id FROM vessel AS v JOIN delivery AS d ON d.id = v.delivery_id WHERE v.code LIKE '%%901'"
    assert connection.execute(told).fetchone() == (paper,)
