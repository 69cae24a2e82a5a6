"""opsmap rejects replay: what was refused, read again by today's code."""

import getpass
import sys
from datetime import datetime
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import Progress

from geo.clock import LOCAL, system_clock
from geo.errors import BadInput, NotFound
from ingest.again.replay import ask_replay, run_replay
from layers.database import connect
from layers.sources.rejects import Wanted, count_open
from web.database import database
from web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, help="What was refused.")


@app.callback()
def rejects() -> None:
    """What was refused: kept with its bytes, until somebody mends what was wrong."""


@app.command()
def replay(
    source: Annotated[str | None, typer.Option(help="only of this source")] = None,
    reason: Annotated[str | None, typer.Option(help="only of this reason, as /sources shows it")] = None,
    since: Annotated[
        str | None, typer.Option(help="only those last seen since, e.g. 2026-11-20 or 2026-11-20T06:00")
    ] = None,
) -> None:
    """Read open rejects again: what is understood now is stored, the rest stays with the reason of today."""
    with database(WebSettings()) as url, connect(url) as connection:
        source_id = None
        if source is not None:
            row = connection.execute("SELECT id FROM source WHERE code = %s", (source,)).fetchone()
            if row is None:
                raise NotFound(f"source={source!r}: there is none", field="source")
            source_id = row[0]
        wanted, by = Wanted(source_id, reason, read_since(since)), getpass.getuser()
        replay_id, total = ask_replay(connection, wanted, by, system_clock), count_open(connection, wanted)
        with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
            bar = progress.add_task("đọc lại", total=total)
            tally = run_replay(
                connection, (replay_id, wanted, by), system_clock, lambda t: progress.update(bar, completed=t.looked)
            )
    for why in tally.left or []:
        typer.echo(f"  {why}", err=True)
    told = {"looked": tally.looked, "understood": tally.understood, "stored": tally.stored}
    typer.echo(orjson.dumps(told | {"left": tally.looked - tally.understood}).decode())


def read_since(text: str | None) -> datetime | None:
    """A moment as people write it, in Việt Nam's time unless it has an offset. BadInput when it is none."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"since={text!r}: write 2026-11-20 or 2026-11-20T06:00", field="since") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=LOCAL)
