"""The AIS verbs in a row: lines in, facts and rejects out. Shared by files, live streams and benches."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from geo.clock import Clock, system_clock, unix_ms
from ingest.ais.assemble import Assembler
from ingest.ais.clean import clean_message, clean_position
from ingest.ais.decode import Message, Position, decode_sentence
from ingest.ais.listen import Heard, Listener, Sentence
from ingest.jumps import JumpWatch
from ingest.outcome import Fix, Outcome, Reject
from ingest.source import FileSource, Line


class AisPipeline:
    """Keeps what spans lines (waiting envelopes, open groups, last positions) between calls.

    Several pipelines side by side may share the watch over jumps.
    """

    def __init__(self, clock: Clock = system_clock, jumps: JumpWatch | None = None) -> None:
        self._clock = clock
        self._listener = Listener()
        self._assembler = Assembler()
        self._jumps = jumps or JumpWatch()
        self.now_ms = 0
        self.refresh()

    @property
    def lines(self) -> int:
        """Lines taken in."""
        return self._listener.lines

    @property
    def ignored(self) -> Counter[str]:
        """Lines in order that hold no AIS sentence, by kind."""
        return self._listener.ignored

    @property
    def extra(self) -> int:
        """Sentences beyond the first of their line."""
        return self._listener.extra

    def refresh(self) -> None:
        """Look at the clock. Once a batch is enough; within a batch all untimed lines get the same moment."""
        self.now_ms = unix_ms(self._clock())

    def push(self, lines: Iterable[Line | Reject]) -> Iterator[Outcome]:
        """The outcomes of these lines; parts of unfinished messages are held back."""
        return self._outcomes(self._assembler.join(self._listener.read(lines)))

    def finish(self) -> Iterator[Outcome]:
        """What was held back."""
        return self._outcomes(self._assembler.flush())

    def expire(self) -> Iterator[Outcome]:
        """For live streams: what was held back longer than a message can take."""
        return self._outcomes(self._assembler.expire(self.now_ms))

    def _outcomes(self, heard: Iterable[Heard]) -> Iterator[Outcome]:
        for item in heard:
            said = decode_sentence(item) if isinstance(item, Sentence) else item
            if isinstance(said, Position):
                fix = clean_position(said, self.now_ms)
                yield self._jumps.look(fix) if isinstance(fix, Fix) else fix
            elif isinstance(said, Message):
                yield clean_message(said, self.now_ms)
            else:
                yield said


def decode_file(path: str | Path) -> int:
    """How many valid messages a file holds; everything but storing. For benches."""
    pipeline = AisPipeline()
    count = sum(hasattr(outcome, "key") for outcome in pipeline.push(FileSource(path)))
    return count + sum(hasattr(outcome, "key") for outcome in pipeline.finish())
