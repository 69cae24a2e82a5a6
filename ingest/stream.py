"""Where a live feed's outcomes come from, whatever it is that brings the lines."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple, Protocol

from ingest.load import Pipeline, preface_of
from ingest.outcome import Outcome
from ingest.source import bounded

ReadChunk = Callable[[], Iterable[bytes]]


class Tally(NamedTuple):
    """What a stream has counted so far, as `Summary.close` wants it, and the datagrams known to be lost."""

    lines: int
    extra: int
    ignored: Counter[str]
    lost: int = 0


class Stream(Protocol):
    """Outcomes without an end. None of its methods blocks for long."""

    def take(self, now: datetime, room: int) -> list[Outcome]:
        """What has come by `now` (UTC): about `room` outcomes at most, the rest stays for the next call."""
        ...

    def close(self) -> None:
        """Let nothing more come; what has come can still be taken."""
        ...

    def finish(self) -> list[Outcome]:
        """What was held back; the last call."""
        ...

    def tally(self) -> Tally:
        """The counts so far."""
        ...


class ChunkStream:
    """Lines asked for in chunks: `read_chunk` gives those that have come since the last call, perhaps none."""

    def __init__(self, read_chunk: ReadChunk, pipeline: Pipeline) -> None:
        self._read_chunk = read_chunk
        self._pipeline = pipeline

    def take(self, now: datetime, room: int) -> list[Outcome]:
        """All of the next chunk; `now` stamps its arrival."""
        self._pipeline.refresh()
        numbered = enumerate(self._read_chunk(), self._pipeline.lines + 1)
        lines = [bounded(raw.rstrip(b"\r\n"), now, number) for number, raw in numbered]
        return [*self._pipeline.push(lines), *self._pipeline.expire()]

    @property
    def preface(self) -> bytes:
        """The header line that its lines are read under, once there was one."""
        return preface_of(self._pipeline)

    def close(self) -> None:
        """Nothing comes without being asked for; and nothing is asked for any more."""
        self._read_chunk = tuple

    def finish(self) -> list[Outcome]:
        """What the pipeline held back."""
        return list(self._pipeline.finish())

    def tally(self) -> Tally:
        """The pipeline's counts."""
        return Tally(self._pipeline.lines, self._pipeline.extra, self._pipeline.ignored)
