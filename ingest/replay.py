"""Plays a recording as if it were live: what it holds comes when it is due, at the speed asked for.

One rule for all times: recorded x is played at `began + (x − first) / speed`. With `shift` that moment is also what the
facts say of themselves, so they are never of the future and the live map shows them as now; without it they keep
their recorded times and belong to the past. Raw lines stay as recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from geo.clock import from_unix_ms, unix_ms
from geo.errors import BadInput
from ingest.load import Pipeline
from ingest.outcome import Fact, Flag, Outcome, Reject
from ingest.source import Source
from ingest.stream import Tally

LONG_GAP_MS = 60_000
LOOK_AHEAD = 10_000
FASTEST = 100_000.0
_UNTIMED = int(Flag.UNTIMED)


@dataclass(frozen=True)
class Playing:
    """How to play: times faster than it was; `shift` says the moment of playing; `skip_gaps` passes over long silences.

    A silence of more than a minute of the recording is then cut to a minute.
    """

    speed: float = 1.0
    shift: bool = False
    skip_gaps: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.speed <= FASTEST:
            raise BadInput(f"--speed {self.speed}: use more than 0, at most {FASTEST:.0f}", field="speed")


class ReplayStream:
    """A `Stream` out of a recording. It is `over` when its last outcome has been taken.

    BadInput for a recording that does not say when its lines were heard: there is nothing to play it by.
    """

    def __init__(self, source: Source, pipeline: Pipeline, playing: Playing) -> None:
        self._source, self._pipeline, self._playing = source, pipeline, playing
        self._began_ms = 0
        self._outcomes: Iterator[Outcome] = chain(pipeline.push(source), pipeline.finish())
        self._ahead: list[Outcome] = []
        self._first_ms = self._find_first()
        self._last_ms = self._first_ms
        self._skipped_ms = 0
        self._not_reached = 0
        self.over = False

    def take(self, now: datetime, room: int) -> list[Outcome]:
        """What is due by `now`; the first call begins."""
        self._pipeline.refresh()
        now_ms = unix_ms(now)
        self._began_ms = self._began_ms or now_ms
        found: list[Outcome] = []
        while len(found) < room and (outcome := self._next()) is not None:
            at_ms = self._play_at(outcome)
            if at_ms > now_ms:
                self._ahead.insert(0, outcome)
                break
            self._last_ms = heard_ms(outcome) or self._last_ms
            found.append(self._placed(outcome, at_ms))
        return found

    @property
    def reached(self) -> datetime:
        """The recorded moment that has been played."""
        return from_unix_ms(self._last_ms)

    def share(self) -> float | None:
        """How much of the recording has been read, 0 to 1."""
        return self._source.share()

    def close(self) -> None:
        """Play no more; what was read ahead is counted as not reached."""
        rest = [*self._ahead, *self._pipeline.finish()]
        self._not_reached = sum(outcome.lines for outcome in rest)
        self._ahead, self._outcomes = [], iter(())

    def finish(self) -> list[Outcome]:
        """Nothing is held back."""
        return []

    def tally(self) -> Tally:
        """The pipeline's counts, with the lines read ahead and not played under `not_reached`."""
        ignored = self._pipeline.ignored.copy()
        if self._not_reached:
            ignored["not_reached"] = self._not_reached
        return Tally(self._pipeline.lines, self._pipeline.extra, ignored)

    def _find_first(self) -> int:
        for outcome in self._outcomes:
            self._ahead.append(outcome)
            first = heard_ms(outcome)
            if first is not None:
                return first
            if len(self._ahead) >= LOOK_AHEAD:
                break
        raise BadInput(
            f"{self._source.label} does not say when its lines were heard, so it cannot be replayed;"
            " load it with opsmap ingest",
            field="file",
        )

    def _next(self) -> Outcome | None:
        if self._ahead:
            return self._ahead.pop(0)
        outcome = next(self._outcomes, None)
        self.over = outcome is None
        return outcome

    def _play_at(self, outcome: Outcome) -> int:
        """When it is due, Unix ms; what nobody timed is due with what stood before it."""
        recorded = heard_ms(outcome) or self._last_ms
        silence = recorded - self._last_ms
        if self._playing.skip_gaps and silence > LONG_GAP_MS:
            self._skipped_ms += silence - LONG_GAP_MS
            self._last_ms = recorded
        return self._mapped(recorded)

    def _mapped(self, recorded_ms: int) -> int:
        return self._began_ms + round((recorded_ms - self._first_ms - self._skipped_ms) / self._playing.speed)

    def _placed(self, outcome: Outcome, at_ms: int) -> Outcome:
        if not self._playing.shift:
            return outcome
        if isinstance(outcome, Reject):
            return outcome._replace(heard_ms=at_ms)
        t_ms = at_ms if outcome.flags & _UNTIMED else self._mapped(outcome.t_ms)
        return moved(outcome, t_ms, at_ms)


def moved(fact: Fact, t_ms: int, heard_ms: int) -> Fact:
    """The same fact at other times."""
    return fact._replace(t_ms=t_ms, heard_ms=heard_ms)


def heard_ms(outcome: Outcome) -> int | None:
    """When it was heard, if anybody said."""
    if not isinstance(outcome, Reject) and outcome.flags & _UNTIMED:
        return None
    return outcome.heard_ms
