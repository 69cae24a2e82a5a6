"""The script of the two commands: what it says and does before anything is installed."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.settings import DatabaseSettings
from web.progress import open_listener

CHECKOUT = Path(__file__).resolve().parents[1]


def run(*arguments: str, script: Path = CHECKOUT / "run", **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("OPSMAP_", "HOST", "PORT"))}
    return subprocess.run(
        [script, *arguments],
        env={**inherited, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def running_elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A data folder that a running ./run (this process) holds."""
    with (tmp_path / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (tmp_path / "up.pid").write_text(f"{os.getpid()}\n")
        (tmp_path / "up.url").write_text("http://127.0.0.1:8000/\n")
        yield tmp_path


def test_help_lists_the_commands_and_unknown_ones_are_refused() -> None:
    assert "./run test" in run("help").stdout
    wrong = run("nonsense")
    assert wrong.returncode == 2
    assert "./run test" in wrong.stderr


def test_is_plain_posix_shell() -> None:
    for script in ("run", ".ci/run", "deploy/bare-debian.sh"):
        assert subprocess.run(["sh", "-n", CHECKOUT / script]).returncode == 0
        assert (CHECKOUT / script).read_text().startswith("#!/bin/sh\n")


def test_uses_the_same_data_folder_as_the_program() -> None:
    refused = run("reset")
    assert refused.returncode == 1
    assert f"the private database in {DatabaseSettings(data_dir=None).resolved_data_dir()}\n" in refused.stderr


def test_reset_deletes_only_the_database_and_only_with_yes(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "kept").touch()
    assert run("reset", OPSMAP_DATA_DIR=str(tmp_path)).returncode == 1
    assert (tmp_path / "pg").exists()
    assert run("reset", "--yes", OPSMAP_DATA_DIR=str(tmp_path)).returncode == 0
    assert not (tmp_path / "pg").exists()
    assert (tmp_path / "kept").exists()


def test_a_second_start_names_the_first_and_how_to_stop_it(running_elsewhere: Path) -> None:
    second = run(OPSMAP_DATA_DIR=str(running_elsewhere))
    assert second.returncode == 1
    assert f"already running (process {os.getpid()}): http://127.0.0.1:8000/" in second.stderr
    assert "./run stop" in second.stderr
    assert (running_elsewhere / "up.pid").read_text() == f"{os.getpid()}\n"


def test_reset_refuses_while_it_runs(running_elsewhere: Path) -> None:
    refused = run("reset", "--yes", OPSMAP_DATA_DIR=str(running_elsewhere))
    assert refused.returncode == 1
    assert "./run stop && ./run reset --yes" in refused.stderr


def test_stop_ends_the_running_one_and_says_when_there_is_none(tmp_path: Path) -> None:
    assert run("stop", OPSMAP_DATA_DIR=str(tmp_path)).stdout == "not running\n"
    hold = "import fcntl, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True); time.sleep(600)"
    holder = subprocess.Popen([sys.executable, "-c", hold, tmp_path / "up.lock"], stdout=subprocess.PIPE)
    assert holder.stdout
    holder.stdout.readline()
    (tmp_path / "up.pid").write_text(f"{holder.pid}\n")
    assert run("stop", OPSMAP_DATA_DIR=str(tmp_path)).stdout == f"stopped process {holder.pid}\n"
    holder.communicate()


def test_a_taken_port_is_named_with_the_way_out_before_anything_is_installed(tmp_path: Path) -> None:
    with open_listener("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        refused = run(OPSMAP_DATA_DIR=str(tmp_path), PORT=str(port))
    assert refused.returncode == 1
    assert f"127.0.0.1:{port} cannot be listened on" in refused.stderr
    assert "PORT=8001 ./run" in refused.stderr
    assert "Gói hệ thống" not in refused.stdout


def test_an_old_python_is_named_with_the_way_out(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3").chmod(0o755)
    refused = run(OPSMAP_DATA_DIR=str(tmp_path / "data"), PATH=f"{programs}:{os.environ['PATH']}")
    assert refused.returncode == 1
    assert "Python 3.11 or newer is needed" in refused.stderr
    assert "apt-get install -y python3" in refused.stderr


def test_failed_packages_show_the_installer_s_words_and_the_fix(tmp_path: Path) -> None:
    """In a copy whose lock asks for something that no index has."""
    checkout = tmp_path / "opsmap"
    for name in ("run", "web/progress.py", "pyproject.toml"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, checkout / name)
    (checkout / "deploy/lock").mkdir(parents=True)
    for name in ("runtime", "uv", "build"):
        (checkout / f"deploy/lock/{name}.txt").write_text(f"opsmap-no-such-package==1 --hash=sha256:{'0' * 64}\n")
    nowhere = {"PIP_NO_INDEX": "1", "OPSMAP_DATABASE_URL": "postgresql://unused"}
    with open_listener("127.0.0.1", 0) as probe:
        port = str(probe.getsockname()[1])
    data = str(tmp_path / "data")
    failed = run(script=checkout / "run", OPSMAP_DATA_DIR=data, PORT=port, **nowhere)
    assert failed.returncode == 1
    assert "Python packages of deploy/lock/runtime.txt could not be installed" in failed.stderr
    assert "No matching distribution found for opsmap-no-such-package==1" in failed.stderr
    assert "check the network or your proxy" in failed.stderr
    assert "\tfail\tGói Python\tPython packages\n" in (tmp_path / "data/progress.tsv").read_text()


def test_ci_runs_the_second_command_and_nothing_looser() -> None:
    lines = [line for line in (CHECKOUT / ".ci/run").read_text().splitlines() if not line.startswith("#")]
    assert lines == ["set -eu", 'cd -- "$(dirname -- "$0")/.."', "exec ./run test"]


def test_locks_hash_every_package_and_name_no_index() -> None:
    for lock in (CHECKOUT / "deploy/lock").glob("*.txt"):
        entries = lock.read_text().replace("\\\n", " ").splitlines()
        packages = [entry for entry in entries if entry.strip() and not entry.startswith("#")]
        assert packages, lock
        for package in packages:
            assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+ ", package), package
            assert "--hash=sha256:" in package
