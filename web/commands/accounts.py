"""opsmap user …"""

from typing import Annotated

import typer

from geo.clock import system_clock
from layers.access import accounts
from layers.database import connect, transaction
from layers.surveys.rounds import tie_to_agency
from web.database import database
from web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, help="Accounts.")


@app.command()
def add(name: str, role: Annotated[str, typer.Option(help="guest, viewer, leader, officer, …")]) -> None:
    """Add an account; its password is printed once, as the last line."""
    password = accounts.new_password()
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection):
        accounts.add_account(connection, name, accounts.parse_role(role), password, system_clock)
    typer.echo(password)


@app.command("list")
def list_accounts() -> None:
    """Every account with its role."""
    with database(WebSettings()) as url, connect(url) as connection:
        for name, role, active in connection.execute("SELECT username, role, active FROM account ORDER BY 1"):
            typer.echo(f"{name}\t{role}\t{'active' if active else 'closed'}")


@app.command()
def reset(name: str) -> None:
    """A new password for an account, printed once, as the last line; its sessions end."""
    password = accounts.new_password()
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection):
        accounts.set_password(connection, name, password)
    typer.echo(password)


@app.command()
def unit(name: str, code: str) -> None:
    """Tie an account of a commune to the commune it works for; citizens' reports are shown to it by that."""
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection):
        accounts.tie_to_unit(connection, name, code)
    typer.echo(f"{name}\t{code}")


@app.command()
def agency(name: str, code: str) -> None:
    """Tie a steward's account to the agency it answers surveys for, by the agency's code (`GET /api/surveys`)."""
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection):
        tie_to_agency(connection, name, code)
    typer.echo(f"{name}\t{code}")
