"""The scoreboard itself: parts, pillars and totals as exact fractions, ranked. Pure.

A part is a numerator over a denominator; without a denominator there is nothing to judge and no number. A pillar is
the weighed mean of its parts that have one, a total that of its pillars. An agency's parts add up those of its sources.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, NamedTuple

from layers.indicators.spans import Span
from layers.scores.facts import Period, SourceFacts
from layers.scores.models import PILLARS

Fresh = Mapping[str, bool]
"""By source's code: whether its last delivery is no older than its rhythm; a source without one is not in it."""


class Count(NamedTuple):
    """Of `of` things that can be judged, `good` are as they should be."""

    good: int
    of: int

    @property
    def share(self) -> Fraction | None:
        """The share, 0 to 1; None where there is nothing to judge."""
        return Fraction(self.good, self.of) if self.of else None

    def plus(self, other: "Count") -> "Count":
        """Both together."""
        return Count(self.good + other.good, self.of + other.of)


NOTHING = Count(0, 0)


@dataclass(frozen=True)
class Part:
    """One part: its row of weights and its count."""

    weight: Any
    count: Count


@dataclass(frozen=True)
class Pillar:
    """One pillar: its row of weights, its parts, and its share (None: nothing to judge)."""

    weight: Any
    parts: tuple[Part, ...]
    share: Fraction | None


@dataclass(frozen=True)
class Score:
    """Of a source, or of an agency (`source` None) with its `sources`. `before`: the total of the time before,
    `change` against it; None where one of both is not known.
    """

    agency: str
    source: str | None
    pillars: tuple[Pillar, ...]
    total: Fraction | None
    sources: tuple["Score", ...] = ()
    before: Fraction | None = None
    change: Fraction | None = None
    rank: int | None = None


def count_parts(facts: SourceFacts, fresh: Fresh | None) -> dict[tuple[str, str], Count]:
    """Every part of a source, by pillar and name. `fresh` None: today does not lie in the time."""
    files = [file for period in facts.periods for file in period.files]
    known = [p for p in facts.periods if p.expected is not None]

    def summed(good: Callable[[Any], int], of: Callable[[Any], int], things: Iterable[Any] = files) -> Count:
        listed = list(things)
        return Count(sum(map(good, listed)), sum(map(of, listed)))

    own = fresh.get(facts.source) if fresh is not None else None
    return {
        ("dung", "files"): Count(sum(c.taken for c in facts.came), len(facts.came)),
        ("dung", "accepted"): summed(lambda f: f.accepted, lambda f: f.read),
        ("dung", "sums"): summed(lambda f: f.fitting, lambda f: f.sums),
        ("dung", "uncorrected"): summed(lambda f: f.standing, lambda f: f.stored),
        ("du", "deliveries"): _of_periods(facts.periods, ("on_time", "late")),
        ("du", "subjects"): summed(lambda p: p.subjects, lambda p: p.expected, known),
        ("sach", "rejects"): summed(lambda f: max(0, f.read - f.open), lambda f: f.read),
        ("sach", "duplicates"): summed(lambda f: f.accepted - f.known, lambda f: f.accepted),
        ("sach", "conflicts"): summed(lambda p: p.agreed, lambda p: p.figures, facts.periods),
        ("song", "on_time"): _of_periods(facts.periods, ("on_time",)),
        ("song", "age"): NOTHING if own is None else Count(int(own), 1),
    }


def make_board(facts: Sequence[SourceFacts], weights: Sequence[Any], fresh: Fresh | None) -> list[Score]:
    """Every agency with its sources, the best first; those with nothing to judge last and without a rank."""
    by_agency: dict[str, list[tuple[SourceFacts, dict[tuple[str, str], Count]]]] = {}
    for one in facts:
        by_agency.setdefault(one.agency, []).append((one, count_parts(one, fresh)))
    scores = []
    for agency, found in by_agency.items():
        sources = tuple(_score(agency, one.source, counts, weights) for one, counts in found)
        together = {key: _sum(counts[key] for _, counts in found) for key in found[0][1]}
        scores.append(replace(_score(agency, None, together, weights), sources=sources))
    return rank(scores)


def rank(scores: Iterable[Score]) -> list[Score]:
    """The best first; equal totals share a rank."""
    ordered = sorted(scores, key=lambda s: (s.total is None, -(s.total or 0), s.agency))
    totals = [s.total for s in ordered if s.total is not None]
    return [replace(s, rank=None if s.total is None else totals.index(s.total) + 1) for s in ordered]


def compare(scores: Iterable[Score], alike: Iterable[Score], before: Iterable[Score]) -> list[Score]:
    """The same with the change against the time before: of totals made `alike`, without the age of today."""
    now, then = _totals(alike), _totals(before)

    def changed(score: Score) -> Score:
        total, past = now.get((score.agency, score.source)), then.get((score.agency, score.source))
        change = None if total is None or past is None else total - past
        return replace(score, before=past, change=change, sources=tuple(map(changed, score.sources)))

    return [changed(score) for score in scores]


def _totals(scores: Iterable[Score]) -> dict[tuple[str, str | None], Fraction | None]:
    return {(one.agency, one.source): one.total for score in scores for one in (score, *score.sources)}


def weights_in(rows: Sequence[Any], span: Span) -> list[Any]:
    """The weights in force on the first day of a time, the ones that began last, in the order of their ids."""
    chosen: dict[tuple[str, str | None], Any] = {}
    for row in sorted(rows, key=lambda r: (r.valid_from, r.id)):
        if row.valid_from <= span.since and (row.valid_to is None or span.since < row.valid_to):
            chosen[row.pillar, row.part] = row
    return sorted(chosen.values(), key=lambda r: r.id)


def mean(pairs: Iterable[tuple[Fraction | None, Any]]) -> Fraction | None:
    """The weighed mean of what is known; None where nothing is, or nothing weighs."""
    known = [(share, Fraction(weight)) for share, weight in pairs if share is not None]
    whole = sum((weight for _, weight in known), Fraction(0))
    return sum((share * weight for share, weight in known), Fraction(0)) / whole if whole else None


def _score(agency: str, source: str | None, counts: Mapping[tuple[str, str], Count], weights: Sequence[Any]) -> Score:
    pillars = []
    for code in PILLARS:
        own = next((w for w in weights if w.pillar == code and w.part is None), None)
        if own is None:
            continue
        parts = tuple(Part(w, counts.get((code, w.part), NOTHING)) for w in weights if w.pillar == code and w.part)
        pillars.append(Pillar(own, parts, mean((p.count.share, p.weight.weight) for p in parts)))
    return Score(agency, source, tuple(pillars), mean((p.share, p.weight.weight) for p in pillars))


def _sum(counts: Iterable[Count]) -> Count:
    whole = NOTHING
    for count in counts:
        whole = whole.plus(count)
    return whole


def _of_periods(periods: Sequence[Period], states: Sequence[str]) -> Count:
    return Count(sum(p.state.state in states for p in periods), len(periods))
