"""The worker: duties and errands as jobs of a queue in the database, so that killing it loses none of them.

The queue is procrastinate's. A job whose worker died stays marked as being done; `sweep` gives such jobs back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from ingest.live import beat
from ingest.work.bench import Bench
from ingest.work.duty import EVERY_5_S, EVERY_HOUR, Duty, Errand
from layers.database import libpq_url

PROCESS = "work"
QUEUE = "work"
KEEP_FAILED_HOURS = 72
DATABASE_S = 5.0


@dataclass(frozen=True)
class Pulse:
    """How often a worker says that it lives (s), and after how long a silent one is taken for dead (s)."""

    beat_s: float = 3.0
    dead_s: float = 20.0
    at_once: int = 4
    look_s: float = 2.0
    finish_s: float = 3.0


class Worker:
    """One worker process over one database; several may run side by side."""

    def __init__(
        self, bench: Bench, duties: Sequence[Duty], errands: Sequence[Errand], pulse: Pulse | None = None
    ) -> None:
        self._bench, self._pulse = bench, pulse or Pulse()
        self.app = App(
            connector=PsycopgConnector(conninfo=libpq_url(bench.url), min_size=1, max_size=6, timeout=DATABASE_S)
        )
        self._add_clearing_out()
        for duty in duties:
            self._add_duty(duty)
        for errand in errands:
            self._add_errand(errand)

    async def run(self) -> None:
        """Until SIGTERM or SIGINT. Raises when the database goes away: whoever keeps us running starts us again."""
        async with self.app.open_async(), asyncio.TaskGroup() as group:
            upkeep = group.create_task(self._keep_up())
            await self._work()
            upkeep.cancel()

    async def _work(self) -> None:
        pulse = self._pulse
        await self.app.run_worker_async(
            name=PROCESS,
            concurrency=pulse.at_once,
            fetch_job_polling_interval=pulse.look_s,
            update_heartbeat_interval=pulse.beat_s,
            stalled_worker_timeout=pulse.dead_s,
            shutdown_graceful_timeout=pulse.finish_s,
            delete_jobs="successful",
        )

    async def _keep_up(self) -> None:
        """Sweep and beat. No job of the queue: a job left behind by a dead worker would keep it from running."""
        while True:
            given_back = await sweep(self.app.job_manager, self._pulse.dead_s)
            await asyncio.to_thread(self._beat, self._bench.clock(), given_back)
            await asyncio.sleep(self._pulse.beat_s)

    def _add_duty(self, duty: Duty) -> None:
        def work(timestamp: int) -> None:
            duty.work(self._bench)

        task = self.app.task(name=duty.name, queue=QUEUE, lock=duty.name, queueing_lock=duty.name)(work)
        self.app.periodic(cron=duty.cron)(task)

    def _add_errand(self, errand: Errand) -> None:
        def work(subject: str) -> None:
            errand.work(self._bench, subject)

        async def look(timestamp: int) -> None:
            for subject in await asyncio.to_thread(errand.due, self._bench):
                await self._send_on(errand.name, subject)

        self.app.task(name=errand.name, queue=QUEUE)(work)
        name = f"look for {errand.name}"
        task = self.app.task(name=name, queue=QUEUE, lock=name, queueing_lock=name)(look)
        self.app.periodic(cron=EVERY_5_S)(task)

    async def _send_on(self, name: str, subject: str) -> None:
        """Queue an errand unless it waits already; one that is being done is not begun a second time beside it."""
        key = f"{name} {subject}"
        try:
            await self.app.configure_task(name, queue=QUEUE, lock=key, queueing_lock=key).defer_async(subject=subject)
        except AlreadyEnqueued:
            return

    def _add_clearing_out(self) -> None:
        manager = self.app.job_manager

        async def clear_out(timestamp: int) -> None:
            await manager.delete_old_jobs(
                nb_hours=KEEP_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
            )

        task = self.app.task(name="clear_out", queue=QUEUE, lock="clear_out", queueing_lock="clear_out")(clear_out)
        self.app.periodic(cron=EVERY_HOUR)(task)

    def _beat(self, now: datetime, given_back: int) -> None:
        if given_back:
            self._bench.say(f"jobs given back from a dead worker: {given_back}")
        with self._bench.connect() as connection:
            beat(connection, now, {"given_back": given_back}, PROCESS)


async def sweep(manager: JobManager, dead_s: float) -> int:
    """Give back the jobs of workers that have been silent for `dead_s`, then forget those workers; how many jobs.

    The jobs come first: once its worker is forgotten a job no longer says whose it was. One that waits in the queue
    already under the same name is done by that; its dead double is ended.
    """
    given_back = 0
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=dead_s):
        try:
            await manager.retry_job(job)
        except ConnectorException:
            try:
                await manager.finish_job(job, Status.FAILED, delete_job=True)
            except ConnectorException:
                continue  # another worker was faster
        given_back += 1
    await manager.prune_stalled_workers(dead_s)
    return given_back
