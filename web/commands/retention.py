"""opsmap retention …"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import psycopg
import typer

from geo.clock import system_clock
from geo.errors import BadInput
from layers.database import connect, transaction
from layers.vessels.retention import Day, drop_days, judge_days, read_duties, read_limit, set_limit
from web.database import database
from web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, help="How long positions are kept; without a limit everything is.")
MIB = 1 << 20


@app.command()
def show() -> None:
    """The limit, the duties of law, and what they make of the days there are."""
    now = system_clock()
    with _opened() as connection:
        limit = read_limit(connection, now)
        typer.echo(f"limit\t{f'{limit.keep_days} days, {limit.document}' if limit else 'none: everything is kept'}")
        for duty in read_duties(connection):
            doubt = "" if duty.verified else "\tchưa xác minh"
            typer.echo(f"duty\t{duty.keep_s // 86_400} days\t{duty.decree}\t{duty.text_vi}{doubt}")
        days = judge_days(connection, now)
    for why, count in Counter(day.why for day in days).items():
        typer.echo(f"{count} days\t{why}")


@app.command("set")
def set_(
    days: Annotated[int, typer.Argument(help="positions older than this may go, unless a duty keeps them longer")],
    document: Annotated[str, typer.Option(help="the paper that decides it: number, date, signer")],
) -> None:
    """Set the province's own limit; nothing is dropped by that."""
    with _opened() as connection, transaction(connection):
        set_limit(connection, days, document, system_clock())
    typer.echo(f"limit: {days} days; `opsmap retention run --dry-run` says what may go")


@app.command()
def off() -> None:
    """Keep everything again."""
    with _opened() as connection, transaction(connection):
        set_limit(connection, None, "", system_clock())
    typer.echo("limit: none; everything is kept")


@app.command()
def run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would go, and why")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="really drop these days; there is no way back but a backup")
    ] = False,
) -> None:
    """Drop the days that are older than the limit and than every duty."""
    if dry_run == yes:
        raise BadInput("say --dry-run to see what would go, or --yes to drop it", field="yes")
    now = system_clock()
    with _opened() as connection:
        days = judge_days(connection, now)
        _tell([day for day in days if day.may_go], len(days))
        if yes:
            typer.echo(f"dropped {drop_days(connection, days, now)} days")


@contextmanager
def _opened() -> Iterator[psycopg.Connection]:
    with database(WebSettings()) as url, connect(url) as connection:
        yield connection


def _tell(going: list[Day], all_days: int) -> None:
    for day in going:
        typer.echo(f"{day.partition}\t{day.bytes / MIB:.1f} MiB\t{day.why}")
    typer.echo(f"{len(going)} of {all_days} days may go, {sum(day.bytes for day in going) / MIB:.1f} MiB")
