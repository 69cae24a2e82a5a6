"""Invariants of the machinery, each broken for real: a full disk, a loader at rest, a job that hangs, a file left."""

from contextlib import closing
from datetime import timedelta

import pytest

from geo.clock import unix_ms
from ingest.bus.loader import Loader
from ingest.bus.reader import SpoolConsumer
from ingest.bus.record import Record
from ingest.bus.run import LoaderLife
from ingest.bus.spool import Spool
from ingest.lasting import LastingConnection
from ingest.live import Pace, beat
from ingest.work.health import (
    all_finds,
    feeds_answer,
    files_taken,
    jobs_not_stalled,
    loader_not_behind,
    spool_not_full,
)
from ingest.work.settings import DropSettings, FeedSettings, WorkSettings
from layers.database import connect, make_engine
from layers.health.invariants import INVARIANTS


@pytest.fixture
def ask(database_url, now):
    """The subjects one question finds at a moment."""
    engine = make_engine(database_url)

    def run(find, later=timedelta(0)):
        with engine.connect() as opened:
            return [breach.subject for breach in find(opened, now + later)]

    yield run
    engine.dispose()


def test_every_invariant_has_its_question_here(tmp_path):
    assert set(all_finds(WorkSettings(), tmp_path)) == {invariant.code for invariant in INVARIANTS}


def test_a_spool_without_room_is_found(ask, tmp_path):
    assert ask(spool_not_full(tmp_path, spare=1)) == []
    assert ask(spool_not_full(tmp_path, spare=1 << 60)) == [""]
    assert ask(spool_not_full(tmp_path / "not there yet")) == []


def test_what_waits_for_the_loader_is_found_and_no_longer_when_it_is_stored(ask, tmp_path, database_url, now):
    find = loader_not_behind(tmp_path)
    with closing(Spool(tmp_path, "mast", 256)) as spool:
        for _ in range(4):
            spool.publish([_record(now)]).result(10)
    assert ask(find, timedelta(days=999)) == ["mast"]
    _load(tmp_path, database_url)
    assert ask(find, timedelta(days=9999)) == []


def test_how_long_the_oldest_has_waited_is_read_across_segments(ask, tmp_path, database_url, now):
    """What is stored ends with a segment; the next record stands alone in the following one."""
    find = loader_not_behind(tmp_path)
    with closing(Spool(tmp_path, "mast", 256)) as spool:
        spool.publish([_record(now)]).result(10)
        _load(tmp_path, database_url)
        for _ in range(2):
            spool.publish([_record(now)]).result(10)
        assert ask(find, timedelta(seconds=60)) == []
        assert ask(find, timedelta(seconds=61)) == ["mast"]


def _record(now):
    return Record("nmea", "coast", "simulated", "p", unix_ms(now), b"x" * 150 + b"\n")


def _load(root, url):
    with (
        closing(LastingConnection(lambda: connect(url))) as lasting,
        closing(SpoolConsumer(root, timedelta(hours=1))) as consumer,
    ):
        assert LoaderLife(Loader(consumer, lasting, Pace()), consumer, lasting, Pace()).drain()


def test_a_loader_that_no_longer_beats_is_found(ask, connection, now, tmp_path):
    find = loader_not_behind(tmp_path)
    assert ask(find) == []  # it never ran here
    beat(connection, now, {}, "spool")
    assert ask(find, timedelta(seconds=60)) == []
    assert ask(find, timedelta(seconds=61)) == [""]


def test_jobs_that_hang_or_wait_are_found(ask, connection, now):
    def put(name, status, ago):
        job = connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('work', %s, 'todo') RETURNING id",
            (name,),
        ).fetchone()[0]
        connection.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", (status, job))
        connection.execute("UPDATE procrastinate_events SET at = %s WHERE job_id = %s", (now - ago, job))

    put("quick", "doing", timedelta(minutes=14))
    put("hung", "doing", timedelta(minutes=16))
    put("new", "todo", timedelta(minutes=2))
    put("waiting", "todo", timedelta(minutes=4))
    put("done", "succeeded", timedelta(days=1))
    assert ask(jobs_not_stalled) == ["hung", "waiting"]


def test_feeds_that_do_not_answer_are_found(ask, connection, now):
    feeds = {name: FeedSettings(url="https://a.test/", form="nmea", every_s=300) for name in ("good", "bad", "new")}
    put = "INSERT INTO feed_state (name, succeeded_at, failures, error_vi, error_en) VALUES (%s, %s, %s, 'x', 'x')"
    for name, succeeded, failures in (("good", now, 0), ("bad", None, 3), ("new", None, 2), ("gone", None, 9)):
        connection.execute(put, (name, succeeded, failures))
    assert ask(feeds_answer(feeds)) == ["bad"]
    assert sorted(ask(feeds_answer(feeds), timedelta(minutes=17))) == ["bad", "good"]


def test_files_nobody_takes_are_found_with_the_folder_they_lie_in(ask, tmp_path, now):
    settings = WorkSettings(drop_dir=tmp_path, drop={"known": DropSettings(form="nmea")})
    find = files_taken(settings)
    for name in ("known/a.csv", "unknown/b.csv", "known/da-nhan/c.csv", "known/d.csv.part", "known/~$e.xlsx"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    later = _since_epoch(now)
    assert ask(find, later) == []
    assert ask(find, later + timedelta(minutes=16)) == ["known", "unknown"]


def _since_epoch(now):
    """From the test's moment to the machine's, which is what files are stamped with."""
    from geo.clock import system_clock

    return system_clock() - now
