"""A recording played as if live: what is due and nothing else, by a clock that the test owns."""

import random
from datetime import timedelta

import pytest

from fixtures import nmea
from geo.clock import from_unix_ms, unix_ms
from geo.errors import BadInput
from ingest.ais.load import ais_options, load_ais
from ingest.ais.pipeline import AisPipeline
from ingest.deliveries import Delivery, Sender
from ingest.feed import LiveFeed
from ingest.lasting import LastingConnection
from ingest.live import Pace, run_feeds
from ingest.outcome import Reject
from ingest.replay import Playing, ReplayStream
from ingest.source import FileSource, IterableSource
from ingest.vms.pipeline import VmsPipeline

T0 = 1_764_000_000_000
DANISH = "dk_2013-11-12_1200z_5min.nmea.gz"


def _line(number, t_ms):
    motion = nmea.motion_fields(109 + number / 1000, 15.2, 7.5, 181.5, number % 60)
    return nmea.tag(nmea.sentences(nmea.position_a(999_000_000 + number, 7, motion), b"A", 1)[0], T0 + t_ms)


def _stream(seconds, still, **playing):
    lines = [_line(number, second * 1000) for number, second in enumerate(seconds)]
    return ReplayStream(IterableSource(lines, "a.nmea"), AisPipeline(still), Playing(**playing))


def _taken(stream, still, *after_s):
    """How many outcomes come at each moment after the beginning."""
    return [len(stream.take(still() + timedelta(seconds=s), 1_000)) for s in (0, *after_s)]


def test_each_comes_when_it_is_due(still):
    stream = _stream([0, 0, 1, 5, 5.5, 60], still)
    assert _taken(stream, still, 0.9, 1, 5, 5.4, 59) == [2, 0, 1, 1, 0, 1]
    assert not stream.over
    assert _taken(stream, still, 60) == [0, 1]
    assert stream.over


def test_sixty_times_faster(still):
    stream = _stream([0, 30, 60, 3600], still, speed=60)
    assert _taken(stream, still, 0.5, 1, 59, 60) == [1, 1, 1, 0, 1]


def test_times_stay_as_recorded_unless_shifted(still):
    [fact] = _stream([0, 30], still).take(still(), 10)
    assert (fact.t_ms, fact.heard_ms) == (T0, T0)


def test_shifted_it_is_heard_when_it_is_played_and_never_later_than_now(still):
    stream, began = _stream([0, 30, 90], still, speed=60, shift=True), unix_ms(still())
    stream.take(still(), 10)
    later = stream.take(still() + timedelta(seconds=1.5), 10)
    assert [fact.t_ms - began for fact in later] == [500, 1_500]
    assert [fact.heard_ms for fact in later] == [fact.t_ms for fact in later]
    assert later[0].raw == _line(1, 30_000)


def test_long_silences_are_kept_unless_skipped(still):
    seconds = [0, 10, 4_000, 4_010]
    assert _taken(_stream(seconds, still), still, 10, 100, 3_999, 4_000) == [1, 1, 0, 0, 1]
    skipping = _stream(seconds, still, skip_gaps=True)
    assert _taken(skipping, still, 10, 69, 70, 79, 80) == [1, 1, 0, 1, 0, 1]


def test_room_is_respected_and_nothing_lost(still):
    stream = _stream([0] * 25, still)
    assert [len(stream.take(still(), 10)) for _ in range(4)] == [10, 10, 5, 0]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_however_often_it_is_asked_the_facts_are_the_same(still, seed):
    dice = random.Random(seed)
    seconds = sorted(dice.uniform(0, 300) for _ in range(200))
    whole = _stream(seconds, still, speed=3, shift=True)
    whole.take(still(), 1_000)
    expected = whole.take(still() + timedelta(seconds=200), 1_000)
    stepped = _stream(seconds, still, speed=3, shift=True)
    stepped.take(still(), 1_000)
    found = []
    for moment in [*sorted(dice.uniform(0, 100) for _ in range(40)), 200]:
        found += stepped.take(still() + timedelta(seconds=moment), 1_000)
    assert found == expected


def test_a_recording_without_times_is_refused(still):
    bare = nmea.sentences(nmea.position_a(999_000_001, 7, nmea.motion_fields(109, 15, 1, 1, 1)), b"A", 1)
    with pytest.raises(BadInput, match="does not say when"):
        ReplayStream(IterableSource(bare), AisPipeline(still), Playing())


@pytest.mark.parametrize("speed", [0, -1, 1e9, float("nan")])
def test_speeds_that_are_none(speed):
    with pytest.raises(BadInput, match="--speed"):
        Playing(speed)


def test_an_untimed_or_refused_line_comes_with_what_stood_before_it(still):
    bare = nmea.sentences(nmea.position_a(999_000_009, 7, nmea.motion_fields(109, 15, 1, 1, 1)), b"A", 1)[0]
    lines = [_line(1, 0), _line(2, 10_000), bare, b"!AIVDM,nonsense", _line(3, 20_000)]
    stream = ReplayStream(IterableSource(lines), AisPipeline(still), Playing())
    assert _taken(stream, still, 10, 20) == [1, 3, 1]


def test_vms_rows_too(still):
    rows = ["provider,device_id,t,received_at,lat,lon,sog_kn,cog_deg,status,msg_id"]
    for n in range(3):
        t, received = (from_unix_ms(T0 + n * 60_000 + late).isoformat() for late in (0, 30_000))
        rows.append(f"A,000{n},{t},{received},15.1,109.1,5.0,90.0,A,m{n}")
    source = IterableSource([row.encode() for row in rows])
    stream = ReplayStream(source, VmsPipeline(still), Playing(speed=60, shift=True))
    began = unix_ms(still())
    facts = stream.take(still(), 10) + stream.take(still() + timedelta(seconds=2), 10)
    assert [(fact.heard_ms - began, fact.t_ms - began) for fact in facts] == [(0, -500), (1_000, 500), (2_000, 1_500)]


class Time:
    """A clock that waiting moves."""

    def __init__(self, start, step_s=0.5):
        self.now, self._step = start, timedelta(seconds=step_s)

    def wait(self, _):
        self.now += self._step


def _play(connection, stream, time, stop=lambda: False):
    delivery = Delivery(connection, Sender("replay:a", "replayed"), "a", lambda: time.now)
    pace = Pace(lambda: time.now, time.wait, lambda: stop() or stream.over)
    assert run_feeds([LiveFeed(stream, delivery)], LastingConnection(lambda: connection), pace) == 0
    return delivery.summary


KEYS = """
SELECT key, t, payload_hash FROM (SELECT transmitter_id, t, source_id, payload_hash FROM position
UNION ALL SELECT transmitter_id, t, source_id, payload_hash FROM ais_report) AS m
JOIN transmitter AS x ON x.id = m.transmitter_id JOIN source AS s ON s.id = m.source_id WHERE s.code = %s
ORDER BY 1, 2, 3
"""


def test_a_real_recording_gives_what_loading_it_gives(connection, shared_data, still):
    path, time = shared_data / "ais" / DANISH, Time(still())
    stream = ReplayStream(FileSource(path), AisPipeline(lambda: time.now), Playing(speed=60))
    summary = _play(connection, stream, time)
    assert (summary.messages, summary.stored, summary.unaccounted, summary.untimed) == (26_077, 26_077, 0, 0)
    assert timedelta(seconds=4) < time.now - still() < timedelta(seconds=8)
    load_ais(FileSource(path), ais_options(connection))
    replayed, loaded = (connection.execute(KEYS, (code,)).fetchall() for code in ("replay:a", "ais"))
    assert replayed == loaded
    assert connection.execute("SELECT count(*) FROM echo").fetchone() == (0,)
    assert connection.execute("SELECT DISTINCT origin FROM live JOIN source ON source.id = source_id").fetchall() == [
        ("replayed",)
    ]


def test_a_real_recording_as_if_now(connection, shared_data, still):
    path, time = shared_data / "ais" / DANISH, Time(still())
    stream = ReplayStream(FileSource(path), AisPipeline(lambda: time.now), Playing(speed=60, shift=True))
    summary = _play(connection, stream, time)
    assert (summary.messages, summary.unaccounted) == (26_077, 0)
    low, high = connection.execute("SELECT min(t), max(t) FROM position").fetchone()
    assert still() <= low <= high <= time.now
    assert connection.execute("SELECT count(*) FROM live").fetchone() == (1_438,)


def test_ended_early_what_was_not_reached_is_counted_and_not_stored(connection, still):
    time = Time(still())
    stream = _stream(range(100), still)
    summary = _play(connection, stream, time, lambda: time.now - still() >= timedelta(seconds=30))
    assert summary.stored == connection.execute("SELECT count(*) FROM position").fetchone()[0]
    assert 29 <= summary.stored <= 31
    assert (summary.ignored["not_reached"], summary.unaccounted) == (1, 0)


def test_a_reject_keeps_its_bytes_and_takes_the_time_of_playing(still):
    line = _line(1, 1_000)
    torn = line[:-1] + (b"0" if line[-1:] != b"0" else b"1")
    stream = ReplayStream(IterableSource([_line(0, 0), torn]), AisPipeline(still), Playing(shift=True))
    found = stream.take(still(), 10) + stream.take(still() + timedelta(seconds=1), 10)
    assert isinstance(found[1], Reject)
    assert (found[1].raw, found[1].heard_ms) == (torn, unix_ms(still()) + 1_000)
