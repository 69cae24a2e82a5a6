"""Loads VMS reports in every format we read; the door the command line uses.

summary = load_vms(FileSource("vms.csv"), LoadOptions(SENDER, connection), report)
summary = load_vms_file("export.xlsx", "xlsx", LoadOptions(SENDER, connection), report)
"""

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

import orjson

from geo.clock import Clock, from_unix_ms, unix_ms
from geo.errors import BadInput
from ingest.deliveries import Sender
from ingest.form import LineForm
from ingest.load import LoadOptions, Pipeline, Reporter, quiet, run_load
from ingest.outcome import Fact, Fix, Flag, Outcome, Reject
from ingest.source import GZIP_MAGIC, FileSource, Line, Source, open_bytes, unpacked
from ingest.summary import Progress, Summary
from ingest.vms.naf_stream import NafPipeline
from ingest.vms.national import PROVIDER, NationalPipeline
from ingest.vms.pipeline import VmsPipeline
from ingest.vms.read import is_ours
from ingest.vms.whole import READERS, Kept, Reading, store_reading
from ingest.vms.whose import PREFIX, OnBoard, name_devices, read_on_board
from layers.database import transaction
from layers.sources.raw import keep_raw
from layers.vessels.track_keeper import keep_all_tracks

FORM = "vms_rows"
SENDER = Sender("vms", "real", "VMS")
UNVERIFIED = "vms_national/1 (Thông báo 1008: cách ghi chưa xác minh)"
LINES: Mapping[str, Callable[..., Pipeline]] = {"national": NationalPipeline, "naf": NafPipeline}
FORMATS = ("csv", "xlsx", "json", "national", "naf", "flux")
MOST_BYTES = 200_000_000
HEAD = 64 * 1024
KINDS = {Flag.DISTRESS: "sos", Flag.MANUAL: "manual", Flag.ENTRY: "entry", Flag.EXIT: "exit"}


class Named:
    """A pipeline whose reports of boats get the device the boat had; in a dry run they stay as they are."""

    def __init__(self, pipeline: Pipeline, on_board: OnBoard | None) -> None:
        self._pipeline, self._on_board = pipeline, on_board
        self.refresh = pipeline.refresh

    @property
    def lines(self) -> int:
        """Lines taken in."""
        return self._pipeline.lines

    @property
    def ignored(self) -> Counter[str]:
        """What holds nothing to store."""
        return self._pipeline.ignored

    @property
    def extra(self) -> int:
        """Outcomes beyond one for a line."""
        return self._pipeline.extra

    def push(self, lines: Iterable[Line | Reject]) -> Iterator[Outcome]:
        """The outcomes of these lines."""
        return name_devices(self._pipeline.push(lines), self._on_board)

    def finish(self) -> Iterator[Outcome]:
        """What was held back."""
        return name_devices(self._pipeline.finish(), self._on_board)

    def expire(self) -> Iterator[Outcome]:
        """What was held back too long."""
        return name_devices(self._pipeline.expire(), self._on_board)


def line_forms() -> list[LineForm]:
    """The formats that come as a stream of lines."""
    return [
        LineForm(FORM, VmsPipeline, describe_vms),
        LineForm("vms_national", NationalPipeline, describe_vms, adapter=UNVERIFIED),
        LineForm("vms_naf", NafPipeline, describe_vms, adapter="vms_naf/1"),
    ]


def load_vms(source: Source, options: LoadOptions, report: Reporter = quiet) -> Summary:
    """Read our CSV of VMS reports from `source`, store what is new, and give the summary.

    `options.connection` None is a dry run; `options.ndjson` gets one object per valid report. Errors: `BadInput` for a
    header without the needed columns (nothing is stored then) or a source code of another origin.
    """
    return run_load(source, VmsPipeline(options.clock), replace(options, form=FORM), describe_vms, report)


def load_vms_file(
    path: str, form: str, options: LoadOptions, report: Reporter = quiet, *, provider: str = PROVIDER
) -> Summary:
    """Load a file of one of FORMATS (`-`: standard input; gzip too). `provider` is whose devices they are where none is
    named.

    Errors: `BadInput` for a format we do not read and for a file that is hopeless as a whole; nothing is stored then.
    """
    if form not in FORMATS:
        raise BadInput(f"--format {form}: use one of {', '.join(FORMATS)}", field="format")
    if form in LINES:
        pipeline = _with_provider(LINES[form], form, provider)(options.clock)
        on_board = None if options.connection is None else read_on_board(options.connection)
        options = replace(options, form=f"vms_{form}")
        return run_load(FileSource(path), Named(pipeline, on_board), options, describe_vms, report)
    if form == "csv" and is_ours(head_of(path)):
        return load_vms(FileSource(path), options, report)
    return _load_whole(path, form, options, provider, report)


def _with_provider(make: Callable[..., Pipeline], form: str, provider: str) -> Callable[[Clock], Pipeline]:
    return partial(make, provider=provider) if form == "national" else make


def _load_whole(path: str, form: str, options: LoadOptions, provider: str, report: Reporter) -> Summary:
    began, connection = monotonic(), options.connection
    data = read_all(path)
    reading = READERS[form](data, unix_ms(options.clock()), provider)
    if options.ndjson is not None:
        facts = (outcome for outcome in reading.outcomes if isinstance(outcome, Fix))
        options.ndjson.writelines(orjson.dumps(describe_vms(f), option=orjson.OPT_APPEND_NEWLINE) for f in facts)
    if connection is None:
        summary = _count(reading)
    else:
        with transaction(connection):
            sha256 = keep_raw(connection, data, Path(path).name, "xml" if form == "flux" else form, options.clock())
            summary = store_reading(connection, reading, Kept(options.sender, path, form, sha256), options.clock)
        keep_all_tracks(connection, options.clock())
    summary.seconds = monotonic() - began
    report(Progress(summary.lines, summary.messages, summary.stored, 1.0, summary.seconds))
    return summary


def _count(reading: Reading) -> Summary:
    """The summary of a dry run."""
    summary = Summary(lines=reading.lines, told=[told.vi for told in reading.told])
    facts = [outcome for outcome in reading.outcomes if not isinstance(outcome, Reject)]
    summary.count(facts, [outcome for outcome in reading.outcomes if isinstance(outcome, Reject)])
    summary.ignored.update(reading.ignored)
    return summary


def head_of(path: str) -> bytes:
    """The beginning of a file, unpacked; standard input is left as it was."""
    stream = open_bytes(path)
    head: bytes = stream.peek(HEAD)  # type: ignore[attr-defined]
    if path != "-":
        stream.close()
    if head[:2] != GZIP_MAGIC:
        return head
    try:
        return zlib.decompressobj(31).decompress(head, HEAD)
    except zlib.error:
        return b""


def read_all(path: str) -> bytes:
    """A whole file, unpacked. BadInput when it is broken, or too large to be read at once."""
    with open_bytes(path) as raw:
        stream, pieces, size = unpacked(raw), [], 0
        try:
            while piece := stream.read1(1 << 20):
                size += len(piece)
                if size > MOST_BYTES:
                    raise BadInput(f"{path}: more than {MOST_BYTES // 1_000_000} MB; send it in parts", field="file")
                pieces.append(piece)
        except (EOFError, OSError, zlib.error) as error:
            raise BadInput(f"{path} cannot be read to its end: {error}", field="file") from None
    return b"".join(pieces)


def describe_vms(fact: Fact) -> dict[str, Any]:
    """A report as the dry run prints it: degrees EPSG:4326, knots, UTC; `boat` where the device is not known yet."""
    assert isinstance(fact, Fix)  # VMS has nothing else
    is_named = not fact.key.startswith(PREFIX)
    told = {
        "transmitter": fact.key if is_named else None,
        "t": from_unix_ms(fact.t_ms).isoformat(),
        "heard_at": from_unix_ms(fact.heard_ms).isoformat(),
        "lon": None if fact.lon_e7 is None else fact.lon_e7 / 1e7,
        "lat": None if fact.lat_e7 is None else fact.lat_e7 / 1e7,
        "sog_kn": None if fact.sog_dkn is None else fact.sog_dkn / 10,
        "cog_deg": None if fact.cog_ddeg is None else fact.cog_ddeg / 10,
        "kind": next((word for flag, word in KINDS.items() if fact.flags & flag), "vms"),
        "provider": fact.key.split(":")[1] if is_named else None,
    }
    return told if is_named else told | {"boat": fact.key.removeprefix(PREFIX)}
