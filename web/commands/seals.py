"""opsmap seal, opsmap verify: finished days are sealed; what was changed since is found."""

import getpass
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from geo.clock import system_clock
from geo.errors import BadInput
from layers.database import connect, transaction
from layers.seals.dossiers import verify_file
from layers.seals.seal import head_line, seal_days, seals_folder
from layers.seals.verify import Verdict
from layers.seals.verify import verify as verify_days
from web.database import database
from web.settings import WebSettings

DOSSIER = "dossier"


def seal() -> None:
    """Seal every finished day that is not; the worker does so soon after midnight."""
    settings = WebSettings()
    folder = seals_folder(settings.resolved_data_dir())
    with database(settings) as url, connect(url) as connection:
        made = seal_days(
            connection, system_clock(), getpass.getuser(), folder, lambda sealed: typer.echo(head_line(sealed)[:-1])
        )
    typer.echo(f"{len(made)} days sealed; heads in {folder}")


def verify(
    what: Annotated[
        str | None, typer.Argument(help="`dossier` to check a dossier's file; nothing: what is stored")
    ] = None,
    file: Annotated[Path | None, typer.Argument(help="the ZIP, JSON, PDF or GPKG of a dossier")] = None,
    day: Annotated[
        str | None, typer.Option(help="one day of storing, as 2026-11-23; all sealed days by default")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="of a dossier, without the database")] = False,
) -> None:
    """Hold what is stored, or a dossier's file, against its seals; says which day, row or part differs. Exit 1 then."""
    if what not in (None, DOSSIER) or (what == DOSSIER) != (file is not None):
        raise BadInput("verify: say `opsmap verify`, `--day DAY`, or `opsmap verify dossier FILE`", field="what")
    whole = _verify_file(file, offline) if file is not None else _verify_stored(_day(day))
    if not whole:
        raise typer.Exit(1)


def _verify_stored(day: date | None) -> bool:
    settings = WebSettings()
    folder = seals_folder(settings.resolved_data_dir())
    with database(settings) as url, connect(url) as connection, transaction(connection), _progress() as progress:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        bar = progress.add_task("kiểm tra niêm phong", total=None)
        verdict = verify_days(connection, folder, day, lambda n, of: progress.update(bar, completed=n, total=of))
    _tell(verdict)
    return verdict.whole


def _tell(verdict: Verdict) -> None:
    for place, why in verdict.dropped.items():
        typer.echo(f"{place}\t{why}")
    for fault in verdict.faults:
        typer.echo(f"CHANGED\t{fault.day or '-'}\t{fault.where}\t{fault.words}", err=True)
    found = "all as sealed" if verdict.whole else f"{len(verdict.faults)} faults"
    typer.echo(f"{verdict.days} days, {verdict.rows} rows: {found}")


def _verify_file(file: Path, offline: bool) -> bool:
    if not file.is_file():
        raise BadInput(f"file={str(file)!r}: there is no such file", field="file")
    data = file.read_bytes()
    if offline:
        verdict = verify_file(data, None)
    else:
        with database(WebSettings()) as url, connect(url) as connection:
            verdict = verify_file(data, connection)
    for fault in verdict.faults:
        typer.echo(f"CHANGED\t{file.name}\t{fault}", err=True)
    if not verdict.faults:
        by = f"noted in {verdict.noted}" if verdict.noted else "its parts agree; the ledger was not asked"
        typer.echo(f"{file.name}: whole, {by}")
    return not verdict.faults


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"day={text!r}: write 2026-11-23", field="day") from None


def _progress() -> Progress:
    return Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
