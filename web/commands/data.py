"""opsmap load LAYER FILE, opsmap load fixtures."""

from pathlib import Path
from typing import Annotated

import typer

from geo.clock import system_clock
from ingest.deliveries import Sender
from ingest.tables.load import load_table
from layers.database import connect
from layers.registry import get_layer, load_layers
from web import demo
from web.database import database
from web.settings import WebSettings

MOST_SHOWN = 20


def load(
    layer: Annotated[str, typer.Argument(help="a layer's name, or `fixtures` for the demonstration province")],
    file: Annotated[Path | None, typer.Argument(help="CSV or GeoJSON")] = None,
    source: Annotated[str | None, typer.Option(help="whose data it is; the layer's own source by default")] = None,
    origin: Annotated[str, typer.Option(help="real, simulated or replayed")] = "real",
) -> None:
    """Load a file into a layer; what is refused is told row by row."""
    settings = WebSettings()
    with database(settings) as url:
        if layer == "fixtures":
            demo.load(url, settings.resolved_data_dir(), say=typer.echo)
            return
        wanted = get_layer(load_layers(), layer)
        if file is None:
            typer.echo("give a file: opsmap load LAYER FILE", err=True)
            raise typer.Exit(2)
        sender = Sender(source or wanted.source, origin)
        with connect(url) as connection:
            loaded = load_table(connection, wanted, file, sender, system_clock)
    for reject in loaded.rejects[:MOST_SHOWN]:
        typer.echo(f"  {reject.reason}: {reject.detail}", err=True)
    if len(loaded.rejects) > MOST_SHOWN:
        typer.echo(f"  … and {len(loaded.rejects) - MOST_SHOWN} more; all are kept with their raw bytes", err=True)
    typer.echo(loaded.summary.as_json())
