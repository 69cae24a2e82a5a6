"""The verbs in a row for a source that ends: read, understand, write in batches, tell how far, sum up."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any, BinaryIO, Protocol

import orjson
import psycopg

from geo.clock import Clock, system_clock
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fact, Fix, Outcome, Reject, Report
from ingest.source import Line, Source
from ingest.summary import Progress, Summary
from ingest.write import Batch

BATCH = 5_000
Reporter = Callable[[Progress], None]
Describe = Callable[[Fact], dict[str, Any]]


class Pipeline(Protocol):
    """Lines in, outcomes out; remembers what spans lines."""

    @property
    def lines(self) -> int:
        """Lines taken in."""
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


@dataclass(frozen=True)
class LoadOptions:
    """What a load is told beside its source.

    `connection` (psycopg, autocommit, from `layers.database.connect`) is None for a dry run: nothing is stored and
    `stored` stays 0. `ndjson` takes one JSON object a line for every valid message, stored or not. `clock` is UTC.
    """

    sender: Sender
    connection: psycopg.Connection | None = None
    ndjson: BinaryIO | None = None
    clock: Clock = system_clock
    batch: int = BATCH


def quiet(progress: Progress) -> None:
    """Tell nobody."""


def run_load(source: Source, pipeline: Pipeline, options: LoadOptions, describe: Describe, report: Reporter) -> Summary:
    """Load a whole source. Raises OpsmapError before anything is stored, or the database's own error; batches already
    written stay, and a second run stores only what is missing.
    """
    began = monotonic()
    delivery = None
    if options.connection is not None:
        delivery = Delivery(options.connection, options.sender, source.label, options.clock)
    summary = delivery.summary if delivery else Summary()
    outcomes = _watch(pipeline, source, options, describe, summary)
    for batch in _batches(outcomes, options.batch):
        if delivery:
            delivery.write(batch)
        pipeline.refresh()
        report(Progress(pipeline.lines, summary.messages, summary.stored, source.share(), monotonic() - began))
    summary.lines, summary.extra_sentences, summary.seconds = pipeline.lines, pipeline.extra, monotonic() - began
    if delivery:
        delivery.close(source.digest())
    return summary


def _watch(
    pipeline: Pipeline, source: Source, options: LoadOptions, describe: Describe, summary: Summary
) -> Iterator[Outcome]:
    """All outcomes, counted and written out as they pass."""
    for outcomes in (pipeline.push(source), pipeline.finish()):
        for outcome in outcomes:
            summary.count(outcome)
            if options.ndjson is not None and isinstance(outcome, Fix | Report):
                options.ndjson.write(orjson.dumps(describe(outcome), option=orjson.OPT_APPEND_NEWLINE))
            yield outcome


def _batches(outcomes: Iterator[Outcome], size: int) -> Iterator[Batch]:
    """Batches of about `size` facts and rejects; at least one, so that an empty source is reported too."""
    batch = Batch()
    for outcome in outcomes:
        batch.add(outcome)
        if len(batch) >= size:
            yield batch
            batch = Batch()
    yield batch
