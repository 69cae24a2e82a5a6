"""opsmap replay: a recording as if live, marked as replayed wherever it shows."""

import sys
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from geo.clock import LOCAL, system_clock
from geo.errors import BadInput
from ingest.ais.pipeline import AisPipeline
from ingest.deliveries import Delivery, Sender
from ingest.echoes import EchoFinder
from ingest.feed import LiveFeed
from ingest.lasting import LastingConnection
from ingest.live import Pace, is_due, run_feeds
from ingest.load import Pipeline
from ingest.replay import Playing, ReplayStream
from ingest.source import FileSource
from ingest.vms.pipeline import VmsPipeline
from layers.database import connect
from layers.vessels.echoes import WITHIN_MS
from web.commands.ingest import SUMMARY, tell_summary
from web.database import database
from web.settings import WebSettings
from web.stopping import stop_asked, tell

TOLD_EVERY = timedelta(seconds=5)


def replay(
    file: Annotated[str, typer.Argument(help="AIS: NMEA 0183, plain or .gz; VMS: .csv or .csv.gz")],
    speed: Annotated[float, typer.Option(help="times faster than it was")] = 1.0,
    shift_to: Annotated[str | None, typer.Option(help="now: as if it were heard now; else as recorded")] = None,
    skip_gaps: Annotated[bool, typer.Option("--skip-gaps", help="cut silences of over a minute to a minute")] = False,
    source: Annotated[str | None, typer.Option(help="its code; replay:FILE by default")] = None,
    summary: SUMMARY = "text",
) -> None:
    """Play a recording as if it were live; its origin is `replayed`. Ctrl-C ends it in order."""
    if shift_to not in (None, "now"):
        raise BadInput(
            f"--shift-to {shift_to!r}: write now, or leave it out to keep the recorded times", field="shift_to"
        )
    name = Path(file).name if file != "-" else "stdin"
    playing = Playing(speed, shift_to == "now", skip_gaps)
    stream = ReplayStream(FileSource(file), pipeline_for(name), playing)
    sender = Sender(source or f"replay:{name}", "replayed", f"Phát lại · {name}")
    stop = stop_asked()
    with database(WebSettings()) as url, closing(LastingConnection(lambda: connect(url))) as connection:
        delivery = Delivery(connection.current, sender, f"{file} × {speed:g}", system_clock)
        delivery.writer.echoes = EchoFinder(delivery.source_id, delivery.id, echo_within_ms(playing))
        feed = LiveFeed(stream, delivery, Teller(stream).tell)
        unstored = run_feeds([feed], connection, Pace(stop=lambda: stop() or stream.over, say=tell))
    tell_summary(delivery.summary, summary)
    if unstored:
        tell(f"{unstored} messages could not be stored: the database was away")
        sys.exit(1)


def pipeline_for(name: str) -> Pipeline:
    """VMS rows come as CSV, everything else is AIS."""
    return VmsPipeline() if name.removesuffix(".gz").endswith(".csv") else AisPipeline()


def echo_within_ms(playing: Playing) -> int:
    """Where time is pressed together, so is the time within which words repeated are one transmission."""
    return max(1, round(WITHIN_MS / playing.speed)) if playing.shift else WITHIN_MS


class Teller:
    """Says every few seconds how far the recording has been played."""

    def __init__(self, stream: ReplayStream) -> None:
        self._stream = stream
        self._told: datetime | None = None

    def tell(self) -> None:
        """Called whenever everything due has been stored."""
        now = system_clock()
        if not is_due(self._told, now, TOLD_EVERY):
            return
        self._told = now
        share = self._stream.share()
        read = "" if share is None else f", {share:.0%} read"
        tell(f"played to {self._stream.reached.astimezone(LOCAL):%d/%m/%Y %H:%M:%S}{read}")
