"""opsmap db …, opsmap doctor."""

import shutil
from typing import Annotated

import typer

from geo.clock import system_clock
from layers.cluster import Cluster
from layers.database import connect, enable_postgis, make_engine, write
from layers.database import upgrade as upgrade_schema
from layers.revision import write_revision
from layers.settings import CHECKOUT
from layers.units.load import load_reference
from web.commands.doctor import examine
from web.database import database
from web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, help="The private database.")


@app.command()
def upgrade() -> None:
    """Bring the schema and the units to this version."""
    with database(WebSettings()) as url:
        prepare(url)
    typer.echo("schema and units are up to date")


def prepare(url: str) -> None:
    """Extensions, migrations, units and rules; safe to repeat."""
    enable_postgis(url)
    upgrade_schema(url)
    engine = make_engine(url)
    with write(engine) as connection:
        load_reference(connection, system_clock)
    engine.dispose()


@app.command()
def revision(name: Annotated[str, typer.Argument(help="what changed, as in school")]) -> None:
    """Write the migration that brings the database to what layers/catalog says (developers)."""
    with database(WebSettings()) as url:
        enable_postgis(url)
        upgrade_schema(url)
        path = write_revision(url, name)
    typer.echo(f"wrote {path.relative_to(CHECKOUT)}")


@app.command()
def stop() -> None:
    """Stop the private cluster."""
    Cluster(WebSettings().resolved_data_dir()).stop()
    typer.echo("stopped")


@app.command()
def reset(yes: bool = typer.Option(False, "--yes", help="really delete everything stored here")) -> None:
    """Delete the private cluster and everything in it."""
    folder = WebSettings().resolved_data_dir()
    if not yes:
        typer.echo(f"this deletes {folder} and every fact in it; repeat with --yes", err=True)
        raise typer.Exit(2)
    Cluster(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)
    typer.echo(f"deleted {folder}")


def doctor() -> None:
    """Say what is wrong in words, with the fix."""
    settings = WebSettings()
    with database(settings) as url, connect(url) as connection:
        for name, statement in CHECKS.items():
            row = connection.execute(statement.encode()).fetchone()
            typer.echo(f"ok  {name}: {row[0] if row else '-'}")
        for line in examine(url):
            typer.echo(line)


CHECKS = {
    "PostgreSQL": "SHOW server_version",
    "PostGIS": "SELECT PostGIS_Version()",
    "schema": "SELECT version_num FROM alembic_version",
    "units": "SELECT count(*) FROM unit",
    "positions": "SELECT count(*) FROM position",
    "rejects": "SELECT count(*) FROM reject",
    "ingest last beat": "SELECT max(beat_at) FROM heartbeat",
}
