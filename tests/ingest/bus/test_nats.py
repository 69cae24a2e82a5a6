"""NATS JetStream in the spool's place: what was acknowledged is stored, once, whoever is killed meanwhile."""

import asyncio
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager, suppress

import nats

from fixtures import nmea
from geo.clock import system_clock, unix_ms
from ingest.bus.conversation import Conversation
from ingest.bus.jet_consumer import JetConsumer
from ingest.bus.jet_publisher import JetPublisher
from ingest.bus.link import DEAD_STREAM
from ingest.bus.loader import Loader
from ingest.bus.pieces import PIECE_BYTES
from ingest.bus.places import MOST_TRIES
from ingest.bus.record import Record
from ingest.bus.run import LoaderLife
from ingest.lasting import LastingConnection
from ingest.live import Pace
from layers.database import connect

T0 = 1_764_000_000_000
OPSMAP = [sys.executable, "-c", "from web.cli import main; main()"]
PEERS, SAID = 4, 25


def position(peer, number):
    motion = nmea.motion_fields(109 + number % 997 / 1000, 14 + number % 991 / 1000, 7.5, 181.5, number % 60)
    return nmea.tag(nmea.sentences(nmea.position_a(999_000_000 + peer, 7, motion), b"A", 1)[0], T0 + number * 1000)


def identity(peer):
    return b"".join(
        part + b"\r\n" for part in nmea.sentences([(5, 6), (0, 2), (999_000_000 + peer, 30), (0, 386)], b"A", 1)
    )


def record(peer, data):
    return Record("nmea", "coast", "simulated", f"mast {peer}", unix_ms(system_clock()), data)


class Mast(threading.Thread):
    """One peer that says lines, cut anywhere; writes down a batch when all of it is acknowledged."""

    def __init__(self, bus, peer, log):
        super().__init__(daemon=True)
        self.bus, self.peer, self.log, self.stop, self.slowest = bus, peer, log, threading.Event(), 0.0

    def run(self):
        dice, first = random.Random(self.peer), 0
        while not self.stop.is_set():
            said = b"".join(position(self.peer, first + n) + b"\r\n" for n in range(SAID)) + identity(self.peer)
            cuts = sorted(dice.sample(range(len(said)), 3))
            parts = [said[a:b] for a, b in zip([0, *cuts], [*cuts, len(said)], strict=True)]
            began = time.monotonic()
            for done in [self.bus.publish([record(self.peer, part)]) for part in parts]:
                done.result(60)
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.log.update((self.peer, first + n) for n in range(SAID))
            first += SAID
            time.sleep(dice.random() / 50)


def start_loader(url, plan):
    ours = {"OPSMAP_DATABASE_URL": url, "OPSMAP_BUS": ",".join(plan.servers)}
    return subprocess.Popen([*OPSMAP, "ingest", "spool"], env=os.environ | ours, stderr=subprocess.DEVNULL)


def wait_for(check, within_s=60):
    deadline = time.monotonic() + within_s
    while not check():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.05)


def stored(connection):
    rows = connection.execute(
        "SELECT t.key, (extract(epoch FROM p.t) * 1000)::int8, count(*) FROM position AS p"
        " JOIN transmitter AS t ON t.id = p.transmitter_id GROUP BY 1, 2"
    ).fetchall()
    return {(int(key[5:]) - 999_000_000, (ms - T0) // 1000): count for key, ms, count in rows}


def test_nodes_the_leader_and_the_loader_are_killed_and_nothing_acknowledged_is_lost(
    nats_cluster, connection, database_url
):
    log, loader = set(), start_loader(database_url, nats_cluster.plan)
    bus = JetPublisher(nats_cluster.plan, "coast")
    masts = [Mast(bus, peer, log) for peer in range(PEERS)]
    try:
        for mast in masts:
            mast.start()
        for which in ("follower", "loader", "leader", "loader"):
            reached = len(log) + 1_000
            wait_for(lambda reached=reached: len(log) >= reached)
            if which == "loader":
                loader.kill()
                loader.wait()
                loader = start_loader(database_url, nats_cluster.plan)
                continue
            leader = nats_cluster.leader()
            node = leader if which == "leader" else (leader + 1) % 3
            nats_cluster.kill(node)
            reached = len(log) + 1_000  # it goes on with two of three
            wait_for(lambda reached=reached: len(log) >= reached)
            nats_cluster.start(node)
        for mast in masts:
            mast.stop.set()
        for mast in masts:
            mast.join(60)
        bus.close()
        wait_for(lambda: log <= stored(connection).keys())
        loader.terminate()
        assert loader.wait(30) == 0
    finally:
        loader.kill()
    found = stored(connection)
    assert len(log) >= 6_000
    assert log - found.keys() == set()
    assert sum(count - 1 for count in found.values()) == 0
    assert connection.execute("SELECT reason, count(*) FROM reject GROUP BY 1").fetchall() == []
    assert connection.execute("SELECT count(DISTINCT transmitter_id) FROM ais_report").fetchone() == (PEERS,)


class Ended(BaseException):
    """As if the process ended here."""


@contextmanager
def loading(plan, url, most_lanes=16):
    """A loader as `opsmap ingest spool` has one; killed, or so it seems to the database, at the end of the block."""
    with (
        closing(LastingConnection(lambda: connect(url))) as lasting,
        closing(JetConsumer(plan, most_lanes)) as consumer,
    ):
        yield Loader(consumer, lasting, Pace()), consumer, lasting


def turn_until(loader, check):
    """As a loader's life has it: the lanes of one that has just ended are free a moment later."""

    def turned():
        loader.turn(system_clock())
        loader._consumer.look_for_writers(loader._lasting.current)
        return check()

    wait_for(turned)


def test_half_a_message_and_a_record_in_pieces_survive_the_loader(nats_cluster, connection, database_url):
    plan, first = nats_cluster.plan, identity(7).partition(b"\r\n")
    many = b"".join(position(7, number) + b"\r\n" for number in range(4_000))
    assert len(many) > 2 * PIECE_BYTES
    with closing(JetPublisher(plan, "half")) as bus:
        bus.publish([record(7, many + first[0] + b"\r\n" + first[2][:10])]).result(60)
        with loading(plan, database_url) as (loader, _, _):
            turn_until(loader, lambda: len(stored(connection)) == 4_000)
        bus.publish([record(7, first[2][10:])]).result(60)
    with loading(plan, database_url) as (loader, consumer, lasting):
        turn_until(loader, lambda: connection.execute("SELECT count(*) FROM ais_report").fetchone() == (1,))
        assert LoaderLife(loader, consumer, lasting, Pace()).drain()
    assert connection.execute("SELECT count(*) FROM reject").fetchone() == (0,)
    summaries = [row[0] for row in connection.execute("SELECT summary FROM delivery WHERE label = 'spool'")]
    assert sum(summary["stored"] for summary in summaries) == 4_001
    assert sum(summary["duplicates"] for summary in summaries) == 0


def test_two_loaders_share_the_lanes_and_one_that_ends_leaves_its_own(nats_cluster, database_url):
    plan = nats_cluster.plan
    with loading(plan, database_url, 12) as (first, one, _), loading(plan, database_url, 12) as (second, two, stay):
        first.turn(system_clock())
        second.turn(system_clock())
        assert (one.report()["bus_lanes"], two.report()["bus_lanes"]) == (12, 4)
        first._lasting.close()  # its session ends: so do its locks, and it can commit nothing more

        def all_taken():
            two.look_for_writers(stay.current)
            return two.report()["bus_lanes"] == 12

        wait_for(all_taken)


def test_a_record_that_ends_every_loader_becomes_a_reject_and_the_rest_goes_on(
    nats_cluster, connection, database_url, monkeypatch
):
    plan, hear = nats_cluster.plan, Conversation.hear

    def end_at_poison(self, held):
        if b"poison" in held.record.data:
            raise Ended
        return hear(self, held)

    monkeypatch.setattr(Conversation, "hear", end_at_poison)
    with closing(JetPublisher(plan, "poison")) as bus:
        told = [record(8, position(8, 0) + b"\r\n"), record(8, b"poison\r\n"), record(8, position(8, 1) + b"\r\n")]
        bus.publish(told).result(60)
    ended = 0
    while len(stored(connection)) < 2:
        with loading(plan, database_url) as (loader, _, _), suppress(Ended):
            ended += 1
            turn_until(loader, lambda: len(stored(connection)) == 2)
    assert ended == 1 + MOST_TRIES + 1  # once with its neighbours, so often alone; the last one goes on without it
    rows = connection.execute("SELECT reason, raw FROM reject").fetchall()
    assert rows == [("ends_loader", b"poison\r\n")]
    assert asyncio.run(dead_letters(plan)) == 1


async def dead_letters(plan):
    client = await nats.connect(list(plan.servers))
    info = await client.jetstream(timeout=10).stream_info(DEAD_STREAM)
    await client.close()
    return info.state.messages
