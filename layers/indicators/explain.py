"""Why an indicator of a place changed, or misses its bound: by units, agencies or records, with one sentence."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from geo.errors import BadInput, NotFound
from geo.workdays import DAY
from layers.database import ReadConnection
from layers.indicators.catalogue import SUMMED
from layers.indicators.compose import Composer
from layers.indicators.fetch import Desk, fetch
from layers.indicators.formula import codes_of, formula_of
from layers.indicators.lights import judge
from layers.indicators.places import Place
from layers.indicators.read import find_indicator, main_span, subjects_of
from layers.indicators.readings import Reading, Told
from layers.indicators.spans import Span, before, span_of, year_before
from layers.indicators.why import Explained, Side, explain_distance, explain_ratio, explain_sum

AGAINST = ("before", "year_before", "target", "threshold")
"""The period before, the same days of the year before, the target, the bound of green (else of red)."""


@dataclass(frozen=True)
class Row:
    """One part: its own value then and now, the figures it stands on now, and whether any at either end is pending."""

    place: Place
    then: Fraction | None
    now: Fraction | None
    told: tuple[Told, ...]
    pending: bool = False


@dataclass(frozen=True)
class Why:
    """What was asked and what came out. `other` is the period compared with, or None against a bound (`bound`)."""

    indicator: Any
    place: Place
    span: Span
    against: str
    other: Span | None
    bound: Any | None
    reading: Reading
    explained: Explained
    level: str | None
    levels: tuple[str, ...]
    rows: dict[str, Row]
    then_pending: bool = False

    @property
    def is_pending(self) -> bool:
        """Whether anything in it stands on a figure that nobody has approved yet."""
        return self.reading.is_pending or self.then_pending or any(row.pending for row in self.rows.values())

    @property
    def known(self) -> int:
        """How many parts are known at both ends."""
        return sum(r.now is not None and (self.other is None or r.then is not None) for r in self.rows.values())


def key_of(place: Place) -> str:
    """What a part is called in the explanation."""
    return ":".join(place.id)


async def read_why(
    connection: ReadConnection, desk: Desk, code: str, place: Place, asked: tuple[date, str, str]
) -> tuple[Composer, Why]:
    """Explain the period of a day against another period or a bound, by a level (empty: the one most is known of).

    NotFound where there is nothing to explain or to hold it against.
    """
    day, against, by = asked
    indicator, composer = find_indicator(desk, code), desk.composer()
    if against not in AGAINST:
        raise BadInput(f"against={against!r}: use one of {', '.join(AGAINST)}", field="against")
    span = main_span(indicator, span_of(indicator.period, day))
    other = before(span) if against == "before" else year_before(span)
    early = min(before(span).since, year_before(span).since) - DAY * 366
    whose = await subjects_of(connection, desk, place)
    await fetch(connection, composer, codes_of(indicator), (early, span_of("year", span.last).until), whose)
    reading = composer.read(code, place, span)
    if reading.value is None:
        raise NotFound(f"period={day}: no figure of {code} there", field="period")
    if against in ("before", "year_before"):
        return composer, _changed(composer, indicator, place, (span, other, against, by, reading))
    return composer, _missed(composer, desk, indicator, place, (span, other, against, by, reading))


def _changed(composer: Composer, indicator: Any, place: Place, asked: tuple[Span, Span, str, str, Reading]) -> Why:
    span, other, against, by, reading = asked
    then = composer.read(indicator.code, place, other)
    if then.value is None or reading.value is None:
        raise NotFound(f"against={against}: no figure of {indicator.code} for {other.since}", field="against")
    levels, level, rows, sides = _sides(composer, indicator, place, (span, other, by))
    formula = formula_of(indicator)
    if formula is not None:
        found = explain_ratio(sides, (then.value, reading.value), formula.factor, indicator.decimals)
    else:
        found = explain_sum(sides, then.value, reading.value, indicator.decimals)
    return Why(indicator, place, span, against, other, None, reading, found, level, levels, rows, then.is_pending)


def _missed(
    composer: Composer, desk: Desk, indicator: Any, place: Place, asked: tuple[Span, Span, str, str, Reading]
) -> Why:
    span, other, against, by, reading = asked
    assert reading.value is not None  # the caller has looked
    judged = judge(indicator, reading.value, place, span, desk.law)
    bound = judged.target if against == "target" else judged.threshold or desk.law.threshold(indicator.code, span.last)
    goal = _goal(bound, against)
    if goal is None:
        raise NotFound(f"against={against}: none holds for {indicator.code} there on {span.last}", field="against")
    levels, level, rows, sides = _sides(composer, indicator, place, (span, other, by))
    formula = formula_of(indicator)
    weights = _weights(desk, indicator, rows, span)
    found = explain_distance(sides, reading.value, goal, formula, indicator.decimals, weights)
    return Why(indicator, place, span, against, None, bound, reading, found, level, levels, rows)


def _goal(bound: Any, against: str) -> Fraction | None:
    if bound is None:
        return None
    if against == "target":
        return Fraction(bound.value)
    wanted = bound.green if bound.green is not None else bound.red
    return None if wanted is None or bound.measured != "value" else Fraction(wanted)


def _weights(desk: Desk, indicator: Any, rows: dict[str, Row], span: Span) -> dict[str, Fraction]:
    """Whose part of a bound is how large: by the parts' own targets where all have one, else by the year before."""
    targets = {key: desk.law.target(indicator, row.place, span) for key, row in rows.items()}
    if rows and all(target is not None for target in targets.values()):
        return {key: Fraction(target.value) for key, target in targets.items() if target is not None}
    then = {key: row.then for key, row in rows.items()}
    if rows and all(value is not None for value in then.values()):
        return {key: value for key, value in then.items() if value is not None}
    return {key: Fraction(1) for key in rows}


def _sides(
    composer: Composer, indicator: Any, place: Place, asked: tuple[Span, Span, str]
) -> tuple[tuple[str, ...], str | None, dict[str, Row], list[Side]]:
    span, other, by = asked
    adds = indicator.kind in SUMMED or formula_of(indicator) is not None
    found = composer.inside(indicator.code, place, span) if adds else []
    every = {level: [_row(composer, indicator, p, span, other) for p in places] for level, places in found}
    if by and by not in every:
        raise BadInput(f"by={by!r}: figures are known by {', '.join(every) or 'nothing'}", field="by")
    level = by or max(every, key=lambda name: _worth(every[name]), default="") or None
    chosen = every[level] if level else []
    return tuple(every), level, {key_of(r.place): r for r, _ in chosen}, [side for _, side in chosen]


def _worth(rows: list[tuple[Row, Side]]) -> tuple[Fraction, int]:
    known = sum(side.now is not None and side.then is not None for _, side in rows)
    return Fraction(known, len(rows)), len(rows)


def _row(composer: Composer, indicator: Any, place: Place, span: Span, other: Span) -> tuple[Row, Side]:
    now, then = (composer.side(indicator.code, place, s) for s in (span, other))
    formula = formula_of(indicator)

    def value(side: Any) -> Fraction | None:
        if side is None:
            return None
        if formula is None:
            return Fraction(side[0])
        return formula.factor * side[0] / side[1] if side[1] else None

    ends = Side(key_of(place), then[:2] if then else None, now[:2] if now else None)
    pending = any(told.pending for side in (then, now) if side for told in side[2])
    return Row(place, value(then), value(now), now[2] if now else (), pending), ends
