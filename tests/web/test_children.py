"""Kept processes: restarted when they die, ended with us, given the open port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from web import children
from web.children import Child, kept
from web.progress import open_listener

CHECKOUT = Path(__file__).resolve().parents[2]
SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def wait_for_pid(child: Child, other_than: int | None = None) -> int:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        child.tend()
        if child.pid is not None and child.pid != other_than:
            return child.pid
        time.sleep(0.02)
    pytest.fail("the child did not come back")


def is_running(pid: int) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/exe") != ""
    except OSError:
        return False


def test_a_killed_child_comes_back_and_the_pause_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "FIRST_PAUSE_SECONDS", 0.05)
    child = Child("sleeper", SLEEP, tmp_path / "log")
    with kept([child]):
        first = wait_for_pid(child)
        os.kill(first, signal.SIGKILL)
        second = wait_for_pid(child, other_than=first)
        assert child.deaths == 1
        os.kill(second, signal.SIGKILL)
        third = wait_for_pid(child, other_than=second)
        assert child.deaths == 2
    assert not is_running(third)


def test_news_of_a_death_names_the_log(tmp_path: Path) -> None:
    child = Child("crasher", [sys.executable, "-c", "import sys; sys.exit('out of luck')"], tmp_path / "logs" / "c.log")
    with kept([child]):
        news = None
        while news is None:
            news = child.tend()
    assert news == f"crasher ended (code 1), starts again in 1 s; see {tmp_path}/logs/c.log"
    assert (tmp_path / "logs" / "c.log").read_text() == "out of luck\n"


def test_a_deaf_child_is_killed_at_the_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "STOP_SECONDS", 0.3)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    child = Child("deaf", [sys.executable, "-c", deaf], tmp_path / "log")
    with kept([child]):
        pid = wait_for_pid(child)
        while not (tmp_path / "log").read_text():
            time.sleep(0.02)
    assert not is_running(pid)


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    script = """
import sys, time
from pathlib import Path
from web.children import Child, kept
child = Child("sleeper", sys.argv[2:], Path(sys.argv[1]))
with kept([child]):
    print(child.pid, flush=True)
    time.sleep(600)
"""
    command = [sys.executable, "-c", script, str(tmp_path / "log"), *SLEEP]
    supervisor = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)
    assert supervisor.stdout
    pid = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.communicate()
    deadline = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)


def test_the_open_port_is_handed_down(tmp_path: Path) -> None:
    script = "from web.children import inherited_listener as take; print(take().getsockname()[1], take(), flush=True)"
    with open_listener("127.0.0.1", 0) as listener:
        environment = {children.LISTEN_VARIABLE: str(listener.fileno()), "PYTHONPATH": str(CHECKOUT)}
        command = [sys.executable, "-c", script]
        child = Child("taker", command, tmp_path / "log", environment, (listener.fileno(),))
        with kept([child]):
            while child.pid is not None:
                time.sleep(0.02)
        assert (tmp_path / "log").read_text() == f"{listener.getsockname()[1]} None\n"
