"""Green, yellow, red: by the bounds in force on the last day of a period, or by the target. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from layers.indicators.places import Place
from layers.indicators.spans import Span

Light = Literal["green", "yellow", "red", "none"]


@dataclass(frozen=True)
class Judged:
    """A light and why: the threshold's row, or the target's; how far beyond the red bound, as a share of it."""

    light: Light = "none"
    threshold: Any | None = None
    target: Any | None = None
    percent: Fraction | None = None
    beyond: Fraction = Fraction(0)


def judge(indicator: Any, value: Fraction | None, place: Place, span: Span, law: "Law") -> Judged:
    """The light of a value; none where nothing is said of it, or there is no figure."""
    if value is None:
        return Judged()
    target = law.target(indicator, place, span)
    goal = None if target is None else Fraction(target.value)
    percent = 100 * value / goal if goal else None
    bounds = law.threshold(indicator.code, span.last)
    if bounds is not None and (bounds.measured == "value" or percent is not None):
        measured = value if bounds.measured == "value" else percent
        assert measured is not None
        light, beyond = _by_bounds(bounds, measured)
        return Judged(light, bounds, target, percent, beyond)
    if target is None or goal is None or indicator.direction == "none":
        return Judged("none", None, target, percent)
    return _by_target(indicator.direction, (value, goal), span.until >= target.period_to, target)


@dataclass(frozen=True)
class Law:
    """The bounds and targets that are known."""

    thresholds: Sequence[Any] = ()
    targets: Sequence[Any] = ()

    def threshold(self, code: str, day: date) -> Any | None:
        """The bounds of an indicator in force on a day, the ones that began last."""
        found = [t for t in self.thresholds if t.indicator == code and _holds(t, day)]
        return max(found, key=lambda t: (t.valid_from, t.id), default=None)

    def target(self, indicator: Any, place: Place, span: Span) -> Any | None:
        """The target of a place whose days hold a period, the shortest; a flow counts from the target's first day."""
        found = [
            t
            for t in self.targets
            if t.indicator == indicator.code
            and (t.subject_kind, t.subject) in place.subjects
            and (t.period_from == span.since or (t.period_from < span.since and indicator.kind != "additive"))
            and span.until <= t.period_to
        ]
        return min(found, key=lambda t: (t.period_to - t.period_from, -t.id), default=None)

    def of(self, codes: Iterable[str]) -> "Law":
        """Those of some indicators."""
        wanted = set(codes)
        return Law(
            [t for t in self.thresholds if t.indicator in wanted], [t for t in self.targets if t.indicator in wanted]
        )


def _holds(row: Any, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


def _by_bounds(bounds: Any, value: Fraction) -> tuple[Light, Fraction]:
    sign = 1 if bounds.direction == "up" else -1
    green = None if bounds.green is None else Fraction(bounds.green)
    red = None if bounds.red is None else Fraction(bounds.red)
    if red is not None and sign * value < sign * red:
        return "red", min(Fraction(1), abs(value - red) / abs(red)) if red else Fraction(1)
    if green is not None and sign * value < sign * green:
        return ("yellow" if red is not None else "red"), Fraction(0)
    return "green", Fraction(0)


def _by_target(direction: str, numbers: tuple[Fraction, Fraction], over: bool, target: Any) -> Judged:
    """By the target alone: what must grow is judged once reached or once its days are over; what must not, at once."""
    value, goal = numbers
    sign = 1 if direction == "up" else -1
    percent = 100 * value / goal if goal else None
    if sign * value >= sign * goal:
        return Judged("green", None, target, percent)
    if direction == "up" and not over:
        return Judged("none", None, target, percent)
    return Judged(
        "red", None, target, percent, min(Fraction(1), abs(value - goal) / abs(goal)) if goal else Fraction(1)
    )
