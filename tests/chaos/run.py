"""Chaos: a seeded schedule kills receiver, loader, web and postgres; what was acknowledged must all be stored, once.

Run: make chaos SEED=7 KILLS=200. One JSON line at the end; exit code 1 when anything acknowledged is missing or double.
"""

import argparse
import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import psycopg

from geo.clock import system_clock
from layers.access.keys import add_key
from layers.access.roles import Role
from layers.cluster import Cluster
from layers.database import connect, enable_postgis, transaction, upgrade
from tests.chaos.parts import T0, Client, Part, line, promised

CLIENTS = 3
_STORED = """
SELECT t.key, (extract(epoch FROM p.t) * 1000)::int8, count(*) FROM position AS p
JOIN transmitter AS t ON t.id = p.transmitter_id JOIN source AS s ON s.id = p.source_id
WHERE s.code = %s GROUP BY 1, 2
"""


def free_port() -> int:
    """A port nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def talk_tcp(port: int, stop: threading.Event, sent: list[int]) -> None:
    """A receiver's plain TCP: nobody acknowledges anything."""
    while not stop.is_set():
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
            while not stop.wait(0.02):
                peer.sendall(line(9, sent[0]) + b"\r\n")
                sent[0] += 1
        stop.wait(0.2)


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
    """What is stored, once it holds all that was promised or a minute has gone by."""
    wanted, found = promised(log), {}
    for _ in range(120):
        with suppress(psycopg.OperationalError):
            found = stored(url, "chaos")
            if wanted <= found.keys():
                break
        time.sleep(0.5)
    return found


def rage(seed: int, kills: int, folder: Path) -> dict[str, object]:
    """The whole run in a folder of its own; what it came to."""
    cluster = Cluster(folder / "data")
    with cluster.running(own=True):
        cluster.ensure_database("opsmap")
        url = cluster.url("opsmap")
        enable_postgis(url)
        upgrade(url)
        with connect(url) as connection, transaction(connection):
            key = add_key(connection, Role.VIEWER, "chaos", None, system_clock)
        port, tcp = free_port(), free_port()
        ours = {"OPSMAP_DATABASE_URL": url, "OPSMAP_SPOOL_DIR": str(folder / "spool"), "OPSMAP_PORT": str(port)}
        listen = ["ingest", "ais", "--listen", f"127.0.0.1:{tcp}", "--source", "chaos-tcp", "--receive-only"]
        named = (("web", ["serve"]), ("loader", ["ingest", "spool"]), ("receiver", listen))
        parts = [Part(name, arguments, ours, folder / f"{name}.log") for name, arguments in named]
        for part in parts:
            part.start()
        return _storm((seed, kills), (cluster, url, parts), (port, tcp, key), folder)


def _storm(
    what: tuple[int, int], where: tuple[Cluster, str, list[Part]], door: tuple[int, int, str], folder: Path
) -> dict[str, object]:
    (seed, kills), (cluster, url, parts), (port, tcp, key) = what, where, door
    log, dice, stop, sent = folder / "acked.log", random.Random(seed), threading.Event(), [0]
    clients = [Client(number, port, key, log) for number in range(CLIENTS)]
    threads = [*clients, threading.Thread(target=talk_tcp, args=(tcp, stop, sent), daemon=True)]
    for thread in threads:
        thread.start()
    killed: dict[str, int] = {}
    began = time.monotonic()
    while not log.exists() or not log.stat().st_size:
        time.sleep(0.1)
    for _ in range(kills):
        time.sleep(dice.uniform(0.2, 1.6))
        victim = dice.choices([*parts, None], weights=[3, 4, 2, 1])[0]
        victim.kill() if victim else kill_postgres(cluster)
        name = victim.name if victim else "postgres"
        killed[name] = killed.get(name, 0) + 1
    time.sleep(5)
    stop.set()
    for client in clients:
        client.stop.set()
    for thread in threads:
        thread.join(30)
    found, wanted = wait_until_still(url, log), promised(log)
    over_tcp = stored(url, "chaos-tcp")
    for part in parts:
        part.end()
    return {
        "seed": seed,
        "kills": killed,
        "seconds": round(time.monotonic() - began),
        "acknowledged": len(wanted),
        "resent": sum(client.resent for client in clients),
        "stored": len(found),
        "missing": len(wanted - found.keys()),
        "duplicates": sum(count - 1 for count in [*found.values(), *over_tcp.values()]),
        "tcp_sent": sent[0],
        "tcp_stored": len(over_tcp),
    }


def main() -> int:
    """Run and judge."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="opsmap-chaos-") as made:
        folder = asked.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        told = rage(asked.seed, asked.kills, folder)
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if told["missing"] or told["duplicates"] or not told["acknowledged"] else 0


if __name__ == "__main__":
    sys.exit(main())
