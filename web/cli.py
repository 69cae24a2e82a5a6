"""The command `opsmap`: short doors over the rooms' functions."""

from __future__ import annotations

import sys

import typer

from geo.errors import OpsmapError
from ingest.bus.settings import SpoolSettings
from ingest.exchange.settings import ExchangeSettings
from ingest.work.settings import WorkSettings
from web.commands import (
    accounts,
    data,
    database,
    docs,
    document,
    exchange,
    ingest,
    keys,
    processes,
    rebuild,
    rejects,
    replay,
    retention,
    templates,
    units,
    wall,
    work,
)
from web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(database.app, name="db")
ingest.app.command("exchange")(exchange.exchange)
ingest.app.command("axis")(exchange.axis)
app.add_typer(ingest.app, name="ingest")
app.add_typer(accounts.app, name="user")
app.add_typer(keys.app, name="key")
app.add_typer(units.app, name="units")
app.add_typer(retention.app, name="retention")
app.add_typer(rejects.app, name="rejects")
app.add_typer(wall.app, name="wall")
app.add_typer(templates.app, name="template")
app.command("load")(data.load)
app.command("replay")(replay.replay)
app.command("rebuild")(rebuild.rebuild)
app.command("serve")(processes.serve)
app.command("feed")(processes.feed)
app.command("work")(work.work)
app.command("up")(processes.up)
app.command("doctor")(database.doctor)
app.command("docs")(docs.docs)
app.command("document")(document.document)


@app.command("settings")
def show_settings() -> None:
    """Print the settings in force, secrets hidden."""
    told = WebSettings().model_dump() | ExchangeSettings().model_dump() | WorkSettings().model_dump()
    told = WebSettings().model_dump() | ExchangeSettings().model_dump() | SpoolSettings().model_dump()
    for name, value in told.items():
        typer.echo(f"OPSMAP_{name.upper()}={value}")


def main() -> None:
    """Run a command; an error of ours is two lines and exit code 2, never a traceback."""
    try:
        app()
    except OpsmapError as error:
        typer.echo(f"{error.title}\n{error.detail}", err=True)
        sys.exit(2)
