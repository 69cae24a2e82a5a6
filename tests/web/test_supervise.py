"""`opsmap up` as a person meets it: it comes up, mends itself, refuses a second, goes down whole."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from layers.cluster import Cluster
from web.supervise import PEOPLE

PATIENCE_SECONDS = 240


@dataclass
class Running:
    process: subprocess.Popen[str]
    data_dir: Path
    port: int
    output: Path

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def said(self, text: str) -> bool:
        return text in self.output.read_text(encoding="utf-8")

    def children(self) -> dict[str, int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in listed}
        wanted = ("serve", "feed", "postgres")
        return {name: pid for pid, parts in commands.items() for name in wanted if any_ends(parts, name)}


def any_ends(parts: list[bytes], name: str) -> bool:
    return any(part.endswith(name.encode()) for part in parts[:4])


def wait_for(what: Callable[[], bool], running: Running) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not what():
        assert running.process.poll() is None, running.output.read_text()
        assert time.monotonic() < deadline, running.output.read_text()
        time.sleep(0.1)


def is_gone(pid: int) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/exe") == ""
    except OSError:
        return True


def up(data_dir: Path, port: int, output: Path) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPSMAP_")}
    settings = {"OPSMAP_DATA_DIR": str(data_dir), "OPSMAP_PORT": str(port), "OPSMAP_HOST": "127.0.0.1"}
    with output.open("w") as out:
        command = [Path(sys.executable).with_name("opsmap"), "up"]
        return subprocess.Popen(command, env=kept | settings, stdout=out, stderr=out, text=True)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    folder = Path(tempfile.mkdtemp(prefix="opsmap-up-"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    output = folder / "output.txt"
    process = up(folder / "data", port, output)
    started = Running(process, folder / "data", port, output)
    try:
        wait_for(lambda: started.said("Ctrl-C"), started)
        yield started
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder)


def test_is_ready_and_prints_a_link_for_every_role(running: Running) -> None:
    assert running.is_ready()
    text = running.output.read_text(encoding="utf-8")
    assert f"http://127.0.0.1:{running.port}/" in text
    links = re.findall(r"/login\?link=(\S+)", text)
    assert len(set(links)) == len(PEOPLE)
    assert running.get(f"/login?link={links[0]}")[0] == 303


def test_another_command_attaches_to_its_database(running: Running) -> None:
    with Cluster(running.data_dir).running() as cluster:
        assert cluster.place.find_running_pid() == running.children()["postgres"]
    assert running.is_ready()


def test_a_second_start_is_refused_with_the_way_to_stop_the_first(running: Running) -> None:
    output = running.output.with_name("second.txt")
    assert up(running.data_dir, running.port, output).wait(60) == 1
    assert f"already running as process {running.process.pid}: stop it with ./run stop" in output.read_text()
    assert running.is_ready()


@pytest.mark.parametrize("name", ["serve", "feed"])
def test_a_killed_process_comes_back(running: Running, name: str) -> None:
    before = running.children()[name]
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: running.children().get(name, before) != before, running)
    wait_for(running.is_ready, running)


def test_a_killed_database_comes_back(running: Running) -> None:
    before = running.children()["postgres"]
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: running.children().get("postgres", before) != before, running)
    wait_for(running.is_ready, running)


def test_zz_ctrl_c_stops_everything_within_seconds(running: Running) -> None:
    wait_for(lambda: len(running.children()) == 3, running)
    children = list(running.children().values())
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(15) == 0
    assert running.said("everything is stopped")
    assert all(is_gone(pid) for pid in children)
