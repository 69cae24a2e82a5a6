"""Whole files of VMS reports, through the command line or as messages: read at once, in the order of their times."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psycopg

from geo.clock import Clock, from_unix_ms, unix_ms
from geo.errors import BadInput
from ingest.deliveries import Delivery, Opened, Sender
from ingest.feed import store_waiting
from ingest.form import Message, MessageForm
from ingest.jumps import JumpWatch
from ingest.outcome import Fix, Outcome, Reject
from ingest.source import KEPT_OF_LONG_LINE, cut_lines
from ingest.summary import Summary
from ingest.vms.flux import read_flux
from ingest.vms.json_form import read_json
from ingest.vms.national import PROVIDER
from ingest.vms.pipeline import VmsPipeline
from ingest.vms.read import is_ours
from ingest.vms.table import open_export
from layers.sources.raw import keep_raw
from layers.spec import Text

REFUSED = "bad_file"


@dataclass(frozen=True)
class Reading:
    """What came of a file: outcomes in order, lines (rows, objects, events) counted, and what was understood of it."""

    outcomes: list[Outcome]
    lines: int
    ignored: Counter[str]
    told: list[Text]

    @classmethod
    def of(cls, outcomes: Iterable[Outcome], told: Iterable[Text] = ()) -> "Reading":
        """Every outcome is a line."""
        found = in_order(outcomes)
        return cls(found, sum(outcome.lines for outcome in found), Counter(), list(told))


Read = Callable[[bytes, int, str], Reading]
"""Bytes, Unix ms UTC of now, and whose devices they are where the bytes name nobody."""


def in_order(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Fixes by time, so that the order of a file makes no jump; the rest before them."""
    found = list(outcomes)
    fixes = sorted((o for o in found if type(o) is Fix), key=lambda fix: (fix.t_ms, fix.key, fix.payload_hash))
    jumps = JumpWatch()
    return [*(o for o in found if type(o) is not Fix), *(jumps.look(fix) for fix in fixes)]


def read_csv(data: bytes, now_ms: int, provider: str) -> Reading:
    """Our own CSV, or an export of the national system. BadInput when it is neither."""
    if not is_ours(data):
        return _read_export(data, ".csv", now_ms, provider)
    pipeline = VmsPipeline(lambda: from_unix_ms(now_ms), watch_jumps=False)
    outcomes = list(pipeline.push(cut_lines([data])))
    return Reading(in_order(outcomes), pipeline.lines, pipeline.ignored, [])


def read_xlsx(data: bytes, now_ms: int, provider: str) -> Reading:
    """A workbook exported from the national system. BadInput when it is none, or lacks a column."""
    return _read_export(data, ".xlsx", now_ms, provider)


def _read_export(data: bytes, suffix: str, now_ms: int, provider: str) -> Reading:
    with tempfile.TemporaryDirectory(prefix="opsmap-vms-") as folder:
        path = Path(folder) / f"export{suffix}"
        path.write_bytes(data)
        export = open_export(path, provider)
        return Reading.of(export.read(now_ms), export.told())


def read_json_file(data: bytes, now_ms: int, provider: str) -> Reading:
    """Our JSON contract; what is no JSON is one reject."""
    return Reading.of(read_json(data, now_ms))


def read_flux_file(data: bytes, now_ms: int, provider: str) -> Reading:
    """A FLUX message; what is none is one reject."""
    return Reading.of(read_flux(data, now_ms))


READERS: Mapping[str, Read] = {"csv": read_csv, "xlsx": read_xlsx, "json": read_json_file, "flux": read_flux_file}
ADAPTERS = {
    "csv": "vms_csv/2",
    "xlsx": "vms_xlsx/1 (tiêu đề cột chưa xác minh)",
    "json": "vms_json/1",
    "flux": "vms_flux/1",
}


def message_forms() -> list[MessageForm]:
    """One form for every kind of whole file, named `vms_…`."""
    return [_form(name) for name in READERS]


def _form(name: str) -> MessageForm:
    media = "xml" if name == "flux" else name

    def take(connection: psycopg.Connection, message: Message, clock: Clock) -> Summary:
        sha256 = keep_raw(connection, message.data, PurePosixPath(message.name).name or name, media, clock())
        try:
            reading = READERS[name](message.data, unix_ms(message.arrived_at), PROVIDER)
        except BadInput as error:
            reading = Reading.of([Reject(REFUSED, f"{message.name}: {error.detail}", message.data[:KEPT_OF_LONG_LINE])])
        return store_reading(connection, reading, Kept(message.sender, message.name, name, sha256), clock)

    return MessageForm(f"vms_{name}", media, take)


@dataclass(frozen=True)
class Kept:
    """Whose file it is, its name for people, its format and the SHA-256 of its bytes."""

    sender: Sender
    label: str
    format: str
    sha256: bytes


def store_reading(connection: psycopg.Connection, reading: Reading, kept: Kept, clock: Clock) -> Summary:
    """A delivery of its own with everything that was read; runs inside the caller's transaction."""
    opened = Opened(f"vms_{kept.format}", ADAPTERS[kept.format])
    delivery = Delivery(connection, kept.sender, kept.label, clock, opened)
    summary = delivery.summary
    summary.told = [told.vi for told in reading.told]
    summary.lines = reading.lines
    summary.ignored.update(reading.ignored)
    store_waiting(delivery, list(reading.outcomes), None)
    delivery.close(kept.sha256)
    return summary
