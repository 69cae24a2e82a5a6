"""What an indicator is, was and how it changed: for a place over time, and for all places of a level at one time."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from geo.errors import NotFound
from geo.workdays import DAY
from layers.database import ReadConnection
from layers.indicators.catalogue import SUMMED
from layers.indicators.compose import Composer
from layers.indicators.fetch import Desk, Subjects, fetch, fetch_latest
from layers.indicators.formula import codes_of, formula_of
from layers.indicators.lights import Judged, judge
from layers.indicators.places import OFFICES, PROVINCE, Place, facilities_in, place_facilities
from layers.indicators.readings import Reading
from layers.indicators.spans import Span, before, span_of, spans_between, year_before, year_to_date

MOST_POINTS = 400


@dataclass(frozen=True)
class Change:
    """Against another period: its value, the difference, and per cent of it (None for what is itself per cent).

    `comparable` False: other parts are known then than now, so no difference is told.
    """

    span: Span
    value: Fraction | None
    delta: Fraction | None
    percent: Fraction | None
    comparable: bool


@dataclass(frozen=True)
class Point:
    """One period of one place. `cumulative`: the year to date, of what adds up."""

    span: Span
    reading: Reading
    judged: Judged
    cumulative: Reading | None = None
    before: Change | None = None
    year_before: Change | None = None


@dataclass(frozen=True)
class ToDate:
    """A period not over: its days so far, against as many days of the period before and of the year before."""

    span: Span
    reading: Reading
    before: Change
    year_before: Change


def find_place(desk: Desk, unit: str, day: date) -> Place:
    """A unit, group or office (`kind:code`) by its code, as of a day; NotFound says what there is."""
    kind, _, code = unit.rpartition(":")
    if kind in ("agency", "facility", "investor", "board"):
        return desk.atlas.office(kind, code)
    found = desk.atlas.groups.get(unit) or desk.atlas.unit(unit, day)
    if found is None:
        groups = ", ".join(desk.atlas.groups)
        raise NotFound(f"unit={unit!r}: no unit has this code; see /api/units, or use a group: {groups}", field="unit")
    return found


async def locate(connection: ReadConnection, desk: Desk, unit: str, day: date) -> Place:
    """As `find_place`, a facility by its own name and on its own ground."""
    kind, _, code = unit.rpartition(":")
    if kind == "facility":
        await place_facilities(connection, desk.atlas, [code])
    return find_place(desk, unit, day)


def find_indicator(desk: Desk, code: str) -> Any:
    """A row of the catalogue; NotFound where there is none."""
    if code not in desk.catalogue:
        raise NotFound(f"indicator={code[:60]!r}: not in the catalogue; see /api/indicators", field="code")
    return desk.catalogue[code]


async def subjects_of(connection: ReadConnection, desk: Desk, place: Place) -> Subjects | None:
    """Everybody whose figures may make up those of a place; None for all, as for the whole province."""
    if place.level == "province":
        return None
    every = (p for vintages in desk.atlas.units.values() for p in vintages if p.cells & place.cells)
    inside = await facilities_in(connection, desk.atlas, place.cells) if place.id[0] != "facility" else []
    named = {subject for p in (*every, *inside) for subject in p.subjects}
    return sorted(named | set(place.subjects))


async def read_series(
    connection: ReadConnection,
    desk: Desk,
    code: str,
    place: Place,
    within: tuple[date, date],
    known_at: datetime | None = None,
) -> tuple[Composer, list[Point]]:
    """Every period of an indicator in [since, until) at a place, the oldest first; gaps stand as gaps."""
    indicator, composer = find_indicator(desk, code), desk.composer()
    since, until = within
    early = year_before(Span(since.replace(day=1), until)).since - DAY * 31
    whose = await subjects_of(connection, desk, place)
    late = span_of("year", until).until
    await fetch(connection, composer, codes_of(indicator), (early, late), whose, known_at)
    spans = [s for s in spans_told(composer, indicator, place) if since <= s.since < until]
    return composer, [point_of(composer, desk, indicator, place, span) for span in spans[-MOST_POINTS:]]


def spans_told(composer: Composer, indicator: Any, place: Place) -> list[Span]:
    """The periods of an indicator from the first to the last that has a value, with those between."""
    formula = formula_of(indicator)
    codes = {indicator.code} | ({code for _, code in formula.numerator} if formula is not None else set())
    ends = {s.last for code, s in composer.figures if code in codes and s.days >= 1}
    spans = {span_of(indicator.period, last) for last in ends}
    known = [s for s in spans if _main(composer, indicator, place, s).says_something]
    if not known:
        return []
    return [s for s in spans_between(indicator.period, min(known).since, max(known).until)]


def main_span(indicator: Any, span: Span) -> Span:
    """The days an indicator's own value covers: the period, or the year up to its end."""
    return year_to_date(span) if indicator.accumulation == "year_to_date" and span.months else span


def _main(composer: Composer, indicator: Any, place: Place, span: Span) -> Reading:
    return composer.read(indicator.code, place, main_span(indicator, span))


def point_of(composer: Composer, desk: Desk, indicator: Any, place: Place, span: Span) -> Point:
    """One period with its changes and its light."""
    reading = _main(composer, indicator, place, span)
    cumulative = None
    if indicator.kind == "additive" and span.months and span.months < 12:
        cumulative = composer.read(indicator.code, place, year_to_date(span))
    earlier = [
        change(composer, indicator, place, reading, main_span(indicator, s)) for s in (before(span), year_before(span))
    ]
    return Point(span, reading, judge_point(desk, indicator, place, (span, reading, cumulative)), cumulative, *earlier)


def judge_point(desk: Desk, indicator: Any, place: Place, said: tuple[Span, Reading, Reading | None]) -> Judged:
    """By the value of the period; what says nothing is judged by the year to date against a yearly target."""
    span, reading, cumulative = said
    judged = judge(indicator, reading.value, place, main_span(indicator, span), desk.law)
    if judged.light == "none" and judged.target is None and cumulative is not None:
        yearly = judge(indicator, cumulative.value, place, year_to_date(span), desk.law)
        return yearly if yearly.target is not None else judged
    return judged


def change(composer: Composer, indicator: Any, place: Place, now: Reading, span: Span) -> Change | None:
    """A value against that of another period; None where that one has none."""
    then = composer.read(indicator.code, place, span)
    if then.value is None:
        return None
    comparable = now.value is not None and _same_ground(now, then)
    delta = now.value - then.value if comparable and now.value is not None else None
    in_percent = indicator.unit == "%" or indicator.kind == "rank"
    percent = 100 * delta / abs(then.value) if delta is not None and then.value and not in_percent else None
    return Change(span, then.value, delta, percent, comparable)


def _same_ground(now: Reading, then: Reading) -> bool:
    """Whether two values stand on the same parts, or each on all of them."""
    if not now.is_partial and not then.is_partial:
        return True
    return {p.place.code for p in now.parts} == {p.place.code for p in then.parts}


def to_date(composer: Composer, indicator: Any, place: Place, today: date) -> ToDate | None:
    """A period that is not over, from its daily figures; None without such."""
    if (indicator.kind not in SUMMED and formula_of(indicator) is None) or indicator.period == "day":
        return None
    span = span_of("month", today)
    days = [s for s in spans_between("day", span.since, min(span.until, today + DAY))]
    known = [d for d in days if any(s == d for c, s in composer.figures if c in codes_of(indicator))]
    if not known:
        return None
    so_far = Span(span.since, known[-1].until)
    reading = composer.read(indicator.code, place, so_far)
    if reading.value is None:
        return None
    reading = replace(reading, status="estimate")
    others = []
    for other in (before(span), year_before(span)):
        alike = Span(other.since, min(other.until, other.since + DAY * so_far.days))
        others.append(change(composer, indicator, place, reading, alike) or Change(alike, None, None, None, False))
    return ToDate(so_far, reading, *others)


@dataclass(frozen=True)
class Last:
    """The last period of one indicator at a place."""

    indicator: Any
    point: Point | None


async def read_latest(
    connection: ReadConnection, desk: Desk, place: Place, until: date | None = None
) -> tuple[Composer, list[Last]]:
    """The last value of every indicator at a place, of periods over by `until`, in the order of the catalogue."""
    composer, indicators = desk.composer(), list(desk.catalogue.values())
    await fetch_latest(connection, composer, indicators, await subjects_of(connection, desk, place), until)
    last = ends_of(composer)
    return composer, [Last(i, last_point(composer, desk, i, place, last)) for i in indicators]


def ends_of(composer: Composer) -> dict[str, date]:
    """The end of the last period that was read of each code."""
    last: dict[str, date] = {}
    for code, span in composer.figures:
        if code not in last or span.until > last[code]:
            last[code] = span.until
    return last


def last_point(composer: Composer, desk: Desk, indicator: Any, place: Place, ends: dict[str, date]) -> Point | None:
    """The last period of an indicator at a place that has a value, of the ends that were read; None without."""
    formula = formula_of(indicator)
    codes: Iterable[str] = {indicator.code} | ({c for _, c in formula.numerator} if formula else set())
    found = sorted({ends[c] for c in codes if c in ends}, reverse=True)
    for until in found:
        span = span_of(indicator.period, until - DAY)
        if span.until != until:
            continue
        reading = _main(composer, indicator, place, span)
        cumulative = composer.read(indicator.code, place, year_to_date(span)) if indicator.kind == "additive" else None
        if reading.says_something or (cumulative is not None and cumulative.value is not None):
            return Point(span, reading, judge_point(desk, indicator, place, (span, reading, cumulative)), cumulative)
    return None


def offices_of(composer: Composer, indicator: Any, kinds: Iterable[str] = OFFICES) -> list[Place]:
    """The offices of some kinds that told of an indicator in the figures that were read, by what they are found by."""
    every = [composer.seen.get((code, kind), {}) for code in codes_of(indicator) for kind in kinds]
    return sorted({place.id: place for seen in every for place in seen.values()}.values(), key=lambda p: p.id)


async def read_map(
    connection: ReadConnection,
    desk: Desk,
    code: str,
    asked: tuple[str, date, date | None],
    known_at: datetime | None = None,
) -> tuple[Composer, Span | None, list[tuple[Place, Point]]]:
    """One period over all places of (level, a day of their structure): the period of a day, else the last told.

    The places of a kind of office are those that told of it.
    """
    indicator, composer = find_indicator(desk, code), desk.composer()
    level, vintage, day = asked
    places = desk.atlas.on(level, vintage)
    if day is None:
        await fetch_latest(connection, composer, [indicator])
        ends = [s.last for c, s in composer.figures]
        day = _last_day(composer, indicator) if ends else None
    if day is None:
        return composer, None, [(p, Point(Span(vintage, vintage), Reading(), Judged())) for p in places]
    span = span_of(indicator.period, day)
    composer = desk.composer()
    await fetch(connection, composer, codes_of(indicator), (span.since - DAY, span.until), None, known_at)
    found = []
    for place in offices_of(composer, indicator, [level]) if level in OFFICES else places:
        reading = _main(composer, indicator, place, span)
        found.append((place, Point(span, reading, judge_point(desk, indicator, place, (span, reading, None)))))
    return composer, span, found


def _last_day(composer: Composer, indicator: Any) -> date | None:
    formula = formula_of(indicator)
    codes = {indicator.code} | ({c for _, c in formula.numerator} if formula else set())
    aligned = [s.last for c, s in composer.figures if c in codes and span_of(indicator.period, s.last).until == s.until]
    return max(aligned, default=None)


def province_of(desk: Desk, day: date) -> Place:
    """The province on a day."""
    found = desk.atlas.unit(PROVINCE, day, "province")
    assert found is not None  # the bundled units have it in every vintage
    return found
