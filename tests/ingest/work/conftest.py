"""A worker as people start it: a process of its own, with settings in its environment, killed with the test."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

OPSMAP = [sys.executable, "-c", "from web.cli import main; main()"]
PATIENCE_S = 180.0

Condition = Callable[[], object]


def wait_for(what: str, condition: Condition) -> None:
    """Until it holds; a failure after the deadline says what did not."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"not within {PATIENCE_S} s: {what}"
        time.sleep(0.02)


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts `opsmap work` (or another command) over this test's database."""
    running: list[subprocess.Popen[bytes]] = []
    ours = {"OPSMAP_DATABASE_URL": database_url, "OPSMAP_SPOOL_DIR": str(tmp_path / "spool")}
    (tmp_path / "spool").mkdir()

    def run(*arguments: str, **settings: str) -> subprocess.Popen[bytes]:
        with (tmp_path / "log").open("ab") as log:
            process = subprocess.Popen(
                [*OPSMAP, *(arguments or ("work",))], env=os.environ | ours | settings, stdout=log, stderr=log
            )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def one(connection: psycopg.Connection) -> Callable[..., object]:
    """The first value of a query."""

    def ask(query: str, *values: object) -> object:
        row = connection.execute(query, values).fetchone()
        return row[0] if row is not None else None

    return ask
