"""opsmap load LAYER FILE, opsmap load fixtures."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.console import Console
from rich.progress import Progress

from geo.clock import system_clock
from geo.declared import FrameNeeded
from ingest.deliveries import Sender
from ingest.tables.annotate import Sent, write_annotated
from ingest.tables.load import Loaded, load_table
from ingest.tables.table import ReadOptions
from layers.books.registry import load_books
from layers.books.weigh import keep_books
from layers.database import connect
from layers.registry import get_layer, load_layers
from web import demo
from web.database import database
from web.settings import WebSettings

MOST_SHOWN = 20


def load(
    layer: Annotated[
        str, typer.Argument(help="the name of a layer or book, or `fixtures` for the demonstration province")
    ],
    file: Annotated[
        Path | None, typer.Argument(help="CSV, XLSX, GeoJSON, GPKG, SHP, TAB, MIF; a folder or ZIP of its parts")
    ] = None,
    source: Annotated[str | None, typer.Option(help="whose data it is; the layer's own source by default")] = None,
    origin: Annotated[str, typer.Option(help="real, simulated or replayed")] = "real",
    instead_of: Annotated[str | None, typer.Option(help="another source, whose rows stand down for these")] = None,
    crs: Annotated[str | None, typer.Option(help="EPSG number of the coordinates, when the file does not say")] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8, utf-16, windows-1258, tcvn3 or vni")] = None,
    sheet: Annotated[str | None, typer.Option(help="the sheet of a workbook")] = None,
    layer_name: Annotated[str | None, typer.Option(help="the layer of a file that has several")] = None,
    annotated: Annotated[Path | None, typer.Option(help="write the rows back to this XLSX, faults marked")] = None,
) -> None:
    """Load a file into a layer or a book; how it was read is told first, what is refused row by row."""
    settings = WebSettings()
    with database(settings) as url:
        if layer == "fixtures":
            demo.load(url, say=typer.echo)
            return
        wanted = load_books().get(layer) or get_layer(load_layers(), layer)
        if file is None:
            typer.echo("give a file: opsmap load LAYER FILE", err=True)
            raise typer.Exit(2)
        sent = Sent(wanted, file, ReadOptions(crs, encoding, sheet, layer_name))
        sender = Sender(source or wanted.source, origin, None if source else wanted.title.vi, instead_of)
        with connect(url) as connection:
            sent, loaded = _load_asking(connection, sent, sender)
            keep_books(connection, system_clock())
    tell(loaded)
    if annotated is not None:
        write_annotated(annotated, sent, loaded, system_clock)
        typer.echo(f"  tệp đánh dấu lỗi: {annotated} · rows back with faults marked", err=True)
    typer.echo(loaded.summary.as_json())


def _load_asking(connection: psycopg.Connection, sent: Sent, sender: Sender) -> tuple[Sent, Loaded]:
    """Load the file; somebody who sits at the terminal is asked for the frame, a program is told the option."""
    try:
        return sent, _load(connection, sent, sender)
    except FrameNeeded as needed:
        if not sits_somebody():
            raise
        typer.echo(f"{needed.title}: {needed.why}", err=True)
        for code, words in needed.choices:
            typer.echo(f"  {code}  {words}", err=True)
        given = typer.prompt("Số EPSG · EPSG number", err=True)
    sent = replace(sent, options=replace(sent.options, crs=given))
    return sent, _load(connection, sent, sender)


def sits_somebody() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def _load(connection: psycopg.Connection, sent: Sent, sender: Sender) -> Loaded:
    """Load the file under a progress bar, where there is a terminal to draw it on."""
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task(f"đọc {sent.path.name}", total=None)
        options = replace(sent.options, report=lambda done, total: progress.update(bar, completed=done, total=total))
        return load_table(connection, sent.layer, sent.path, sender, system_clock, options)


def tell(loaded: Loaded) -> None:
    """How the file was read, then the first rows refused."""
    for line in loaded.reading.told():
        same = line.en.partition(": ")[2] == line.vi.partition(": ")[2]
        typer.echo(f"  {line.vi} · {line.en.partition(': ')[0] if same else line.en}", err=True)
    for reject in loaded.rejects[:MOST_SHOWN]:
        typer.echo(f"  {reject.reason}: {reject.detail}", err=True)
        if reject.faults:
            typer.echo(f"    dòng {reject.line_no}: {reject.reason_vi}", err=True)
    more = loaded.summary.rejected.total() - MOST_SHOWN
    if more > 0:
        typer.echo(f"  … và {more} dòng nữa, đều được giữ · and {more} more; all are kept with their bytes", err=True)
