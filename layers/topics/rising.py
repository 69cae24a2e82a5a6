"""Whether a topic rises, against its own mean of the weeks before. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from geo.workdays import DAY


@dataclass(frozen=True)
class Rule:
    """See `TopicRule`."""

    days: int
    base_days: int
    ratio: Fraction
    least: int
    least_told: int


@dataclass(frozen=True)
class Course:
    """A topic up to a day: its mean of the last days, of the base before, one by the other; None: not known."""

    recent: Fraction | None
    base: Fraction | None
    times: Fraction | None
    rises: bool


def course_of(counts: Mapping[date, int], until: date, rule: Rule) -> Course:
    """The course of a topic by the day `until` (with it). Days that are not told are not known, and are not 0."""
    recent = [counts[d] for n in range(rule.days) if (d := until - DAY * n) in counts]
    base = [counts[d] for n in range(rule.days, rule.days + rule.base_days) if (d := until - DAY * n) in counts]
    now = Fraction(sum(recent), len(recent)) if len(recent) == rule.days else None
    then = Fraction(sum(base), len(base)) if len(base) >= rule.least_told else None
    times = now / then if now is not None and then else None
    new = now is not None and then == 0
    rises = sum(recent) >= rule.least and (new or (times is not None and times >= rule.ratio))
    return Course(now, then, times, rises)
