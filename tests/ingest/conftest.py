"""What the ingest tests share: a still clock and lines run through a pipeline."""

import unicodedata
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
from ingest.tables.legacy import TCVN3, VNI

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


TONE_MARKS = "\u0301\u0300\u0309\u0303\u0323"


def to_tcvn3(text: str) -> str:
    numbers = {letter: number for number, letter in TCVN3.items()}
    return "".join(numbers.get(c) or numbers.get(c.lower()) or c for c in unicodedata.normalize("NFC", text))


def to_vni(text: str) -> str:
    spellings = {letter: number for number, letter in sorted(VNI.items(), reverse=True)}
    # a capital takes capital marks: AÙ before Aù
    spellings |= {letter: number for number, letter in VNI.items() if number.isupper() == letter.isupper()}
    return "".join(spellings.get(c, c) for c in unicodedata.normalize("NFC", text))


def to_windows_1258(text: str) -> str:
    out = b""
    for c in unicodedata.normalize("NFC", text):
        try:
            out += c.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", c)
            tone = next(m for m in marks if m in TONE_MARKS)
            rest = unicodedata.normalize("NFC", base + "".join(m for m in marks if m != tone))
            out += (rest + tone).encode("cp1258")
    return out.decode("latin-1")


WRITERS = {"tcvn3": to_tcvn3, "vni": to_vni, "windows-1258": to_windows_1258}


@pytest.fixture(scope="session")
def write_letters() -> Callable[[str, str], str]:
    """Text as it stands in an old encoding, each byte one character; UTF-8 as it is."""
    return lambda name, text: WRITERS.get(name, str)(text)
