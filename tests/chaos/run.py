"""Chaos: a seeded schedule kills receiver, loader, web and postgres; what was acknowledged must all be stored, once.

Run: make chaos SEED=7 KILLS=200 [OUTAGE=120] [FULL=1]. One JSON line at the end; exit code 1 when anything acknowledged
is missing or double, nothing was acknowledged between the kills, or a page of the database is broken afterwards.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

import psycopg

from geo.clock import system_clock
from layers.access.keys import Sends, add_key
from layers.access.roles import Role
from layers.cluster import Cluster
from layers.database import connect, enable_postgis, transaction, upgrade
from tests.chaos.faults import Ballast, outage, small_disk, wait_for_more
from tests.chaos.parts import T0, Client, Part, answers_at, free_port, promised, talk_tcp

CLIENTS = 3
IMPATIENT = 0.2
"""This share of the kills does not wait until the victim has come up again."""
_STORED = """
SELECT t.key, (extract(epoch FROM p.t) * 1000)::int8, count(*) FROM position AS p
JOIN transmitter AS t ON t.id = p.transmitter_id JOIN source AS s ON s.id = p.source_id
WHERE s.code = %s GROUP BY 1, 2
"""


class Asked(NamedTuple):
    """What the command line wants."""

    seed: int
    kills: int
    outage_s: float
    full: bool


class Stage(NamedTuple):
    """The running parts."""

    cluster: Cluster
    url: str
    parts: list[Part]
    folder: Path

    @property
    def log(self) -> Path:
        """The clients' own log of what was acknowledged."""
        return self.folder / "acked.log"


def beats(url: str, since: float) -> bool:
    """Whether a loader started at that moment (Unix s) has said that it lives."""
    with suppress(psycopg.Error), connect(url) as connection:
        row = connection.execute("SELECT extract(epoch FROM beat_at) FROM heartbeat WHERE process = 'spool'").fetchone()
        return row is not None and float(row[0]) > since
    return False


def kill_postgres(cluster: Cluster) -> None:
    """Without warning, and up again."""
    pid = int((cluster.place.pgdata / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    for _ in range(100):
        time.sleep(0.1)
        with suppress(Exception):
            cluster.start()
            return
    raise SystemExit("postgres does not come back")


def stored(url: str, source: str) -> dict[tuple[int, int], int]:
    """How often each line is in the table, by (client, number)."""
    with connect(url) as connection:
        rows = connection.execute(_STORED, (source,)).fetchall()
    return {(int(key[5:]) - 999_000_000, (ms - T0) // 1000): count for key, ms, count in rows}


def wait_until_still(url: str, log: Path) -> dict[tuple[int, int], int]:
    """What is stored, once it holds all that was promised or five minutes have gone by."""
    wanted, found = promised(log), {}
    for _ in range(600):
        with suppress(psycopg.OperationalError):
            found = stored(url, "chaos")
            if wanted <= found.keys():
                break
        time.sleep(0.5)
    return found


def broken_pages(cluster: Cluster) -> int:
    """What pg_amcheck and the checksums complain of, in lines; 0 is the rule."""
    with connect(cluster.url("opsmap")) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        row = connection.execute("SELECT sum(checksum_failures) FROM pg_stat_database").fetchone()
    program = Path("/usr/lib/postgresql/15/bin/pg_amcheck")
    command = [str(program), "-h", str(cluster.place.socket_dir), "-U", "opsmap", "-d", "opsmap", "--heapallindexed"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    told = (checked.stdout + checked.stderr).splitlines()
    sys.stderr.write("".join(f"chaos: {line}\n" for line in told))
    return len(told) + int(row[0] or 0 if row else 0)


def rage(asked: Asked, folder: Path) -> dict[str, object]:
    """The whole run in a folder of its own; what it came to."""
    cluster = Cluster(folder / "data")
    with ExitStack() as held:
        held.enter_context(cluster.running(own=True))
        spool = held.enter_context(small_disk(folder / "spool")) if asked.full else folder / "spool"
        cluster.ensure_database("opsmap")
        url = cluster.url("opsmap")
        enable_postgis(url)
        upgrade(url)
        with connect(url) as connection, transaction(connection):
            key = add_key(connection, Role.VIEWER, Sends("chaos", ["nmea"]), None, system_clock)
        port, tcp = free_port(), free_port()
        ours = {"OPSMAP_DATABASE_URL": url, "OPSMAP_SPOOL_DIR": str(spool), "OPSMAP_PORT": str(port)}
        ours |= {"OPSMAP_SPOOL_SEGMENT_MIB": "1"} if asked.full else {}
        listen = ["ingest", "ais", "--listen", f"127.0.0.1:{tcp}", "--source", "chaos-tcp", "--receive-only"]
        parts = [
            Part("web", ["serve"], ours, folder, lambda _: answers_at(port)),
            Part("loader", ["ingest", "spool"], ours, folder, lambda since: beats(url, since)),
            Part("receiver", listen, ours, folder, lambda _: answers_at(tcp)),
        ]
        for part in parts:
            part.start()
            held.callback(part.end)
        return storm(asked, Stage(cluster, url, parts, folder), (port, tcp, key), Ballast(spool))


def storm(asked: Asked, stage: Stage, door: tuple[int, int, str], ballast: Ballast) -> dict[str, object]:
    """Clients talk, the schedule kills; then everything is counted."""
    port, tcp, key = door
    stop, sent = threading.Event(), [0]
    clients = [Client(number, port, key, stage.log) for number in range(CLIENTS)]
    threads = [*clients, threading.Thread(target=talk_tcp, args=(tcp, stop, sent), daemon=True)]
    for thread in threads:
        thread.start()
    began = time.monotonic()
    while not stage.log.exists() or not stage.log.stat().st_size:
        time.sleep(0.1)
    killed, found = kill_all(asked, stage), {}
    for part in stage.parts:
        part.wait_until_up()
    wait_for_more(stage.log)  # so that the web process knows the key before the database goes
    if asked.outage_s:
        found |= outage(stage.cluster, stage.log, asked.outage_s)
    wait_for_more(stage.log)
    if asked.full:
        found |= ballast.fill_a_while(stage.log)
    time.sleep(3)
    stop.set()
    for client in clients:
        client.stop.set()
    for thread in threads:
        thread.join(30)
    ended = time.monotonic()
    posted, wanted = wait_until_still(stage.url, stage.log), promised(stage.log)
    over_tcp = stored(stage.url, "chaos-tcp")
    return found | {
        "seed": asked.seed,
        "kills": dict(killed),
        "seconds": round(time.monotonic() - began),
        "drained_after_s": round(time.monotonic() - ended, 1),
        "acknowledged": len(wanted),
        "resent": sum(client.resent for client in clients),
        "stored": len(posted),
        "missing": len(wanted - posted.keys()),
        "duplicates": sum(count - 1 for count in [*posted.values(), *over_tcp.values()]),
        "tcp_sent": sent[0],
        "tcp_stored": len(over_tcp),
        "broken_pages": broken_pages(stage.cluster),
    }


def kill_all(asked: Asked, stage: Stage) -> Counter[str]:
    """The schedule: who is killed, after what pause, and whether it may come up first, all by the seed."""
    dice, killed = random.Random(asked.seed), Counter[str]()
    for _ in range(asked.kills):
        victim = dice.choices([*stage.parts, None], weights=[3, 4, 2, 1])[0]
        patient, pause = dice.random() >= IMPATIENT, dice.uniform(0.05, 0.8)
        if victim and patient:
            victim.wait_until_up()
        time.sleep(pause)
        victim.kill() if victim else kill_postgres(stage.cluster)
        killed[victim.name if victim else "postgres"] += 1
    return killed


def main() -> int:
    """Run and judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--outage", type=float, default=0, help="seconds without a database, after the kills")
    parser.add_argument("--full", action="store_true", help="a small disk for the spool, filled up for a while (root)")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing we started outlives us
    with tempfile.TemporaryDirectory(prefix="opsmap-chaos-") as made:
        folder = given.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        told = rage(Asked(given.seed, given.kills, given.outage, given.full), folder)
    sys.stdout.write(json.dumps(told) + "\n")
    bad = told["missing"] or told["duplicates"] or told["broken_pages"]
    return 1 if bad or int(str(told["acknowledged"])) < 20 * given.kills else 0


if __name__ == "__main__":
    sys.exit(main())
