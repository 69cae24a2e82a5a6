"""What the ingest tests share: a still clock and lines run through a pipeline."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from geo.clock import Clock
from ingest.ais.pipeline import AisPipeline
from ingest.outcome import Fact, Reject
from ingest.source import IterableSource
from ingest.summary import Summary

STILL = datetime.fromtimestamp(1_796_000_000, UTC)


class Run(NamedTuple):
    facts: list[Fact]
    rejects: list[Reject]
    summary: Summary

    @property
    def keys(self) -> Counter[tuple[str, int, int]]:
        return Counter((fact.key, fact.t_ms, fact.payload_hash) for fact in self.facts)


def understand(lines: Iterable[bytes], chunk: int | None = None) -> Run:
    """Lines through the AIS verbs, all at once or in chunks, without a database."""
    pipeline = AisPipeline(lambda: STILL)
    numbered = list(IterableSource(lines))
    size = chunk or len(numbered) or 1
    outcomes = [out for at in range(0, len(numbered), size) for out in pipeline.push(numbered[at : at + size])]
    outcomes += pipeline.finish()
    facts = [out for out in outcomes if not isinstance(out, Reject)]
    rejects = [out for out in outcomes if isinstance(out, Reject)]
    summary = Summary()
    summary.count(facts, rejects)
    summary.close(pipeline.lines, pipeline.extra, pipeline.ignored, 0.0)
    return Run(facts, rejects, summary)


@pytest.fixture(scope="session")
def run() -> Callable[..., Run]:
    return understand


@pytest.fixture(scope="session")
def still() -> Clock:
    return lambda: STILL
