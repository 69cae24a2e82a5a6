"""The page that answers the port before the program can."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from web import progress


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    return tmp_path / "progress.tsv"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def start_page(port: int, state_file: Path, watched: int) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, "-I", progress.__file__, "127.0.0.1", str(port), str(state_file), str(watched)]
    return subprocess.run(script, capture_output=True, text=True)


def get(port: int, path: str = "/") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def wait_until_refused(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            get(port)
        except OSError:
            return
        time.sleep(0.05)
    pytest.fail("the page still answers")


def test_shows_steps_in_vietnamese_and_tells_programs_to_wait(state_file: Path) -> None:
    progress.record(state_file, "begin", "Gói hệ thống", "system packages")
    progress.record(state_file, "done", "Gói hệ thống", "system packages")
    progress.record(state_file, "begin", "Cơ sở <dữ liệu>", "database")
    port = free_port()
    page = int(start_page(port, state_file, os.getpid()).stdout)
    try:
        status, text = get(port, "/fisheries")
        assert status == 503
        assert "Bản đồ điều hành Quảng Ngãi đang khởi động" in text
        assert 'class="done"' in text
        assert "Cơ sở &lt;dữ liệu&gt;" in text
        assert get(port, "/readyz") == (503, '{"status": "starting", "step": "database"}')
        assert get(port, "/healthz")[0] == 200
        assert get(port, "/api/layers")[1].startswith('{"type": "about:blank"')
    finally:
        os.kill(page, signal.SIGTERM)
    wait_until_refused(port)


def test_ends_with_the_process_it_works_for(state_file: Path) -> None:
    port = free_port()
    worker = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert start_page(port, state_file, worker.pid).returncode == 0
    assert get(port)[0] == 503
    worker.communicate(b"\n")
    wait_until_refused(port)


def test_refuses_a_port_that_somebody_listens_on(state_file: Path) -> None:
    with progress.open_listener("127.0.0.1", free_port()) as taken:
        port = taken.getsockname()[1]
        refused = start_page(port, state_file, os.getpid())
        assert refused.returncode == 1
        assert "in use" in refused.stderr


def test_hands_the_port_over_without_refusing_anyone(state_file: Path) -> None:
    """Connections made while both listen are answered by one of the two, never refused."""
    port = free_port()
    page = int(start_page(port, state_file, os.getpid()).stdout)
    with progress.open_listener("127.0.0.1", port, joining=True) as successor:
        os.kill(page, signal.SIGTERM)
        successor.settimeout(20)
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.settimeout(0.5)
            client.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
            try:
                assert client.recv(12) == b"HTTP/1.0 503"
            except TimeoutError:
                successor.accept()[0].close()
        wait_until_alone(port, successor)


def wait_until_alone(port: int, successor: socket.socket) -> None:
    """Every new connection must reach the successor once the page is gone."""
    reached = 0
    deadline = time.monotonic() + 20
    successor.settimeout(0.3)
    while reached < 10 and time.monotonic() < deadline:
        with socket.create_connection(("127.0.0.1", port)):
            try:
                successor.accept()[0].close()
                reached += 1
            except TimeoutError:
                reached = 0
    assert reached == 10


def test_reading_steps_survives_a_torn_line(state_file: Path) -> None:
    state_file.write_text("12.0\tbegin\tMột\tOne\n15.5\tdone\tMột\tOne\n16", encoding="utf-8")
    assert progress.read_steps(state_file, 20.0) == [progress.Step("done", "Một", "One", 12.0, 3.5)]
    assert progress.read_steps(state_file.with_name("none"), 20.0) == []
