"""What is wrong now, asked at once and not of what the worker found last: each with the fix and whom to call."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from geo.clock import Clock, system_clock
from ingest.bus.settings import SpoolSettings
from ingest.work.health import all_finds
from ingest.work.settings import WorkSettings
from layers.database import make_engine
from layers.health.invariants import INVARIANTS, Find, Invariant
from layers.health.read import SILENT_AFTER, WATCHER
from layers.sources.models import Heartbeat


def examine(url: str, clock: Clock = system_clock) -> Iterator[str]:
    """One line for everything that holds, three for everything that does not."""
    finds = all_finds(WorkSettings(), SpoolSettings().spool_root)
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            yield from _watcher(connection, clock())
        for invariant in INVARIANTS:
            with engine.connect() as connection:
                yield from _judge(connection, invariant, finds[invariant.code], clock())
    finally:
        engine.dispose()


def _watcher(connection: Connection, now: datetime) -> Iterator[str]:
    """Whether the worker runs: without it nothing is asked, taken in or watched."""
    table = Heartbeat.__table__
    last = connection.execute(table.select().where(table.c.process == WATCHER)).first()
    if last is None or now - last.beat_at > SILENT_AFTER:
        yield "✕   Tiến trình nền không chạy · the background worker is not running"
        yield "    → ./run, hoặc · or: opsmap work; nhật ký · log: logs/work.log"
    else:
        yield f"ok  opsmap work: {last.beat_at:%Y-%m-%d %H:%M:%S} UTC"


def _judge(connection: Connection, invariant: Invariant, find: Find, now: datetime) -> Iterator[str]:
    try:
        breaches = find(connection, now)
    except Exception as error:  # what cannot be asked is told, and the next is asked
        yield f"?   {invariant.title.vi} · {invariant.title.en}: {repr(error)[:200]}"
        return
    if not breaches:
        yield f"ok  {invariant.title.en}"
    for breach in breaches:
        yield f"✕   {invariant.wrong.vi}: {breach.vi} · {breach.en}"
        yield f"    → {invariant.todo.vi} · {invariant.todo.en}"
        yield f"    ☎ {invariant.call.vi} · {invariant.call.en}"
