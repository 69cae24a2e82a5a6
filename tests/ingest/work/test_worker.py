"""The worker: a job that was cut short by kill -9 runs again, one that a dead worker left behind stops nobody."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from procrastinate import App, PsycopgConnector

from ingest.bus.settings import SpoolSettings
from ingest.work.bench import Bench
from ingest.work.worker import Pulse, Worker, sweep
from layers.database import libpq_url

from .conftest import wait_for

PROGRAM = """
import asyncio, sys, time
from pathlib import Path
from ingest.bus.settings import SpoolSettings
from ingest.work.bench import Bench
from ingest.work.duty import Duty, Errand
from ingest.work.worker import Pulse, Worker

folder = Path(sys.argv[2])

def note(name, word):
    with (folder / name).open("a") as file:
        file.write(word + chr(10))

def slow(bench, subject):
    note(subject, "began")
    while not (folder / "go").exists():
        time.sleep(0.02)
    note(subject, "ended")

def due(bench):
    return [] if (folder / "letter").exists() else ["letter"]

bench = Bench(sys.argv[1], SpoolSettings())
duties = [Duty("tick", "* * * * * *", lambda bench: note("ticks", "tick"))]
pulse = Pulse(beat_s=0.3, dead_s=3.0, look_s=0.3, finish_s=1.0)
asyncio.run(Worker(bench, duties, [Errand("send", due, slow)], pulse).run())
"""


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


@pytest.fixture
def begin_work(database_url, tmp_path):
    """Starts workers with one errand that waits until it is let go; they end with the test."""
    running = []

    def begin():
        running.append(subprocess.Popen([sys.executable, "-c", PROGRAM, database_url, str(tmp_path)]))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


def test_a_job_killed_in_the_middle_runs_again_and_the_worker_beats(begin_work, tmp_path, one):
    first = begin_work()
    wait_for("the errand began", lambda: lines(tmp_path / "letter") == ["began"])
    wait_for("a beat", lambda: one("SELECT count(*) FROM heartbeat WHERE process = 'work'"))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    (tmp_path / "ticks").unlink(missing_ok=True)
    second = begin_work()
    wait_for("it began again", lambda: lines(tmp_path / "letter") == ["began", "began"])
    (tmp_path / "go").touch()
    wait_for("it ended", lambda: lines(tmp_path / "letter") == ["began", "began", "ended"])
    wait_for("duties go on", lambda: len(lines(tmp_path / "ticks")) >= 2)
    wait_for("nothing is left", lambda: one("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send'") == 0)
    second.send_signal(signal.SIGTERM)
    assert second.wait(30) == 0
    assert one("SELECT count(*) FROM procrastinate_workers") == 0


@pytest.fixture
def queue(connection: psycopg.Connection):
    """Puts a job into the queue in a state; a worker of 0 has been silent for long, None was forgotten already."""

    def put(status: str, worker: int | None, lock: str | None = None) -> int:
        owner = None
        if worker is not None:
            owner = connection.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))"
                " RETURNING id",
                (0 if worker else 3600,),
            ).fetchone()[0]
        return connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status, worker_id)"
            " VALUES ('work', 'x', %s, %s, %s, %s) RETURNING id",
            (lock, lock, status, owner),
        ).fetchone()[0]

    return put


def swept(url: str) -> int:
    async def run() -> int:
        app = App(connector=PsycopgConnector(conninfo=libpq_url(url)))
        async with app.open_async():
            return await sweep(app.job_manager, 20)

    return asyncio.run(run())


def test_the_sweep_gives_back_what_the_dead_left_and_leaves_the_living_alone(queue, one, database_url):
    dead, forgotten, living = queue("doing", 0), queue("doing", None), queue("doing", 1)
    assert swept(database_url) == 2
    status = "SELECT status::text FROM procrastinate_jobs WHERE id = %s"
    assert [one(status, job) for job in (dead, forgotten, living)] == ["todo", "todo", "doing"]
    assert one("SELECT count(*) FROM procrastinate_workers") == 1
    assert swept(database_url) == 0


def test_a_dead_job_whose_double_waits_already_is_ended_and_the_double_can_run(queue, one, database_url):
    dead, double = queue("doing", 0, "poll"), queue("todo", None, "poll")
    assert swept(database_url) == 1
    assert one("SELECT count(*) FROM procrastinate_jobs WHERE id = %s", dead) == 0
    fetched = "SELECT id FROM procrastinate_fetch_job_v2(NULL, NULL)"
    assert one(fetched) == double


def test_an_errand_that_waits_is_not_queued_twice(database_url, one):
    async def run() -> None:
        worker = Worker(Bench(database_url, SpoolSettings()), [], [], Pulse())
        async with worker.app.open_async():
            for subject in ("a", "a", "b"):
                await worker._send_on("poll", subject)

    asyncio.run(run())
    assert one("SELECT array_agg(args->>'subject' ORDER BY id) FROM procrastinate_jobs") == ["a", "b"]
