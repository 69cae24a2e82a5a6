"""opsmap ingest ais, opsmap ingest vms: files and sockets, with a summary that accounts for every line."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.progress import Progress as Bar

from geo.errors import BadInput
from ingest.ais.load import SENDER as AIS
from ingest.ais.load import load_ais
from ingest.deliveries import Sender
from ingest.load import LoadOptions, Reporter
from ingest.source import FileSource
from ingest.summary import Progress, Summary
from ingest.vms.load import FORMATS, load_vms_file
from ingest.vms.load import SENDER as VMS
from ingest.vms.national import PROVIDER
from layers.database import connect
from web.commands.listening import Ways, hear, load_spool, receive
from web.database import database
from web.late import late_group
from web.settings import WebSettings

LATE = late_group({"exchange": "exchange:exchange", "axis": "exchange:axis"})
app = typer.Typer(cls=LATE, no_args_is_help=True, help="Positions and identities, from files or streams.")

SOURCE = Annotated[str | None, typer.Option(help="whose data it is; ais or vms by default")]
ORIGIN = Annotated[str, typer.Option(help="real, simulated or replayed")]
SUMMARY = Annotated[str, typer.Option("--summary", help="text or json (last line)")]
DRY = Annotated[bool, typer.Option("--dry-run", help="store nothing")]
NDJSON = Annotated[Path | None, typer.Option(help="write one JSON object per valid message")]

MQTT = Annotated[
    list[str], typer.Option(help="mqtt://HOST, with :PORT and /TOPIC where wanted; more than once for more")
]
SERIAL = Annotated[list[str], typer.Option(help="DEVICE[:BAUD], as /dev/ttyUSB0:38400")]
RECEIVE = Annotated[bool, typer.Option(help="into the spool only; `opsmap ingest spool` stores it")]

STREAMED = {"csv": "vms_lines", "national": "vms_national", "naf": "vms_naf"}
"""The form of lines that come without an end, by the format they are in."""
Load = Callable[[FileSource, LoadOptions, Reporter], Summary]


@app.command()
def ais(
    file: Annotated[str | None, typer.Option("--file", help="NMEA 0183, plain or .gz; - for standard input")] = None,
    tcp: Annotated[list[str], typer.Option(help="HOST:PORT of a receiver to connect to; more than once for more")] = [],  # noqa: B006
    listen: Annotated[list[str], typer.Option(help="HOST:PORT where receivers connect to us")] = [],  # noqa: B006
    udp: Annotated[list[str], typer.Option(help="PORT or HOST:PORT for datagrams; the usual one is 10110")] = [],  # noqa: B006
    mqtt: MQTT = [],  # noqa: B006
    serial: SERIAL = [],  # noqa: B006
    source: SOURCE = None,
    origin: ORIGIN = "real",
    summary: SUMMARY = "text",
    dry_run: DRY = False,
    ndjson: NDJSON = None,
    receive_only: RECEIVE = False,
) -> None:
    """AIS sentences (!AIVDM …) from a file, from standard input, or live from receivers until Ctrl-C."""
    sender = Sender(source or AIS.code, origin)
    live = [*tcp, *listen, *udp, *mqtt, *serial]
    if (file is None) == (not live):
        raise BadInput(
            "say where from: either --file, or one or more of --tcp, --listen, --udp, --mqtt, --serial", field="file"
        )
    if file is None:
        _hear(Ways(tcp, listen, udp, mqtt, serial), sender, summary, (dry_run or ndjson is not None, receive_only))
        return
    with _options(sender, dry_run, ndjson) as options:
        tell_summary(_run(load_ais, file, options), summary)


def _hear(ways: Ways, sender: Sender, summary: str, how: tuple[bool, bool]) -> None:
    """Live until Ctrl-C. `how`: whether something was asked for that only files can do; whether to store nothing."""
    for_files, receive_only = how
    if for_files:
        raise BadInput("--dry-run and --ndjson go with a file; a live feed is stored", field="dry_run")
    if receive_only:
        receive(ways, sender)
    else:
        tell_summary(hear(ways, sender), summary)


@app.command()
def spool() -> None:
    """Store what receivers have put into the spool, until Ctrl-C; one such process is enough."""
    load_spool()


@app.command()
def vms(
    file: Annotated[str | None, typer.Argument(help="positions, plain or .gz; - for standard input")] = None,
    form: Annotated[str, typer.Option("--format", help=" · ".join(FORMATS))] = "csv",
    mqtt: MQTT = [],  # noqa: B006
    serial: SERIAL = [],  # noqa: B006
    source: SOURCE = None,
    origin: ORIGIN = "real",
    provider: Annotated[str, typer.Option(help="whose devices they are, where the file does not say")] = PROVIDER,
    summary: SUMMARY = "text",
    dry_run: DRY = False,
    ndjson: NDJSON = None,
    receive_only: RECEIVE = False,
) -> None:
    """VMS positions: our CSV, exports of the national system (XLSX, CSV), JSON, Thông báo 1008, NAF, FLUX.

    From a broker or a serial line: lines of csv (a header among them is passed over), national or naf as they come.
    """
    if form not in FORMATS:
        typer.echo(f"--format {form}: use one of {', '.join(FORMATS)}", err=True)
        raise typer.Exit(2)
    sender = Sender(source or VMS.code, origin)
    if (file is None) == (not [*mqtt, *serial]):
        raise BadInput("say where from: either a file, or one or more of --mqtt, --serial", field="file")
    if file is None:
        if form not in STREAMED:
            raise BadInput(f"--format {form}: a stream is one of {', '.join(STREAMED)}", field="format")
        ways = Ways(mqtt=mqtt, serial=serial, form=STREAMED[form])
        _hear(ways, sender, summary, (dry_run or ndjson is not None, receive_only))
        return
    with _options(sender, dry_run, ndjson) as options:
        found = _with_progress(lambda report: load_vms_file(file, form, options, report, provider=provider))
    for line in found.told:
        typer.echo(line, err=True)
    tell_summary(found, summary)


@contextmanager
def _options(sender: Sender, dry_run: bool, ndjson: Path | None) -> Iterator[LoadOptions]:
    with ExitStack() as held:
        connection = None
        if not dry_run:
            url = held.enter_context(database(WebSettings()))
            connection = held.enter_context(connect(url))
        out: BinaryIO | None = held.enter_context(ndjson.open("wb")) if ndjson is not None else None
        yield LoadOptions(sender, connection, out)


def _run(load: Load, file: str, options: LoadOptions) -> Summary:
    source = FileSource(file)
    return _with_progress(lambda report: load(source, options, report))


def _with_progress(load: Callable[[Reporter], Summary]) -> Summary:
    if not sys.stderr.isatty():
        return load(lambda _: None)
    with Bar(transient=True) as bar:
        task = bar.add_task("reading", total=1.0)

        def report(progress: Progress) -> None:
            bar.update(task, completed=progress.share or 0, description=f"{progress.messages:,} messages")

        return load(report)


def tell_summary(summary: Summary, form: str) -> None:
    """The summary on standard output: as words, or as one line of JSON."""
    if form == "json":
        typer.echo(summary.as_json())
        return
    for name, value in summary.as_dict().items():
        typer.echo(f"{name}: {value}")
