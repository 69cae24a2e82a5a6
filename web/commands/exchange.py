"""opsmap ingest exchange FILE: one message of the provincial axis, or a report that came without one."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from geo.clock import system_clock
from geo.errors import BadInput
from ingest.deliveries import Sender
from ingest.exchange.axis import poll_configured
from ingest.exchange.desk import AXIS, Desk
from ingest.exchange.document import Document
from ingest.exchange.settings import ExchangeSettings
from ingest.exchange.take import Incoming, Taken, take_message
from layers.database import connect, transaction
from web.commands.ingest import DRY, NDJSON, ORIGIN, SOURCE, SUMMARY, tell_summary
from web.database import database
from web.settings import WebSettings


def exchange(
    file: Annotated[Path, typer.Argument(help="an edXML envelope, a VXP message, an AVReport, HIS XML or 1022 cases")],
    source: SOURCE = None,
    origin: ORIGIN = "real",
    summary: SUMMARY = "text",
    dry_run: DRY = False,
    ndjson: NDJSON = None,
) -> None:
    """A message of the provincial axis (edXML, VXP): papers, their files, replacements and revocations."""
    if not file.is_file():
        raise BadInput(f"file={str(file)!r}: there is no such file", field="file")
    desk = Desk(Sender(source or AXIS.code, origin, None if source else AXIS.title))
    with database(WebSettings()) as url, connect(url) as connection, transaction(connection, keep=not dry_run):
        taken = take_message(connection, Incoming(file, file.name), desk, system_clock)
    if taken.detail:
        typer.echo(f"  {taken.state}: {taken.detail}", err=True)
    if ndjson is not None:
        ndjson.write_bytes(told(taken))
    tell_summary(taken.summary, summary)


def axis(summary: SUMMARY = "text") -> None:
    """Ask the provincial axis once for what has come (OPSMAP_EXCHANGE_URL, _SYSTEM, _SECRET)."""
    settings = ExchangeSettings()
    with database(WebSettings()) as url, connect(url) as connection:
        done = poll_configured(connection, settings, system_clock)
    if done is None:
        raise BadInput("OPSMAP_EXCHANGE_URL is not set: say where the axis is", field="exchange_url")
    typer.echo(f"taken {done.taken}, known {done.known}, missed {done.missed}, told {done.told}", err=True)
    tell_summary(done.summary, summary)


def told(taken: Taken) -> bytes:
    """The message as one line of JSON; nothing for one that could not be understood."""
    document = taken.document
    return b"" if document is None else orjson.dumps(_body(document, taken), option=orjson.OPT_APPEND_NEWLINE)


def _body(document: Document, taken: Taken) -> dict[str, Any]:
    return {
        "message_type": document.business.message_type,
        "document_id": document.document_id,
        "acts_on": document.business.acts_on,
        "from": document.sender.code,
        "to": [organ.code for organ in document.receivers],
        "number": document.number,
        "notation": document.notation,
        "issued_on": document.issued_on,
        "subject": document.subject,
        "due_on": document.due_on,
        "state": taken.state,
        "attachments": [{"name": a.name, "bytes": a.content.size} for a in document.attachments],
    }
