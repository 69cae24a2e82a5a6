"""opsmap template load · list · take: templates as JSON files, and department files by hand."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from geo.clock import system_clock
from geo.errors import BadInput
from ingest.deliveries import Sender
from ingest.summary import Summary
from ingest.templates.annotate import write_back
from ingest.templates.read import Asked, FormRead
from ingest.templates.take import FormSent, FormTaken, PaperFields, note_refused, take_form
from layers.database import connect, transaction
from layers.sources.template_body import read_template
from layers.sources.templates import keep_template, read_templates
from web.database import database
from web.settings import WebSettings

app = typer.Typer(no_args_is_help=True, help=__doc__)
MOST_SHOWN = 20


@app.command("load")
def load(files: Annotated[list[Path], typer.Argument(help="JSON files, one template each")]) -> None:
    """Keep templates: a new version of each that says something new."""
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection):
        for file in files:
            try:
                told = json.loads(file.read_text("utf-8"))
            except (OSError, ValueError) as error:
                raise BadInput(f"file {file.name!r}: no JSON we can read ({error})") from None
            kept = keep_template(connection, read_template(told), "command line", system_clock())
            typer.echo(f"{kept.body.name} · {kept.body.valid_from} · bản {kept.version}")


@app.command("list")
def show(source: Annotated[str | None, typer.Option(help="of this source only")] = None) -> None:
    """The templates in force."""
    with database(WebSettings()) as url, connect(url) as connection:
        for template in read_templates(connection, source):
            body = template.body
            holds = f"{body.valid_from} – {body.valid_to or ''}"
            typer.echo(f"{body.source}  {body.name}  {holds}  bản {template.version}  {body.title.vi}")


@app.command("take")
def take(
    file: Annotated[Path, typer.Argument(help="XLSX, XLS, XLSB, ODS or CSV in a department's own form")],
    source: Annotated[str, typer.Option(help="whose figures they are")],
    template: Annotated[str | None, typer.Option(help="the template; found by the header otherwise")] = None,
    period: Annotated[str | None, typer.Option(help="2026-10, 2026-Q3, 2026-H1 or 2026, if not as told")] = None,
    origin: Annotated[str, typer.Option(help="real, simulated or replayed")] = "real",
    paper: Annotated[str | None, typer.Option(help="number/sign, day, agency, signer; separated by semicolons")] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8, utf-16, windows-1258, tcvn3 or vni")] = None,
    sheet: Annotated[str | None, typer.Option(help="the sheet of a workbook")] = None,
    annotated: Annotated[Path | None, typer.Option(help="write the rows back to this XLSX, faults marked")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="store nothing")] = False,
    summary: Annotated[str, typer.Option(help="json: the counts as the last line")] = "json",
) -> None:
    """Take a department's file: how it was read is told first, then what is refused, then the counts."""
    sent = FormSent(file, file.name, "command", None, read_paper(paper))
    asked, sender = Asked(source, template, period, None, sheet, encoding), Sender(source, origin)
    with database(WebSettings()) as url, connect(url) as connection:
        taken = _take(connection, sent, asked, sender, keep=not dry_run)
    tell(taken.read)
    if annotated is not None:
        write_back(annotated, file.name, taken.read, system_clock())
    counted = _dry(taken.summary) if dry_run else taken.summary
    typer.echo(counted.as_json() if summary == "json" else f"{counted.stored} / {counted.lines}")


def _take(connection: psycopg.Connection, sent: FormSent, asked: Asked, sender: Sender, keep: bool) -> FormTaken:
    try:
        with transaction(connection, keep=keep):
            return take_form(connection, sent, asked, sender, system_clock)
    except BadInput as error:
        if keep and sent.path.is_file():
            note_refused(connection, sent, error, sender, system_clock)
        raise


def _dry(summary: Summary) -> Summary:
    """Nothing is stored in a dry run."""
    summary.stored = 0
    return summary


def read_paper(told: str | None) -> PaperFields:
    """The document as one text: `12/BC-MP; 2026-11-05; agency; signer`. BadInput for another number of parts."""
    if told is None:
        return PaperFields()
    parts = [part.strip() for part in told.split(";")]
    number, slash, notation = parts[0].partition("/")
    try:
        issued_on = datetime.fromisoformat(parts[1]).date()
        _, _, agency, signer = parts
    except (ValueError, IndexError):
        raise BadInput("paper: write 'number/sign; 2026-11-05; agency; signer'", field="paper") from None
    if not slash:
        raise BadInput("paper: write the number and the sign with / between them", field="paper")
    return PaperFields(number, notation, issued_on, agency, signer)


def tell(read: FormRead) -> None:
    """How the file was read, what to look at, and the first refusals."""
    body = read.template.body
    sys.stderr.write(f"  mẫu biểu: {body.title.vi} ({body.name}, bản {read.template.version})\n")
    for line in read.reading:
        sys.stderr.write(f"  {line.vi} · {line.en}\n")
    for note in read.notes:
        sys.stderr.write(f"  lưu ý: {note.vi} · note: {note.en}\n")
    for check in read.checks:
        if not check.fits:
            sys.stderr.write(f"  dòng tổng {check.row}, {check.title}: {check.why.vi} · {check.why.en}\n")
    for reject in read.figures.rejects[:MOST_SHOWN]:
        sys.stderr.write(f"  dòng {reject.line_no}: {reject.reason_vi}\n")
