"""The live loop: commits at most once a second, beats every two, stores everything it took before it ends."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest

from fixtures import nmea
from ingest.ais.pipeline import AisPipeline
from ingest.deliveries import Delivery, Sender
from ingest.feed import LiveFeed
from ingest.lasting import LastingConnection
from ingest.live import Pace, run_feeds
from ingest.stream import ChunkStream
from layers.database import connect

MOTION = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)


class Time:
    """A clock that waiting moves."""

    def __init__(self, start, seconds):
        self.now = start
        self.end = start + timedelta(seconds=seconds)

    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    def pace(self):
        return Pace(lambda: self.now, self.wait, lambda: self.now >= self.end)


@pytest.fixture
def time(still):
    return Time(still(), 10)


@pytest.fixture
def lasting(connection):
    return LastingConnection(lambda: connection)


@pytest.fixture
def feed_of(connection, time):
    """A feed of chunks, stored under a delivery of its own."""

    def make(read_chunk):
        delivery = Delivery(connection, Sender("ais-sim", "simulated"), "live", lambda: time.now)
        return LiveFeed(ChunkStream(read_chunk, AisPipeline(lambda: time.now)), delivery)

    return make


def _chunks(time):
    """Two fixes a turn, stamped by the feed; a type 5 whose parts come in different turns."""
    turn = 0
    parts = nmea.sentences([(5, 6), (0, 2), (999_000_009, 30), (0, 386)], b"A", 1)

    def read():
        nonlocal turn
        turn += 1
        ms = int(time.now.timestamp() * 1000)
        lines = [nmea.tag(nmea.sentences(nmea.position_a(999_000_000 + n, 7, MOTION), b"A", 1)[0], ms) for n in (1, 2)]
        return lines + ([nmea.tag(parts[turn - 5], ms)] if turn in (5, 6) else [])

    return read


def test_everything_taken_is_stored(connection, lasting, feed_of, time):
    run_feeds([feed_of(_chunks(time))], lasting, time.pace())
    turns = connection.execute("SELECT count(*) FROM position").fetchone()[0] // 2
    assert turns in (100, 101)
    assert connection.execute("SELECT count(*) FROM ais_report").fetchone() == (1,)


def test_commits_and_beats_keep_their_pace(database_url, lasting, feed_of, time):
    with connect(database_url) as listener:
        listener.execute("LISTEN opsmap")
        run_feeds([feed_of(_chunks(time))], lasting, time.pace())
        heard = [json.loads(notice.payload) for notice in listener.notifies(timeout=1)]
    changes = [said for said in heard if said.get("layer") == "vessel"]
    beats = [said["at"] for said in heard if said.get("beat") == "ingest"]
    assert 9 <= len(changes) <= 12
    assert len(beats) == 5
    assert all(later - earlier >= 2000 for earlier, later in pairwise(beats))
    arrivals = [said["arrived"] for said in changes]
    assert arrivals == sorted(arrivals)


def test_tracks_are_kept_beside_the_writing(connection, lasting, feed_of, time):
    time.end += timedelta(seconds=25)
    run_feeds([feed_of(_chunks(time))], lasting, time.pace())
    drawn = connection.execute("SELECT vessel, kind, extract(epoch FROM t_to - t_from) FROM vessel_track").fetchall()
    assert len(drawn) == 2
    assert {kind for _, kind, _ in drawn} == {"piece"}
    assert all(28 <= seconds <= 31 for *_, seconds in drawn)


def test_the_heart_beats_without_traffic(connection, lasting, feed_of, time):
    run_feeds([feed_of(list)], lasting, time.pace())
    [(process, beat_at)] = connection.execute("SELECT process, beat_at FROM heartbeat").fetchall()
    assert process == "ingest"
    assert time.now - beat_at < timedelta(seconds=3)


def test_lines_without_a_time_take_their_arrival(connection, feed_of, time):
    bare = nmea.sentences(nmea.position_a(999_000_001, 7, MOTION), b"A", 1)
    feed = feed_of(lambda: bare)
    feed.take(time.now)
    time.wait(180)
    feed.take(time.now)
    feed.store()
    assert feed.delivery.summary.stored == 2
    assert connection.execute("SELECT DISTINCT flags FROM position").fetchall() == [(2,)]


def test_half_a_message_is_let_go_in_time(connection, lasting, feed_of, time):
    part = nmea.sentences([(5, 6), (0, 2), (999_000_009, 30), (0, 386)], b"A", 1)[:1]
    sent = [part]
    run_feeds([feed_of(lambda: sent.pop() if sent else [])], lasting, time.pace())
    assert connection.execute("SELECT reason FROM reject").fetchall() == [("incomplete_multipart",)]


def test_a_clock_set_back_does_not_stop_the_loop(connection, lasting, feed_of, time):
    read = _chunks(time)
    turns = iter(range(10_000))

    def jumping():
        if next(turns) == 30:
            time.now -= timedelta(hours=1)
            time.end = time.now + timedelta(seconds=5)
        return read()

    run_feeds([feed_of(jumping)], lasting, time.pace())
    assert connection.execute("SELECT max(beat_at) FROM heartbeat").fetchone()[0] > time.now - timedelta(seconds=3)
