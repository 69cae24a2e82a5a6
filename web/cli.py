"""The command `opsmap`: short doors over the rooms' functions."""

from __future__ import annotations

import sys

import typer

from geo.errors import OpsmapError
from web.late import late_group

COMMANDS = {
    "db": "database:app",
    "ingest": "ingest:app",
    "user": "accounts:app",
    "key": "keys:app",
    "units": "units:app",
    "retention": "retention:app",
    "rejects": "rejects:app",
    "wall": "wall:app",
    "template": "templates:app",
    "region": "region:app",
    "load": "data:load",
    "replay": "replay:replay",
    "rebuild": "rebuild:rebuild",
    "serve": "processes:serve",
    "feed": "processes:feed",
    "work": "work:work",
    "watch": "watch:watch",
    "up": "processes:up",
    "doctor": "database:doctor",
    "docs": "docs:docs",
    "document": "document:document",
    "seal": "seals:seal",
    "verify": "seals:verify",
}
app = typer.Typer(
    cls=late_group(COMMANDS), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__
)


@app.callback()
def opsmap() -> None:
    """The command `opsmap`: short doors over the rooms' functions."""


@app.command("settings")
def show_settings() -> None:
    """Print the settings in force, secrets hidden."""
    # Imported here: every process starts through this file, and none of the others needs all settings.
    from ingest.bus.settings import SpoolSettings
    from ingest.exchange.settings import ExchangeSettings
    from ingest.work.settings import WorkSettings
    from web.settings import WebSettings

    told: dict[str, object] = {}
    for settings in (WebSettings(), ExchangeSettings(), WorkSettings(), SpoolSettings()):
        told |= settings.model_dump()
    for name, value in told.items():
        typer.echo(f"OPSMAP_{name.upper()}={value}")


def main() -> None:
    """Run a command; an error of ours is two lines and exit code 2, never a traceback."""
    try:
        app()
    except OpsmapError as error:
        typer.echo(f"{error.title}\n{error.detail}", err=True)
        sys.exit(2)
