"""What one peer has said so far, rebuilt from its records whenever a loader starts: so half a message is never lost.

Time here is the records' own time of arrival, so that the same records always give the same outcomes.
"""

from collections import Counter, deque
from datetime import datetime, timedelta

from geo.clock import from_unix_ms, unix_ms
from geo.errors import BadInput
from ingest.bus.bus import Held
from ingest.form import LineForm
from ingest.load import preface_of
from ingest.outcome import Outcome, Reject
from ingest.source import KEPT_OF_LONG_LINE, LineCutter
from ingest.stream import Tally

WINDOW_MS = 15_000
"""What a pipeline holds back, it holds back less long than this."""
QUIET = timedelta(milliseconds=WINDOW_MS)
IDLE = timedelta(minutes=10)
NOT_UNDERSTOOD = "not_understood"


class Conversation:
    """One peer's lines in one form."""

    def __init__(self, form: LineForm, held: Held) -> None:
        self._form = form
        self.key = conversation_key(held)
        self.record = held.record
        self.now = from_unix_ms(held.record.arrived_ms)
        self._said: deque[tuple[int, int]] = deque()
        self._tail_at: int | None = None
        self._before = self._told = Tally(0, 0, Counter())
        self._begin()

    def hear(self, held: Held) -> list[Outcome]:
        """The outcomes of a record."""
        self.record = held.record
        self.now = from_unix_ms(held.record.arrived_ms)
        self._said.append((held.record.arrived_ms, held.at))
        while self._said[0][0] < held.record.arrived_ms - WINDOW_MS:
            self._said.popleft()
        data = held.record.data
        try:
            self._pipeline.refresh()
            found = [*self._pipeline.push(self._cutter.cut(data, self.now)), *self._pipeline.expire()]
        except Exception as error:  # whatever it is, one record must never stop all that come after it
            found = self._give_up(data, error)
        if b"\n" in data:
            self._tail_at = None if data.endswith(b"\n") else held.at
        elif self._tail_at is None:
            self._tail_at = held.at
        return found

    def let_go(self, now: datetime) -> list[Outcome]:
        """What was held back, when the peer has been quiet for longer than any message takes; once."""
        if not self._said or now - self.now < QUIET:
            return []
        self._said.clear()
        self.now += QUIET
        self._pipeline.refresh()
        return list(self._pipeline.expire())

    def is_over(self, now: datetime) -> bool:
        """Nothing has come for so long that nothing more is expected."""
        return now - self.now > IDLE

    def end(self) -> list[Outcome]:
        """The last, unended line and what the pipeline held back."""
        try:
            return [*self._pipeline.push(self._cutter.end()), *self._pipeline.finish()]
        except Exception as error:
            return self._give_up(b"", error)

    def state_from(self, done_to: int) -> int:
        """Where to read again from, to know again what is half-said."""
        begun = [self._said[0][1]] if self._said else []
        begun += [] if self._tail_at is None else [self._tail_at]
        return min(begun, default=done_to)

    def new_counts(self) -> Tally:
        """What has been counted since the last call."""
        counted = self._counted()
        lines, extra, ignored, _ = self._told
        self._told = counted
        return Tally(counted.lines - lines, counted.extra - extra, counted.ignored - ignored)

    @property
    def preface(self) -> bytes:
        """The header line that the peer's lines are read under; empty for a form without one."""
        return preface_of(self._pipeline)

    def _begin(self) -> None:
        self._cutter = LineCutter()
        self._pipeline = self._form.make_pipeline(lambda: self.now)

    def _counted(self) -> Tally:
        lines, extra, ignored, _ = self._before
        pipeline = self._pipeline
        return Tally(lines + pipeline.lines, extra + pipeline.extra, ignored + pipeline.ignored)

    def _give_up(self, data: bytes, error: Exception) -> list[Outcome]:
        """One reject for all of a record that could not be taken apart; the peer begins anew."""
        detail = error.detail if isinstance(error, BadInput) else repr(error)[:300]
        lines = max(1, data.count(b"\n"))
        self._before = self._told._replace(lines=self._told.lines + lines)
        self._begin()
        return [Reject(NOT_UNDERSTOOD, detail, data[:KEPT_OF_LONG_LINE], None, unix_ms(self.now), lines)]


def conversation_key(held: Held) -> tuple[str, ...]:
    """Records of one conversation share this."""
    record = held.record
    return (held.writer, held.sender, record.peer, record.form, record.source, record.origin)
