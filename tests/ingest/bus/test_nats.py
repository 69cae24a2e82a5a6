"""NATS JetStream in the spool's place: what was acknowledged is stored, once, whoever is killed meanwhile."""

import os
import random
import subprocess
import sys
import threading
import time

from fixtures import nmea
from geo.clock import system_clock, unix_ms
from ingest.bus.jet_publisher import JetPublisher
from ingest.bus.record import Record

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
