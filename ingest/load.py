"""The verbs in a row for a source that ends: read, understand, write in batches, tell how far, sum up."""

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from time import monotonic
from typing import Any, BinaryIO, Protocol

import orjson
import psycopg

from geo.clock import Clock, system_clock
from ingest.deliveries import Delivery, Opened, Sender
from ingest.outcome import Fact, Outcome, Reject
from ingest.source import Line, Source
from ingest.summary import Progress, Summary
from ingest.write import Batch

BATCH = 8_000
SWITCH_S = 0.001
COLLECT_AFTER = 50_000
"""Objects made before Python looks for cycles; what a batch is made of has none, and looking again and again costs."""
Reporter = Callable[[Progress], None]
Describe = Callable[[Fact], dict[str, Any]]


class Pipeline(Protocol):
    """Lines in, outcomes out; remembers what spans lines."""

    @property
    def lines(self) -> int:
        """Lines taken in."""
        ...

    @property
    def ignored(self) -> Counter[str]:
        """Lines in order that hold nothing to store, by kind."""
        ...

    @property
    def extra(self) -> int:
        """Outcomes beyond one for a line."""
        ...

    def refresh(self) -> None:
        """Look at the clock."""
        ...

    def push(self, lines: Iterable[Line | Reject]) -> Iterator[Outcome]:
        """The outcomes of these lines."""
        ...

    def finish(self) -> Iterator[Outcome]:
        """What was held back."""
        ...

    def expire(self) -> Iterator[Outcome]:
        """For streams without an end: what was held back too long."""
        ...


def preface_of(reader: object) -> bytes:
    """The line that must be read before any other of a pipeline or stream: its header, if its form has one."""
    found: bytes = getattr(reader, "preface", b"")
    return found


@dataclass(frozen=True)
class LoadOptions:
    """What a load is told beside its source.

    `connection` (psycopg, autocommit, from `layers.database.connect`) is None for a dry run: nothing is stored and
    `stored` stays 0. `ndjson` takes one JSON object a line for every valid message, stored or not. `clock` is UTC.
    `form` is the name of the form that the source speaks.
    """

    sender: Sender
    connection: psycopg.Connection | None = None
    ndjson: BinaryIO | None = None
    clock: Clock = system_clock
    batch: int = BATCH
    form: str | None = None


class Behind:
    """Does one thing at a time on a thread of its own: the database stores a batch while the next is being read.

    An error surfaces with the next batch, or at the end; nothing after it is started. Threads change turns more often
    meanwhile, because the writing one needs only moments between long waits for the database.
    """

    def __init__(self, work: Callable[[Batch], None] | None) -> None:
        self._work = work
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ingest-write")
        self._under_way: Future[None] | None = None

    def __enter__(self) -> "Behind":
        self._interval, self._thresholds = sys.getswitchinterval(), gc.get_threshold()
        sys.setswitchinterval(SWITCH_S)
        gc.set_threshold(COLLECT_AFTER, *self._thresholds[1:])
        return self

    def __call__(self, batch: Batch) -> None:
        """Wait for the batch before, then start this one."""
        self._settle()
        if self._work is not None:
            self._under_way = self._thread.submit(self._work, batch)

    def _settle(self) -> None:
        if self._under_way is not None:
            self._under_way.result()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._thread.shutdown()
        sys.setswitchinterval(self._interval)
        gc.set_threshold(*self._thresholds)
        if kind is None:
            self._settle()


def quiet(progress: Progress) -> None:
    """Tell nobody."""


def run_load(source: Source, pipeline: Pipeline, options: LoadOptions, describe: Describe, report: Reporter) -> Summary:
    """Load a whole source. Raises OpsmapError before anything is stored, or the database's own error; batches already
    written stay, and a second run stores only what is missing.
    """
    began = monotonic()
    batches = _batches(chain(pipeline.push(source), pipeline.finish()), options.batch)
    first = next(batches)
    delivery = None
    if options.connection is not None:
        delivery = Delivery(options.connection, options.sender, source.label, options.clock, Opened(options.form))
    summary = delivery.summary if delivery else Summary()
    with Behind(delivery.write if delivery else None) as store:
        for batch in chain((first,), batches):
            summary.count(batch.facts, batch.rejects)
            if options.ndjson is not None:
                options.ndjson.writelines(map(_json_line, map(describe, batch.facts)))
            store(batch)
            pipeline.refresh()
            report(Progress(pipeline.lines, summary.messages, summary.stored, source.share(), monotonic() - began))
    summary.close(pipeline.lines, pipeline.extra, pipeline.ignored, monotonic() - began)
    if delivery:
        delivery.keep_preface(preface_of(pipeline))
        delivery.close(source.digest())
        delivery.keep_tracks()
    return summary


def _json_line(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)


def _batches(outcomes: Iterator[Outcome], size: int) -> Iterator[Batch]:
    """Batches of `size`; at least one, so that an empty source is reported too."""
    batch = Batch(islice(outcomes, size))
    yield batch
    while batch.facts or batch.rejects:
        batch = Batch(islice(outcomes, size))
        if batch.facts or batch.rejects:
            yield batch
