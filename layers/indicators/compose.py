"""One indicator of one place for one period, out of figures told of any place and period. Pure and exact.

What adds up is added up over parts that lie within the place; a part that lies only partly in it is split, and the
answer is an estimate that says how. A ratio is made of sums above and below the line, never of ratios. What is missing
is counted, never taken for zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from layers.indicators.catalogue import PERIODS, SUMMED
from layers.indicators.formula import Formula, formula_of
from layers.indicators.places import OFFICES, Atlas, Id, Place
from layers.indicators.readings import NOTHING, Part, Reading, Told
from layers.indicators.spans import Span, before, span_of, tiles, year_to_date

STATUSES = ("estimate", "preliminary", "official")
"""The least sure first: a sum is as sure as its least sure part."""
MOST_YEARS_BACK = 3
"""A yearly level (people, a plan) may stand for a later year by so many years, and says so."""

Wanted = tuple[tuple[str, Span], ...]
"""(code, period) of everything a value is made of."""


@dataclass
class Composer:
    """Figures by (code, period, place), with the catalogue and the atlas that give them sense."""

    atlas: Atlas
    catalogue: Mapping[str, Any]
    figures: dict[tuple[str, Span], dict[Id, Told]] = field(default_factory=dict)
    seen: dict[tuple[str, str], dict[Id, Place]] = field(default_factory=dict)
    whose: dict[str, set[Id]] = field(default_factory=dict)
    _kept: dict[tuple[str, tuple[str, ...]], tuple[int, dict[int, list[Place]], list[Place]]] = field(
        default_factory=dict
    )

    def add(self, code: str, subject: tuple[str, str], span: Span, told: Told) -> None:
        """Take in a figure; one of a subject that nobody knows is left out (the catalogue of places shows it)."""
        place = self.atlas.of_subject(*subject, span.last)
        if place is None:
            return
        self.figures.setdefault((code, span), {})[place.id] = told
        self.whose.setdefault(code, set()).add(place.id)
        if place.level in OFFICES:
            self.seen.setdefault((code, place.level), {})[place.id] = place

    def read(self, code: str, place: Place, span: Span) -> Reading:
        """The value of an indicator."""
        indicator = self.catalogue[code]
        formula = formula_of(indicator)
        if formula is not None:
            return self._ratio(code, formula, place, span)
        if indicator.kind in SUMMED:
            return self._finish(code, self._compose(((code, span),), place))
        told = self.figures.get((code, span), {}).get(place.id)
        return NOTHING if told is None else _reported(place, code, told)

    def side(self, code: str, place: Place, span: Span) -> tuple[Fraction, Fraction, tuple[Told, ...]] | None:
        """A place's whole number, told or added up without a split: above and below the line, and what it stands on.

        Of what is no ratio there is 0 below.
        """
        formula = formula_of(self.catalogue[code])
        found = self._compose(self._wanted(code, span), place)
        if not found.parts or found.weighed is not None or found.known < found.of or not found.whole:
            return None
        if formula is None:
            return _total(found, code), Fraction(0), found.told
        return (*formula.parts({each: _total(found, each) for each in formula.codes}), found.told)

    def inside(self, code: str, place: Place, span: Span) -> list[tuple[str, list[Place]]]:
        """By level with any figures, the parts that lie wholly within a place, known or not."""
        found = []
        for level, parts, missing in self._levels(self._wanted(code, span), place):
            whole = [p for p in (*(part.place for part in parts), *missing) if p.cells <= place.cells]
            if whole and any(part.place in whole for part in parts):
                found.append((level, sorted(whole, key=lambda p: p.code)))
        return found

    def _wanted(self, code: str, span: Span) -> Wanted:
        formula = formula_of(self.catalogue[code])
        codes = (code,) if formula is None else formula.codes
        return tuple((each, self._period_of(each, span)) for each in codes)

    def _period_of(self, code: str, span: Span) -> Span:
        """The period in which a part of a formula is told: a yearly level stands for every month of its year."""
        part = self.catalogue.get(code)
        if part is None or part.kind != "stock" or span.months == 0 or PERIODS[part.period] <= span.months:
            return span
        own = span_of(part.period, span.last)
        if (code, own) in self.figures or (code, span) in self.figures:
            return own if (code, own) in self.figures else span
        for _ in range(MOST_YEARS_BACK):
            own = before(own)
            if (code, own) in self.figures:
                return own
        return span

    def _ratio(self, code: str, formula: Formula, place: Place, span: Span) -> Reading:
        told = self.figures.get((code, span), {}).get(place.id)
        wanted = self._wanted(code, span)
        found = self._finish(code, self._compose(wanted, place))
        if found.value is not None:
            late = [s for c, s in wanted if s.until <= span.since and self.catalogue[c].kind == "stock"]
            return replace(
                found,
                how="split" if found.how == "split" else "computed",
                reported=told,
                borrowed=late[0] if late else None,
            )
        if told is not None:
            return _reported(place, code, told)
        return found

    def _finish(self, code: str, found: Reading) -> Reading:
        """The value of what was added up."""
        formula = formula_of(self.catalogue[code])
        if not found.parts or found.how == "withheld":
            return found
        if formula is None:
            return replace(found, value=_total(found, code))
        sums = {each: _total(found, each) for each in formula.codes}
        above, below = formula.parts(sums)
        value = formula.factor * above / below if below else None
        return replace(found, value=value, above=above, below=below)

    def _compose(self, wanted: Wanted, place: Place) -> Reading:
        """What is told of the place itself, else the best sum of its parts."""
        if (kept := self._withheld(wanted, place)) is not None:
            return kept
        own = self._part(wanted, place)
        if own is not None:
            return Reading(None, own.how, own.status, 1, 1, place.level, (own,))
        span = wanted[0][1]
        sums = [self._sum(level, parts, missing, place, span) for level, parts, missing in self._levels(wanted, place)]
        return max(sums, key=_worth, default=NOTHING)

    def _withheld(self, wanted: Wanted, place: Place) -> Reading | None:
        """A number that is kept from readers stays so: it is not made of its parts."""
        for code, span in wanted:
            told = self._get(code, place, span)
            if told is not None and told.withheld is not None:
                part = Part(place, {}, told.status, (told,))
                return Reading(None, "withheld", told.status, 0, 1, place.level, (part,), withheld=told.withheld)
        return None

    def _levels(self, wanted: Wanted, place: Place) -> Iterable[tuple[str, list[Part], list[Place]]]:
        """By level, the parts that are known and those that are not; levels with none known are left out."""
        day = wanted[0][1].last
        if any(code not in self.whose for code, _ in wanted):
            return
        for level, places in (*self.atlas.parts(place, day), *self._offices(wanted, place, day)):
            if level == "province" and not all(p.cells <= place.cells for p in places):
                continue  # nobody splits a province over its communes
            found = {p.id: self._part(wanted, p) for p in places}
            parts = [part for part in found.values() if part is not None]
            if parts:
                yield level, parts, [p for p in places if found[p.id] is None]

    def _offices(self, wanted: Wanted, place: Place, day: date) -> Iterable[tuple[str, list[Place]]]:
        whole = self.atlas.is_whole_province(place, day)
        for kind in OFFICES:
            standing, elsewhere = self._standing(kind, tuple(code for code, _ in wanted))
            found = [p for cell in place.cells & standing.keys() for p in standing[cell] if p.cells <= place.cells]
            found += elsewhere if whole else []
            if found:
                yield kind, sorted(found, key=lambda p: p.code)

    def _standing(self, kind: str, codes: tuple[str, ...]) -> tuple[dict[int, list[Place]], list[Place]]:
        """The offices that told of codes: by one of their cells, and those without ground. Kept while none is added."""
        size = sum(len(self.seen.get((code, kind), ())) for code in codes)
        kept = self._kept.get((kind, codes))
        if kept is None or kept[0] != size:
            seen = {i: p for code in codes for i, p in self.seen.get((code, kind), {}).items()}
            by_cell: dict[int, list[Place]] = {}
            for p in seen.values():
                if p.cells:
                    by_cell.setdefault(min(p.cells), []).append(p)
            kept = self._kept[kind, codes] = (size, by_cell, [p for p in seen.values() if not p.cells])
        return kept[1], kept[2]

    def _sum(self, level: str, parts: Sequence[Part], missing: Sequence[Place], place: Place, span: Span) -> Reading:
        """The parts of one level together; those that reach beyond the place are split."""
        weighed: str | None = None
        counted: list[Part] = []
        for part in parts:
            if part.place.cells <= place.cells:
                counted.append(part)
                continue
            share, weighed = self.atlas.share(place, part.place)
            counted.append(replace(part, share=share, status="estimate"))
        same = len(parts) == 1 and not missing and parts[0].place.cells == place.cells and bool(place.cells)
        how = "split" if weighed else parts[0].how if same else "summed"
        ground = frozenset[int]().union(*(p.place.cells for p in parts), *(p.cells for p in missing))
        whole = level in OFFICES or place.cells <= ground
        known, of = len(parts), len(parts) + len(missing)
        status = _least(part.status for part in counted)
        return Reading(
            None, how, status, known, of, level, tuple(counted), tuple(missing), weighed=weighed, whole=whole
        )

    def _part(self, wanted: Wanted, place: Place) -> Part | None:
        """A place's own numbers for everything wanted; None unless all are known."""
        if any(place.id not in self.whose.get(code, ()) for code, _ in wanted):
            return None
        found: dict[str, Part] = {}
        for code, span in wanted:
            part = self._own(code, place, span)
            if part is None:
                return None
            found[code] = part
        if len(found) == 1:
            return next(iter(found.values()))
        told = tuple(t for part in found.values() for t in part.told)
        values = {code: part.values[code] for code, part in found.items()}
        return Part(place, values, _least(p.status for p in found.values()), told)

    def _own(self, code: str, place: Place, span: Span) -> Part | None:
        """A place's own number: as told, as a difference of two years to date, or from shorter periods."""
        told = self._get(code, place, span)
        if told is not None and told.value is not None:
            return Part(place, {code: told.value}, told.status, (told,))
        if self.catalogue[code].kind != "additive":
            return self._level_at_end(code, place, span)
        return self._difference(code, place, span) or self._tiled(code, place, span)

    def _get(self, code: str, place: Place, span: Span) -> Told | None:
        return self.figures.get((code, span), {}).get(place.id)

    def _difference(self, code: str, place: Place, span: Span) -> Part | None:
        """The year to date at the end less the year to date at the beginning."""
        start = span.since
        if not span.months or start.month == 1:
            return None
        end = self._get(code, place, year_to_date(span))
        begin = self._get(code, place, Span(start.replace(month=1), start))
        if end is None or begin is None or end.value is None or begin.value is None:
            return None
        status = _least((end.status, begin.status))
        return Part(place, {code: end.value - begin.value}, status, (end, begin), "difference")

    def _tiled(self, code: str, place: Place, span: Span) -> Part | None:
        """The sum of shorter periods that lay it out, when every one of them is known."""
        for tiling in tiles(span):
            parts = self._laid_out(code, place, tiling)
            if parts is not None:
                value = sum((part.values[code] for part in parts), Fraction(0))
                told = tuple(t for part in parts for t in part.told)
                return Part(place, {code: value}, _least(p.status for p in parts), told, "tiled")
        return None

    def _laid_out(self, code: str, place: Place, tiling: Iterable[Span]) -> list[Part] | None:
        """The own numbers of some periods; None at the first that is not known."""
        found: list[Part] = []
        for tile in tiling:
            part = self._own(code, place, tile) if (code, tile) in self.figures or tile.months else None
            if part is None:
                return None
            found.append(part)
        return found

    def _level_at_end(self, code: str, place: Place, span: Span) -> Part | None:
        """A level told of a shorter period that ends with this one."""
        for tiling in tiles(span):
            told = self._get(code, place, tiling[-1])
            if told is not None and told.value is not None:
                return Part(place, {code: told.value}, told.status, (told,), "tiled")
        return None


def _reported(place: Place, code: str, told: Told) -> Reading:
    if told.value is None:
        return Reading(None, "none", told.status, 0, 1, place.level, (Part(place, {}, told.status, (told,)),))
    part = Part(place, {code: told.value}, told.status, (told,))
    return Reading(told.value, "reported", told.status, 1, 1, place.level, (part,))


def _total(found: Reading, code: str) -> Fraction:
    return sum((part.values[code] * part.share for part in found.parts), Fraction(0))


def _least(statuses: Iterable[str]) -> str:
    return min(statuses, key=STATUSES.index)


def _worth(found: Reading) -> tuple[bool, Fraction, bool, int]:
    """Which sum is best: nothing split, most of it known, all the ground, then the fewest parts or least split."""
    ground = sum(len(part.place.cells) for part in found.parts)
    few = found.of if found.weighed is None else ground
    return (found.weighed is None, Fraction(found.known, max(found.of, 1)), found.whole, -few)
