"""One batch, one transaction: what is new is stored, what fails leaves no trace, and the newest fix is the live one."""

import json

import psycopg
import pytest

from geo.clock import from_unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix, Flag, Identity, Reject, Report
from ingest.write import Batch

T0 = 1_764_000_000_000
KEY = "mmsi:999000001"


def _fix(t_ms=T0, key=KEY, lon=1_091_000_000, flags=0, name=1, **more):
    return Fix(key, t_ms, name, t_ms, lon, 152_000_000, 75, 1815, None, 7, 1, 30, flags, b"raw", **more)


@pytest.fixture
def writer(connection, still):
    return Delivery(connection, Sender("ais", "simulated"), "test", still).writer


def _live(connection):
    return connection.execute("SELECT t, lon_e7, flags, version FROM live").fetchall()


def test_a_fix_is_stored_whole(connection, writer):
    result = writer.write_batch(Batch([_fix()]))
    assert (result.messages, result.stored) == (1, 1)
    row = connection.execute(
        "SELECT t, heard_at, lon_e7, lat_e7, sog_dkn, cog_ddeg, heading_deg, nav_status, msg_type, utc_second, raw"
        " FROM position"
    ).fetchone()
    t = from_unix_ms(T0)
    assert row == (t, t, 1_091_000_000, 152_000_000, 75, 1815, None, 7, 1, 30, b"raw")
    assert connection.execute("SELECT key, kind FROM transmitter").fetchall() == [(KEY, "ais")]


def test_the_same_key_twice_in_a_batch_is_one(connection, writer):
    assert writer.write_batch(Batch([_fix(), _fix()])).stored == 1
    assert writer.write_batch(Batch([_fix()])) == (1, 0, None)


def test_missing_is_null_and_not_on_the_map(connection, writer):
    writer.write_batch(Batch([_fix()._replace(lon_e7=None, lat_e7=None, sog_dkn=None, utc_second=None)]))
    assert connection.execute("SELECT lon_e7, lat_e7, sog_dkn, utc_second FROM position").fetchone() == (None,) * 4
    assert _live(connection) == []


def test_days_get_partitions(connection, writer):
    day = 86_400_000
    times = [T0 - T0 % day, T0 - T0 % day - 1, 946_684_800_000]
    assert writer.write_batch(Batch([_fix(t) for t in times])).stored == 3
    names = connection.execute("SELECT DISTINCT tableoid::regclass::text FROM position ORDER BY 1").fetchall()
    assert names == [("position_20000101",), ("position_20251123",), ("position_20251124",)]


def test_live_never_goes_back(connection, writer):
    first = writer.write_batch(Batch([_fix(T0 + 1000)])).version
    second = writer.write_batch(Batch([_fix(T0), _fix(T0 + 500)])).version
    assert second == first + 1
    assert _live(connection) == [(from_unix_ms(T0 + 1000), 1_091_000_000, 0, first)]


def test_a_timed_fix_outranks_an_untimed_one(connection, writer):
    writer.write_batch(Batch([_fix(T0 + 99_000_000, flags=int(Flag.UNTIMED), name=5)]))
    writer.write_batch(Batch([_fix(T0, name=6)]))
    writer.write_batch(Batch([_fix(T0 + 99_000_001, flags=int(Flag.UNTIMED), name=7)]))
    assert [(t, flags) for t, _, flags, _ in _live(connection)] == [(from_unix_ms(T0), 0)]


def test_what_fails_leaves_nothing_and_the_writer_usable(connection, writer):
    bad = Report("mmsi:999000002", T0, 1, T0, 8, {"text": "\u0000"}, 0, b"raw")
    with pytest.raises(psycopg.DataError):
        writer.write_batch(Batch([_fix(), bad]))
    assert connection.execute("SELECT count(*) FROM transmitter").fetchone() == (0,)
    assert writer.write_batch(Batch([_fix()])).stored == 1
    assert connection.execute("SELECT count(*) FROM position JOIN transmitter ON id = transmitter_id").fetchone() == (
        1,
    )


def test_identity_keeps_the_newest_and_fills_what_is_unknown(connection, writer):
    def say(t_ms, flags=0, **said):
        body = Report(KEY, t_ms, t_ms, t_ms, 24, {}, flags, b"r", 1, Identity(**said))
        writer.write_batch(Batch([body]))
        return connection.execute("SELECT name, callsign, ship_type, name_folded FROM transmitter").fetchone()

    assert say(T0, name="CÁ CHIM") == ("CÁ CHIM", None, None, "ca chim")
    assert say(T0 - 1000, name="OLD", callsign="XV") == ("CÁ CHIM", "XV", None, "ca chim")
    assert say(T0 + 1000, ship_type=30) == ("CÁ CHIM", "XV", 30, "ca chim")
    assert say(T0 + 2000, name="NEW") == ("NEW", "XV", 30, "new")
    assert say(T0 + 9000, flags=int(Flag.UNTIMED), name="LATE") == ("NEW", "XV", 30, "new")


def test_rejects_are_kept_once_and_counted(connection, writer):
    reject = Reject("bad_checksum", "says \0", b"\x00\xff!AI", 7, T0, 1)
    for _ in range(2):
        writer.write_batch(Batch([reject, reject, Reject("future_time", "x", b"r", None, 10**17)]))
    rows = connection.execute("SELECT reason, seen, raw, line_no FROM reject ORDER BY reason").fetchall()
    assert rows == [("bad_checksum", 4, b"\x00\xff!AI", 7), ("future_time", 2, b"r", None)]


def test_listeners_hear_of_it_at_commit(database_url, connection, writer):
    from layers.database import connect

    with connect(database_url) as listener:
        listener.execute("LISTEN opsmap")
        version = writer.write_batch(Batch([_fix()], arrived_ms=T0 + 5)).version
        [notice] = list(listener.notifies(timeout=5, stop_after=1))
        assert json.loads(notice.payload) == {"layer": "vessel", "version": version, "arrived": T0 + 5}


def test_a_boat_at_rest_in_a_port_is_in_port(connection, writer):
    connection.execute(
        "INSERT INTO fishing_port (id, code, content_hash, source_id, delivery_id, t, heard_at, name, radius_m, geom)"
        " VALUES (1, 'p', 1, 1, 1, now(), now(), 'Cảng thử', 800, 'SRID=4326;POINT(109.1 15.2)')"
    )
    still, moving = _fix()._replace(sog_dkn=2), _fix(key="mmsi:999000002")._replace(sog_dkn=50)
    far = _fix(key="mmsi:999000003", lon=1_095_000_000)._replace(sog_dkn=0)
    writer.write_batch(Batch([still, moving, far]))
    rows = connection.execute("SELECT key, in_port FROM live JOIN transmitter ON id = transmitter_id ORDER BY 1")
    assert [in_port for _, in_port in rows.fetchall()] == [True, False, False]
