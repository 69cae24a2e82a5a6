"""Why a number changed, or misses its bound: shares of its parts that add up to the whole, exactly. Pure.

A ratio k·N/D changes by what its two sides do. Each part gets a numerator effect k·Δn·(1/D₀ + 1/D₁)/2 and a
denominator effect −k·Δd·(N₀ + N₁)/(2·D₀·D₁): the mean of changing the one side first or the other (Shapley), so no
order is preferred and all effects together are the change itself. What no part explains stands as a line of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from layers.indicators.formula import Formula
from layers.indicators.numbers import rounded, shown_parts

ZERO = Fraction(0)
Ends = tuple[Fraction, Fraction]
"""Two numbers that belong together: then and now, or above and below the line."""
REST = "rest"
"""The id of the line that no part explains."""


@dataclass(frozen=True)
class Side:
    """One part's number, then and now; of a ratio what is above and below its line. None: not known."""

    id: str
    then: tuple[Fraction, Fraction] | None
    now: tuple[Fraction, Fraction] | None


@dataclass(frozen=True)
class Share:
    """What one part contributes: `effect` = `above` + `below`; `shown` is rounded so that all shown add up."""

    id: str
    effect: Fraction
    above: Fraction
    below: Fraction
    shown: Decimal = Decimal(0)


@dataclass(frozen=True)
class Explained:
    """`delta` = `end` − `start`, exactly the sum of the shares; the shown numbers add up in the same way."""

    start: Fraction
    end: Fraction
    delta: Fraction
    shares: tuple[Share, ...]
    shown_start: Decimal
    shown_end: Decimal
    shown_delta: Decimal


def explain_sum(sides: Sequence[Side], start: Fraction, end: Fraction, decimals: int) -> Explained:
    """A sum: every part's own difference. A part known only then or only now explains nothing, the rest line does."""
    effects = {s.id: s.now[0] - s.then[0] for s in sides if s.now is not None and s.then is not None}
    return _finish({i: (effect, ZERO) for i, effect in effects.items()}, (start, end), decimals)


def explain_ratio(sides: Sequence[Side], ends: tuple[Fraction, Fraction], factor: Fraction, decimals: int) -> Explained:
    """A ratio: `ends` are its values then and now as they are told; parts as above and below."""
    known = [s for s in sides if s.now is not None and s.then is not None]
    sums = [[sum((side[at] for side in whole), ZERO) for at in (0, 1)] for whole in _columns(known)]
    (above0, below0), (above1, below1) = sums
    effects: dict[str, tuple[Fraction, Fraction]] = {}
    if below0 and below1:
        up = factor * (1 / below0 + 1 / below1) / 2
        down = -factor * (above0 + above1) / (2 * below0 * below1)
        for s in known:
            assert s.then is not None and s.now is not None  # noqa: PT018 - chosen so
            effects[s.id] = (up * (s.now[0] - s.then[0]), down * (s.now[1] - s.then[1]))
    return _finish(effects, ends, decimals)


def explain_distance(
    sides: Sequence[Side],
    value: Fraction,
    goal: Fraction,
    formula: Formula | None,
    decimals: int,
    weights: Mapping[str, Fraction] | None = None,
) -> Explained:
    """The distance of a value from its bound: each part against what it should have been for the bound to hold.

    Of a ratio that is bound ÷ factor × what is below its line; of a sum its share of the bound by `weights`.
    """
    known = [s for s in sides if s.now is not None]
    effects: dict[str, tuple[Fraction, Fraction]] = {}
    if formula is not None:
        below = sum((s.now[1] for s in known if s.now is not None), ZERO)
        for s in known:
            assert s.now is not None  # chosen so
            if below:
                lack = s.now[0] - goal / formula.factor * s.now[1]
                effects[s.id] = (formula.factor * lack / below, ZERO)
    else:
        whole = sum((weights or {}).values(), ZERO)
        for s in known:
            assert s.now is not None  # chosen so
            due = goal * (weights or {}).get(s.id, ZERO) / whole if whole else ZERO
            effects[s.id] = (s.now[0] - due, ZERO)
    return _finish(effects, (goal, value), decimals)


def _columns(known: Sequence[Side]) -> list[list[tuple[Fraction, Fraction]]]:
    return [[s.then for s in known if s.then is not None], [s.now for s in known if s.now is not None]]


def _finish(
    effects: Mapping[str, tuple[Fraction, Fraction]], ends: tuple[Fraction, Fraction], decimals: int
) -> Explained:
    """Sorted by weight, the rest last; rounded so that parts add up to the difference of the shown ends."""
    start, end = ends
    delta = end - start
    shares = [Share(i, above + below, above, below) for i, (above, below) in effects.items()]
    shares.sort(key=lambda s: (-abs(s.effect), s.id))
    rest = delta - sum((s.effect for s in shares), ZERO)
    if rest:
        shares.append(Share(REST, rest, rest, ZERO))
    shown_start, shown_end = rounded(start, decimals), rounded(end, decimals)
    shown_delta = shown_end - shown_start
    shown = shown_parts([s.effect for s in shares], shown_delta, decimals)
    told = tuple(Share(s.id, s.effect, s.above, s.below, n) for s, n in zip(shares, shown, strict=True))
    return Explained(start, end, delta, told, shown_start, shown_end, shown_delta)


def dominant(found: Explained) -> list[Share]:
    """The parts that pushed the way the whole went, the strongest first."""
    way = 1 if found.delta >= 0 else -1
    return [s for s in found.shares if s.id != REST and s.effect * way > 0]
