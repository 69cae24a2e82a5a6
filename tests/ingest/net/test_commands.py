"""The commands as people start them: a process of its own, ended by a signal, a summary as the last line."""

import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from layers.database import connect

from .conftest import T0, position, wait_for

OPSMAP = [sys.executable, "-c", "from web.cli import main; main()"]


@pytest.fixture
def start(database_url, tmp_path):
    """Starts a command on the test's database; ends with the test whatever happens."""
    running = []

    def run(*arguments):
        process = subprocess.Popen(
            [*OPSMAP, *arguments],
            env=os.environ | {"OPSMAP_DATABASE_URL": database_url, "OPSMAP_SPOOL_DIR": str(tmp_path / "spool")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


def _ports(process):
    """Where it listens, as it says on its first line."""
    line = process.stderr.readline()
    return [int(port) for port in re.findall(r"(?:server|udp) [\d.]+:(\d+)", line)], line


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_listening_until_told_to_stop(start, database_url, number):
    process = start(
        "ingest", "ais", "--listen", "127.0.0.1:0", "--udp", "127.0.0.1:0", "--source", "coast", "--summary", "json"
    )
    (tcp, udp), line = _ports(process)
    assert "Ctrl-C ends" in line
    with connect(database_url) as watch, socket.create_connection(("127.0.0.1", tcp)) as peer:
        peer.sendall(b"".join(map(position, range(20))) + b"rubbish\r\n")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(position(3, t_ms=T0 + 3_000 + 800), ("127.0.0.1", udp))
        count = "SELECT count(*) FROM position"
        wait_for(lambda: "21 positions", lambda: watch.execute(count).fetchone()[0] == 21)
        process.send_signal(number)
        out, told = process.communicate(timeout=30)
        summary = json.loads(out.splitlines()[-1])
        delivery = watch.execute(
            "SELECT label, finished_at IS NOT NULL, summary FROM delivery ORDER BY id DESC"
        ).fetchone()
        echoes = watch.execute("SELECT count(*) FROM echo").fetchone()
    assert process.returncode == 0, told
    assert (summary["stored"], summary["rejected"], summary["lines"]) == (21, {"not_a_sentence": 1}, 22)
    assert delivery == (f"tcp server 127.0.0.1:{tcp}, udp 127.0.0.1:{udp}", True, summary)
    assert echoes == (1,)


def test_a_recording_is_replayed_and_marked(start, database_url, tmp_path):
    path = tmp_path / "night.nmea"
    path.write_bytes(b"".join(map(position, range(120))))
    out, told = start("replay", str(path), "--speed", "60", "--shift-to", "now", "--summary", "json").communicate(
        timeout=60
    )
    summary = json.loads(out.splitlines()[-1])
    assert (summary["stored"], summary["duplicates"]) == (120, 0), told
    with connect(database_url) as watch:
        rows = "SELECT s.code, s.origin, max(now() - t) < '1 minute' FROM position JOIN source AS s ON s.id = source_id"
        assert watch.execute(f"{rows} GROUP BY 1, 2").fetchall() == [("replay:night.nmea", "replayed", True)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ingest", "ais"], "say where from"),
        (["ingest", "ais", "--file", "x", "--udp", "10110"], "say where from"),
        (["ingest", "ais", "--tcp", "mast"], "HOST:PORT"),
        (["ingest", "ais", "--udp", "0", "--dry-run"], "--dry-run"),
        (["replay", "/nowhere.nmea"], "cannot be read"),
        (["replay", "x", "--shift-to", "then"], "--shift-to"),
        (["replay", "x", "--speed", "0"], "--speed"),
    ],
)
def test_what_cannot_be_done_is_said_in_two_lines(start, arguments, said):
    process = start(*arguments)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said in told
    assert "Traceback" not in told
