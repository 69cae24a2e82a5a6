"""opsmap rebuild --check: whether the raw store gives the facts that are stored."""

from typing import Annotated

import typer

from geo.clock import system_clock
from geo.errors import BadInput
from ingest.again.compare import Compared, compare
from ingest.again.rebuild import Rebuilt
from ingest.again.rebuild import rebuild as take_again
from layers.database import connect
from layers.scratch import scratch_database
from web.database import database
from web.settings import WebSettings


def rebuild(
    check: Annotated[bool, typer.Option("--check", help="compare, and change nothing")] = False,
    source: Annotated[str | None, typer.Option(help="only what came of this source")] = None,
) -> None:
    """Make every fact anew from the raw store in a database of its own, and compare. Exit code 1 when they differ."""
    if not check:
        raise BadInput("say --check: facts are compared with what is stored, and nothing is replaced", field="check")
    with database(WebSettings()) as url, scratch_database(url, system_clock) as scratch:
        with connect(url) as stored, connect(scratch) as made:
            done = take_again(stored, made, source, lambda line: typer.echo(f"  {line}", err=True))
            found = compare(stored, made, source)
    tell(done, found)
    if found.differences or done.missed:
        raise typer.Exit(1)


def tell(done: Rebuilt, found: Compared) -> None:
    """What was taken again, how many facts are equal, and the first that are not."""
    typer.echo(f"taken again: {done.messages} messages, {done.files} files, {done.lines} lines")
    for why in done.missed or []:
        typer.echo(f"not there any more: {why}")
    for kind, count in found.equal.items():
        if count:
            typer.echo(f"{kind}: {count} equal")
    for each in found.differences:
        typer.echo(f"{each.kind} differs\n  stored:  {each.stored}\n  rebuilt: {each.rebuilt}")
