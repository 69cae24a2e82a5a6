"""What one delivery came to. Everything read is accounted for: nothing enters without being counted somewhere.

    lines + extra_sentences = messages + Σ ignored + Σ rejected        messages = stored + duplicates

`ignored.fragment_joined` counts the lines of joined messages beyond the first; `extra_sentences` the sentences that
shared a line with an earlier one (so it is nearly always 0 and then left out). `told` is how a file was understood, in
Vietnamese. `lost_datagrams` never became lines: the
system dropped them, or we did for want of room (UDP only).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from ingest.outcome import Fact, Flag, Reject

NO_TIME = int(Flag.UNTIMED | Flag.ARRIVAL)
UNTIMED_NOTE = "lines without a receive time cannot be told from a second reading of themselves"


class Progress(NamedTuple):
    """How far a load is; `share` is 0 to 1, None when nobody can know."""

    lines: int
    messages: int
    stored: int
    share: float | None
    seconds: float


@dataclass
class Summary:
    """Counts of one delivery, in lines unless said otherwise. `seconds` is wall time."""

    lines: int = 0
    messages: int = 0
    stored: int = 0
    duplicates: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    untimed: int = 0
    extra_sentences: int = 0
    lost_datagrams: int = 0
    seconds: float = 0.0
    told: list[str] = field(default_factory=list)

    def reject(self, reason: str, lines: int = 1) -> None:
        """Count a refused line."""
        self.rejected[reason] += lines

    def count(self, facts: Iterable[Fact], rejects: Iterable[Reject]) -> None:
        """Count a batch (all but its storing)."""
        for reject in rejects:
            self.reject(reject.reason, reject.lines)
        for fact in facts:
            self.messages += 1
            if fact.lines > 1:
                self.ignored["fragment_joined"] += fact.lines - 1
            if fact.flags & NO_TIME:
                self.untimed += 1

    def close(self, lines: int, extra: int, ignored: Counter[str], seconds: float) -> None:
        """Take over what the pipeline counted."""
        self.lines, self.extra_sentences, self.seconds = lines, extra, seconds
        self.ignored.update(ignored)

    @property
    def unaccounted(self) -> int:
        """Lines that ended nowhere; anything but 0 is a fault of ours."""
        ended = self.messages + self.ignored.total() + self.rejected.total()
        return self.lines + self.extra_sentences - ended

    def as_dict(self) -> dict[str, Any]:
        """The contract's keys; further ones only where they say something."""
        counts: dict[str, Any] = {
            "lines": self.lines,
            "messages": self.messages,
            "stored": self.stored,
            "duplicates": self.duplicates,
            "ignored": dict(sorted(self.ignored.items())),
            "rejected": dict(sorted(self.rejected.items())),
            "untimed": self.untimed,
            "seconds": round(self.seconds, 3),
        }
        extras = {
            "extra_sentences": self.extra_sentences,
            "lost_datagrams": self.lost_datagrams,
            "unaccounted": self.unaccounted,
        }
        notes = {"note": UNTIMED_NOTE} if self.untimed else {}
        told = {"told": self.told} if self.told else {}
        return counts | {name: count for name, count in extras.items() if count} | notes | told

    @classmethod
    def read(cls, told: dict[str, Any]) -> "Summary":
        """The summary that `as_dict` told."""
        names = ("lines", "messages", "stored", "duplicates", "untimed", "seconds", "extra_sentences", "lost_datagrams")
        summary = cls(**{name: told[name] for name in names if name in told})
        summary.ignored.update(told.get("ignored", {}))
        summary.rejected.update(told.get("rejected", {}))
        summary.told = list(told.get("told", ()))
        return summary

    def as_json(self) -> str:
        """One line of JSON: the last line of `--summary json`."""
        return orjson.dumps(self.as_dict()).decode()
