"""opsmap ingest ais, opsmap ingest vms."""

import typer

app = typer.Typer(no_args_is_help=True, help="Positions and identities, from files or streams.")


@app.callback()
def _group() -> None:
    """Positions and identities, from files or streams."""
