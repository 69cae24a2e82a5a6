"""opsmap key …"""

from typing import Annotated

import typer

from geo.clock import system_clock
from layers.access import accounts, keys
from layers.database import connect, transaction
from web.database import database
from web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, help="Keys for machines (Authorization: Bearer KEY).")


@app.command()
def add(
    role: Annotated[str, typer.Option(help="what the key may see: viewer, officer, steward, …")],
    source: Annotated[str | None, typer.Option(help="it may send as this source (POST /api/ingest/SOURCE)")] = None,
    name: Annotated[str | None, typer.Option(help="for people; made up when not given")] = None,
) -> None:
    """Make a key; it is printed once, as the last line."""
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection):
        made = keys.add_key(connection, accounts.parse_role(role), source, name, system_clock)
    typer.echo(made)


@app.command("list")
def list_keys() -> None:
    """Every key with its role and source."""
    statement = "SELECT name, role, coalesce(source, '-'), ended_at FROM api_key ORDER BY 1"
    with database(WebSettings()) as url, connect(url) as connection:
        for name, role, source, ended in connection.execute(statement):
            typer.echo(f"{name}\t{role}\t{source}\t{'ended' if ended else 'living'}")


@app.command()
def end(name: str) -> None:
    """End a key at once (a web process forgets it within seconds)."""
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection):
        keys.end_key(connection, name, system_clock())
