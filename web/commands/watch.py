"""opsmap watch: the watch by hand, once over what waits, or over the stored history from a day on."""

import sys
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from geo.clock import start_of_day, system_clock, unix_ms
from geo.errors import BadInput
from ingest.work.watching import LOCK
from layers.database import connect, make_engine
from layers.watch.live.rounds import LiveWatch
from web.database import database
from web.settings import WebSettings


def watch(
    once: Annotated[bool, typer.Option("--once", help="take what waits, then end")] = False,
    since: Annotated[str | None, typer.Option("--from", help="judge the stored history anew from this day on")] = None,
) -> None:
    """Watch by hand; `opsmap work` does it all the time. Ends with what was found. Cases follow the policy."""
    if not once and since is None:
        raise BadInput("say --once, or --from 2026-11-01", field="once")
    begin = _day(since)
    with database(WebSettings()) as url, connect(url) as lock:
        row = lock.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
        if row is None or not row[0]:
            raise BadInput(
                "the watch of `opsmap work` runs: it takes what comes by itself; stop it first to run by hand"
            )
        engine = make_engine(url)
        try:
            run(LiveWatch(engine, system_clock), begin)
        finally:
            engine.dispose()


def run(live: LiveWatch, since: datetime | None) -> None:
    """Judge and tell how far it is."""
    now = system_clock()
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f}%"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(file=sys.stderr)) as bar:
        total = 0 if since is None else unix_ms(now) - unix_ms(since)
        task = bar.add_task("hành trình đã lưu · stored tracks", total=total or None)
        live.start(since, lambda moment: bar.update(task, completed=max(0, total - unix_ms(now) + unix_ms(moment))))
        positions = words = 0
        more = True
        while more:
            done = live.round()
            positions, words, more = positions + done.positions, words + len(done.changes), done.more
    typer.echo(f"{positions} positions taken, {words} words on events")


def _day(told: str | None) -> datetime | None:
    if told is None:
        return None
    try:
        return start_of_day(date.fromisoformat(told))
    except ValueError:
        raise BadInput(f"--from {told!r}: a day as 2026-11-01", field="from") from None
