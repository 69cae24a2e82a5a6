"""The VMS verbs in a row: lines of CSV in, fixes and rejects out."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from geo.clock import Clock, system_clock, unix_ms
from ingest.jumps import JumpWatch
from ingest.outcome import Outcome, Reject
from ingest.source import Line
from ingest.vms.clean import clean_row
from ingest.vms.read import COLUMNS, RowReader


def pipeline_of_lines(clock: Clock) -> "VmsPipeline":
    """For a stream of lines in our columns, with or without a header among them."""
    return VmsPipeline(clock, COLUMNS)


class VmsPipeline:
    """Keeps the header and the last positions between calls."""

    def __init__(
        self, clock: Clock = system_clock, header: Sequence[str] | None = None, *, watch_jumps: bool = True
    ) -> None:
        self._clock = clock
        self._reader = RowReader(header)
        self._jumps = JumpWatch() if watch_jumps else None
        self.extra = 0
        self.now_ms = 0
        self.refresh()

    @property
    def lines(self) -> int:
        """Lines taken in."""
        return self._reader.lines

    @property
    def ignored(self) -> Counter[str]:
        """Headers and blank lines."""
        return self._reader.ignored

    @property
    def preface(self) -> bytes:
        """The header line, once it was read."""
        return self._reader.preface

    def refresh(self) -> None:
        """Look at the clock."""
        self.now_ms = unix_ms(self._clock())

    def push(self, lines: Iterable[Line | Reject]) -> Iterator[Outcome]:
        """The outcomes of these lines. Raises `BadInput` when the first is not a header we can use."""
        for row in self._reader.read(lines):
            fix = row if isinstance(row, Reject) else clean_row(row, self.now_ms)
            yield fix if isinstance(fix, Reject) or self._jumps is None else self._jumps.look(fix)

    def finish(self) -> Iterator[Outcome]:
        """Nothing is ever held back."""
        return iter(())

    def expire(self) -> Iterator[Outcome]:
        """Nothing is ever held back."""
        return iter(())
