"""The watch within the worker: woken by what is stored, alone, and seen when it is not there."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from geo.clock import unix_ms
from ingest.bus.settings import SpoolSettings
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix, Flag
from ingest.work.bench import Bench
from ingest.work.health import watch_not_behind
from ingest.work.watching import LOCK, PROCESS, Watching
from ingest.write import Batch
from layers.database import connect, make_engine

NOW = datetime(2026, 11, 23, 7, 5, tzinfo=UTC)


@pytest.fixture
def watching(database_url):
    made = Watching(Bench(database_url, SpoolSettings(), lambda: NOW))
    yield made
    made.stop()


def test_a_call_for_help_wakes_it(connection, database_url, watching):
    connection.execute("LISTEN opsmap")
    watching.start()
    with connect(database_url) as other:
        writer = Delivery(other, Sender("ais", "simulated"), "test", lambda: NOW).writer
        t_ms = unix_ms(NOW) - 1000
        said = (1_105_000_000, 150_000_000, 0, 0, None, 14, 1, 0, int(Flag.DISTRESS))
        call = Fix("mmsi:970010001", t_ms, 1, t_ms, *said, b"")
        writer.write_batch(Batch([call]))
    assert any(orjson.loads(each.payload).get("layer") == "case" for each in connection.notifies(timeout=60))
    assert connection.execute("SELECT kind FROM watch_case").fetchall() == [("distress",)]
    assert connection.execute("SELECT 1 FROM heartbeat WHERE process = %s", (PROCESS,)).fetchone()


def test_one_at_a_time(connection, database_url, watching):
    """While somebody else holds the lock it does not begin; then it does."""
    connection.execute("LISTEN opsmap")
    with connect(database_url) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        watching.start()
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
        assert connection.execute(asked, (LOCK,)).fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM heartbeat WHERE process = %s", (PROCESS,)).fetchone() == (0,)
    while not connection.execute("SELECT 1 FROM heartbeat WHERE process = %s", (PROCESS,)).fetchone():
        list(connection.notifies(timeout=0.2))
    assert connection.execute(asked, (LOCK,)).fetchone() == (1,)


def test_its_silence_is_seen(connection, database_url):
    engine = make_engine(database_url)
    with engine.connect() as asked:
        assert watch_not_behind(asked, NOW) == []
    connection.execute(
        "INSERT INTO watch_slip (stored_at, transmitters, t_from, t_to, count) VALUES (%s, '{1}', %s, %s, 1)",
        (NOW - timedelta(minutes=2), NOW, NOW),
    )
    with engine.connect() as asked:
        (breach,) = watch_not_behind(asked, NOW)
    assert "không chạy" in breach.vi
    connection.execute("INSERT INTO heartbeat (process, beat_at, detail) VALUES ('watch', %s, '{}')", (NOW,))
    with engine.connect() as asked:
        assert watch_not_behind(asked, NOW) == []
        (late,) = watch_not_behind(asked, NOW + timedelta(minutes=1) + timedelta(minutes=4))
    assert "không chạy" in late.vi
    connection.execute("UPDATE heartbeat SET beat_at = %s WHERE process = 'watch'", (NOW + timedelta(minutes=8),))
    with engine.connect() as asked:
        (behind,) = watch_not_behind(asked, NOW + timedelta(minutes=8))
    assert "10 phút" in behind.vi
    engine.dispose()
