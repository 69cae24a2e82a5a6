"""The spool: whole records or none, whatever breaks; and what is half-said survives the loader."""

import errno
import os
from contextlib import closing
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures import nmea
from geo.clock import system_clock, unix_ms
from ingest.bus.bus import BusFull, Place
from ingest.bus.folder import LOADER_LOCK, try_lock
from ingest.bus.loader import Loader
from ingest.bus.messages import take_message
from ingest.bus.reader import FolderReader, SpoolConsumer
from ingest.bus.record import Record, decode_record, encode_record
from ingest.bus.run import LoaderLife
from ingest.bus.segments import frame, frames, segment_path, segment_starts, whole_bytes
from ingest.bus.spool import ALL_GONE, Spool
from ingest.bus.tail import Tail
from ingest.lasting import LastingConnection
from ingest.live import Pace
from layers.database import connect

T0 = 1_764_000_000_000


def _record(data, peer="mast"):
    return Record("nmea", "coast", "simulated", peer, unix_ms(system_clock()), data)


def _read(folder):
    reader = FolderReader(folder, try_lock(folder / LOADER_LOCK), lambda _: None)
    reader.begin(None)
    found = []
    while part := reader.read(1 << 20):
        found += part
    reader.close()
    return [held.record.data for held in found if held.record.form != ALL_GONE]


@given(st.lists(st.binary(max_size=50), max_size=8), st.data())
def test_however_a_tail_is_torn_only_whole_frames_are_read(payloads, data):
    whole = b"".join(map(frame, payloads))
    cut = data.draw(st.integers(0, len(whole)))
    found = [payload for _, _, payload in frames(whole[:cut])]
    assert found == payloads[: len(found)]
    assert sum(len(frame(payload)) for payload in found) <= cut < len(whole) + 1
    assert len(found) == len(payloads) or cut < len(whole)


def test_a_torn_tail_is_cut_and_the_writer_goes_on(tmp_path):
    tail = Tail(tmp_path, 4096)
    tail.append(frame(b"one"))
    whole = tail.end
    path = segment_path(tmp_path, 0)
    with path.open("r+b") as file:
        file.seek(whole)
        file.write(frame(b"never finished")[:-3])
    again = Tail(tmp_path, 4096)
    assert (again.end, path.stat().st_size) == (whole, whole)
    again.append(frame(b"two"))
    assert segment_starts(tmp_path) == [0, whole]


def test_a_full_disk_refuses_leaves_nothing_and_is_left_behind(tmp_path, monkeypatch):
    said, write, full = [], os.pwrite, []

    def short(file, data, at):
        if not full:
            return write(file, data, at)
        if full.pop() == "part":
            full.append("none")
            return write(file, data[:10], at)
        full.append("none")
        raise OSError(errno.ENOSPC, "No space left on device")

    spool = Spool(tmp_path, "w", 1 << 16, said.append)
    spool.publish([_record(b"before\n")]).result(10)
    monkeypatch.setattr(os, "pwrite", short)
    full.append("part")
    with pytest.raises(BusFull):
        spool.publish([_record(b"refused\n")]).result(10)
    full.clear()
    spool.publish([_record(b"after\n")]).result(10)
    spool.close()
    assert _read(spool.folder) == [b"before\n", b"after\n"]
    assert ["FULL" in line or "room again" in line for line in said] == [True, True]


def test_two_writers_of_one_name_have_a_folder_each_and_a_dead_ones_is_taken_over(tmp_path):
    first, second = Spool(tmp_path, "w"), Spool(tmp_path, "w")
    assert first.folder != second.folder
    first.close()
    third = Spool(tmp_path, "w")
    assert (third.folder, third.writer) == (first.folder, first.writer)
    second.close()
    third.close()


def test_a_broken_segment_is_passed_over_and_the_rest_is_read(tmp_path):
    spool = Spool(tmp_path, "w", 256)
    for number in range(6):
        spool.publish([_record(b"%d" % number * 100 + b"\n")]).result(10)
    spool.close()
    starts = segment_starts(spool.folder)
    broken = segment_path(spool.folder, starts[2])
    broken.write_bytes(b"\xff" * broken.stat().st_size)
    found = _read(spool.folder)
    assert found[0][:1] == b"0"
    assert found[-1][:1] == b"5"
    assert len(found) >= 4


class Killed(Exception):
    """As if the process ended here."""


def _loader(root, lasting):
    consumer = SpoolConsumer(root, timedelta(hours=1))
    return Loader(consumer, lasting, Pace()), consumer


def test_a_message_whose_halves_came_around_a_kill_is_stored_once(connection, database_url, tmp_path):
    fields = [(5, 6), (0, 2), (999_000_009, 30), (0, 386)]
    first, second = [line + b"\r\n" for line in nmea.sentences(fields, b"A", 1)]
    spool = Spool(tmp_path, "w")
    with closing(LastingConnection(lambda: connect(database_url))) as lasting:
        loader, consumer = _loader(tmp_path, lasting)
        spool.publish([_record(b"rubbish\r\n" + first), _record(second[:20])]).result(10)
        while loader.turn(system_clock()):
            pass
        loader.commit(system_clock())
        consumer.close()  # killed: nothing of it is left but what is committed
        loader, consumer = _loader(tmp_path, lasting)
        loader.turn(system_clock())
        spool.publish([_record(second[20:])]).result(10)
        spool.close()
        assert LoaderLife(loader, consumer, lasting, Pace()).drain()
        consumer.close()
    assert connection.execute("SELECT count(*) FROM ais_report").fetchone() == (1,)
    assert connection.execute("SELECT reason, seen FROM reject").fetchall() == [("not_a_sentence", 1)]
    summaries = [row[0] for row in connection.execute("SELECT summary FROM delivery WHERE label = 'spool'")]
    assert sum(summary["lines"] for summary in summaries) == 3


def test_a_commit_that_fails_leaves_nothing_and_is_made_again(connection, database_url, tmp_path, monkeypatch):
    spool = Spool(tmp_path, "w")
    motion = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
    lines = [nmea.sentences(nmea.position_a(999_000_000 + n, 7, motion), b"A", 1)[0] + b"\n" for n in range(30)]
    spool.publish([_record(b"".join(nmea.tag(line, T0) for line in lines))]).result(10)
    spool.close()
    with closing(LastingConnection(lambda: connect(database_url))) as lasting:
        loader, consumer = _loader(tmp_path, lasting)
        note, fails = consumer.note, [True]

        def fail_once(*told):
            note(*told)
            if fails.pop() if fails else False:
                raise Killed

        monkeypatch.setattr(consumer, "note", fail_once)
        with pytest.raises(Killed):
            loader.turn(system_clock())
        assert connection.execute("SELECT count(*) FROM position").fetchone() == (0,)
        assert LoaderLife(loader, consumer, lasting, Pace()).drain()
        consumer.close()
    assert connection.execute("SELECT count(*) FROM position").fetchone() == (30,)
    [(summary,)] = connection.execute("SELECT summary FROM delivery WHERE label = 'spool'").fetchall()
    assert (summary["lines"], summary["stored"], summary["duplicates"]) == (30, 30, 0)


def test_a_place_behind_the_end_does_not_swallow_what_comes(tmp_path):
    spool = Spool(tmp_path, "w")
    spool.close()
    reader = FolderReader(spool.folder, try_lock(spool.folder / LOADER_LOCK), lambda _: None)
    reader.begin(Place(10_000, 10_000))
    again = Spool(tmp_path, "w")
    again.publish([_record(b"new\n")]).result(10)
    again.close()
    assert [held.record.data for held in reader.read(1 << 20) if not held.again and held.record.data] == [b"new\n"]
    reader.close()


def test_a_damaged_record_costs_no_other(tmp_path):
    """Neither the reader nor a writer that starts again loses what was acknowledged behind it."""
    spool = Spool(tmp_path, "w")
    for number in range(4):
        spool.publish([_record(b"record %d\n" % number)]).result(10)
    [start] = segment_starts(spool.folder)
    path = segment_path(spool.folder, start)
    with path.open("r+b") as file:
        file.seek(path.read_bytes().index(b"record 1"))
        file.write(b"R")
    said = []
    reader = FolderReader(spool.folder, try_lock(spool.folder / LOADER_LOCK), said.append)
    reader.begin(None)
    assert [held.record.data for held in reader.read(1 << 20) if held.record.data] == [b"record 0\n"]
    assert [held.record.data for held in reader.read(1 << 20)] == [b"record 2\n", b"record 3\n"]
    assert len(said) == 1
    reader.close()
    spool.close()
    again = Spool(tmp_path, "w")
    again.publish([_record(b"record 4\n")]).result(10)
    again.close()
    assert _read(again.folder) == [b"record %d\n" % number for number in (0, 2, 3, 4)]


def test_what_looks_like_a_frame_inside_a_record_is_none(tmp_path):
    forged = frame(encode_record(_record(b"forged\n")))
    torn = frame(encode_record(_record(b"x" * 50 + forged + b"y" * 50)))
    path = segment_path(tmp_path, 0)
    path.write_bytes(frame(encode_record(_record(b"whole\n"))) + torn[:-20] + bytes(4096))
    assert whole_bytes(path) == len(frame(encode_record(_record(b"whole\n"))))


def test_a_frame_that_is_no_record_stops_nothing(tmp_path):
    folder = tmp_path / "w"
    folder.mkdir()
    record = frame(encode_record(_record(b"good\n")))
    segment_path(folder, 0).write_bytes(frame(b"short") + frame(bytes(8) + b"\x02\0" + bytes(6) + b"\xff\xff") + record)
    reader = FolderReader(folder, try_lock(folder / LOADER_LOCK), lambda _: None)
    reader.begin(None)
    assert [held.record.data for held in reader.read(1 << 20)] == [b"good\n"]
    reader.close()


def test_long_names_are_cut_between_letters():
    record = Record("nmea", "s", "real", "ờ" * 30_000, T0, b"")
    assert set(decode_record(encode_record(record)).peer) == {"ờ"}


def test_a_message_with_a_nul_in_its_name_is_refused_and_stops_nothing(connection, tmp_path):
    for name in ("a\0b.csv", "..", "ờ" * 200 + ".csv", "."):
        record = Record("layer:school", "mast", "real", name, T0, b"code\n")
        with connection.transaction():
            assert take_message(connection, record, system_clock).rejected.total() == 1
    reasons = connection.execute("SELECT DISTINCT reason FROM reject").fetchall()
    assert reasons == [("bad_file",)]


def test_a_job_beside_loading_that_fails_stops_no_position(connection, database_url, tmp_path):
    """A database without the centre's own thresholds cannot weigh books; what comes in is stored all the same."""
    connection.execute("DELETE FROM rule WHERE conduct IN ('books', 'track')")
    spool, said = Spool(tmp_path, "w"), []
    with closing(LastingConnection(lambda: connect(database_url))) as lasting:
        loader, consumer = _loader(tmp_path, lasting)
        life = LoaderLife(loader, consumer, lasting, Pace(say=said.append))
        motion = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
        [line] = nmea.sentences(nmea.position_a(999_000_001, 7, motion), b"A", 1)
        for n in range(2):
            spool.publish([_record(nmea.tag(line, T0 + 60_000 * n) + b"\n")]).result(10)
            now = system_clock() + timedelta(minutes=n)
            life.turn(now)
        loader.commit(system_clock())
        spool.close()
        consumer.close()
    assert connection.execute("SELECT count(*) FROM position").fetchone() == (2,)
    assert any("no rule books/" in told for told in said)
