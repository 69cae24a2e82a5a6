"""opsmap key …"""

from typing import Annotated

import typer

from geo.clock import system_clock
from geo.errors import BadInput
from ingest.forms import form_named, position_forms
from layers.access import accounts, keys
from layers.database import connect, transaction
from web.database import database
from web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, help="Keys for machines (Authorization: Bearer KEY).")

FORM = Annotated[list[str], typer.Option("--form", help="a form it may post, as layer:school; more than once for more")]


def _sends(source: str | None, form: list[str]) -> keys.Sends | None:
    if source is None:
        if form:
            raise BadInput("--form: say as which source it sends too (--source)", field="source")
        return None
    return keys.Sends(source, [form_named(one).name for one in form] or position_forms())


@app.command()
def add(
    role: Annotated[str, typer.Option(help="what the key may see: viewer, officer, steward, …")],
    source: Annotated[str | None, typer.Option(help="it may send as this source (POST /api/ingest/SOURCE)")] = None,
    form: FORM = [],  # noqa: B006
    name: Annotated[str | None, typer.Option(help="for people; made up when not given")] = None,
) -> None:
    """Make a key; it is printed once, as the last line. Without --form it may post positions only: nmea and vms_…"""
    sends = _sends(source, form)
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection):
        made = keys.add_key(connection, accounts.parse_role(role), sends, name, system_clock)
    typer.echo(made)


@app.command("list")
def list_keys() -> None:
    """Every key with its role, its source and the forms it may post; `any` for one made before forms were named."""
    statement = "SELECT name, role, source, forms, ended_at FROM api_key ORDER BY 1"
    with database(WebSettings()) as url, connect(url) as connection:
        for name, role, source, may, ended in connection.execute(statement):
            shown = "-" if source is None else "any" if may is None else " ".join(may)
            typer.echo(f"{name}\t{role}\t{source or '-'}\t{'ended' if ended else 'living'}\t{shown}")


@app.command()
def forms(name: str, form: FORM) -> None:
    """Say anew which forms a key may post, all of them: wider or narrower; within seconds it holds."""
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection):
        keys.change_forms(connection, name, [form_named(one).name for one in form])


@app.command()
def end(name: str) -> None:
    """End a key at once (a web process forgets it within seconds)."""
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection):
        keys.end_key(connection, name, system_clock())
