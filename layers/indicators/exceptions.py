"""What a leader must look at first: red lights, contradictions, figures that have not come; ranked by a dated rule.

One line per indicator: the province if it is red itself, else its worst part, with how many others there are. Equal
ranks stand in the order of the catalogue, so the same figures always give the same list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import text

from geo.workdays import DAY
from layers.database import ReadConnection
from layers.indicators.catalogue import ExceptionRule, rows_statement
from layers.indicators.compose import Composer
from layers.indicators.fetch import Desk, fetch_latest
from layers.indicators.places import Place
from layers.indicators.read import Point, ends_of, last_point, offices_of, province_of
from layers.indicators.spans import Span, name_of
from layers.sources.expected import PeriodState
from layers.spec import Text

MOST = 7
LOOK_BACK = DAY * 400
_CONTESTED = """
SELECT DISTINCT ON (indicator) indicator, subject_kind, subject, period_from, period_to, id, value, source_id
FROM figure WHERE contested AND period_to > :since AND subject_kind <> 'facility'
ORDER BY indicator, period_to DESC, subject_kind, subject
"""
# Of what is hidden until it is approved, or was returned, leaders are told nothing.
_OFF = """
SELECT s.code AS source, f.source_id, f.period_from, f.period_to, c.value AS said, l.id AS observation
FROM (
    SELECT DISTINCT ON (template_id, period_from) * FROM department_file
    WHERE state = 'taken' AND period_to > :since AND template_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM observation AS o WHERE o.delivery_id = department_file.delivery_id AND o.awaits IS NOT NULL
          AND o.approved_at IS NULL AND (o.awaits = 'hide' OR o.retracted_at IS NOT NULL)
    )
    ORDER BY template_id, period_from, received_at DESC, id DESC
) AS f JOIN source AS s ON s.id = f.source_id CROSS JOIN LATERAL jsonb_array_elements(f.checks) AS c(value)
LEFT JOIN LATERAL (
    SELECT o.id FROM observation AS o WHERE o.delivery_id = f.delivery_id AND o.indicator = c.value->>'indicator'
      AND o.row_no = (c.value->>'row')::bigint AND o.retracted_at IS NULL ORDER BY o.id LIMIT 1
) AS l ON true
WHERE NOT (c.value->>'fits')::boolean
ORDER BY f.period_from DESC, f.id DESC, c.value->>'title'
"""


@dataclass(frozen=True)
class Exceptional:
    """One line: what is wrong with what, whose it is, how grave. `rank` None until ranked; `also`: others like it."""

    kind: str
    why: Text
    indicator: Any | None = None
    place: Place | None = None
    span: Span | None = None
    point: Point | None = None
    beyond: Fraction = Fraction(0)
    source_id: int | None = None
    source: str | None = None
    observation: int | None = None
    late: PeriodState | None = None
    task: Any | None = None
    also: int = 0
    rank: Fraction = Fraction(0)
    rule: Any | None = None


async def find_exceptions(
    connection: ReadConnection,
    desk: Desk,
    today: date,
    states: Sequence[PeriodState],
    more: Sequence[Exceptional] = (),
) -> list[Exceptional]:
    """Every exception of today, the gravest first; `states` are the deliveries expected, `more` what others found."""
    rules = (await connection.execute(rows_statement(ExceptionRule))).all()
    found = [*await _red(connection, desk, today), *await _contested(connection, desk, today)]
    found += [*await _off(connection, desk, today), *find_late(states), *more]
    return rank(found, [r for r in rules if r.valid_from <= today and (r.valid_to is None or today < r.valid_to)])


def rank(found: Iterable[Exceptional], rules: Sequence[Any]) -> list[Exceptional]:
    """By weight × (1 + how far beyond the bound); a kind without a rule in force is left out."""
    weights = {rule.kind: rule for rule in rules}
    ranked = []
    for one in found:
        rule = weights.get(one.kind)
        if rule is not None:
            ranked.append(replace(one, rank=Fraction(rule.weight) * (1 + one.beyond), rule=rule))
    return sorted(ranked, key=_order)


def _order(one: Exceptional) -> tuple[Fraction, int, str, date]:
    position = one.indicator.position if one.indicator is not None else 10**6
    since = one.span.since if one.span is not None else date.min
    named = one.task.number if one.task is not None else one.source or ""
    return (-one.rank, position, one.place.code if one.place is not None else named, since)


async def _red(connection: ReadConnection, desk: Desk, today: date) -> list[Exceptional]:
    judged = {t.indicator for t in (*desk.law.thresholds, *desk.law.targets)}
    indicators = [row for code, row in desk.catalogue.items() if code in judged]
    composer = desk.composer()
    await fetch_latest(connection, composer, indicators)
    ends, found = ends_of(composer), []
    for indicator in indicators:
        points = [
            (p, last_point(composer, desk, indicator, p, ends)) for p in _places(composer, desk, indicator, today)
        ]
        red = [(p, point) for p, point in points if point is not None and point.judged.light == "red"]
        if red:
            found.append(_worst(indicator, red))
    return found


def _places(composer: Composer, desk: Desk, indicator: Any, today: date) -> list[Place]:
    """The province, its former districts, and the offices that told of it."""
    formers = desk.atlas.on("former_district", today)
    return [province_of(desk, today), *formers, *offices_of(composer, indicator)]


def _worst(indicator: Any, red: Sequence[tuple[Place, Point]]) -> Exceptional:
    whole = [pair for pair in red if pair[0].level == "province"]
    place, point = (whole or sorted(red, key=lambda pair: (-pair[1].judged.beyond, pair[0].id)))[0]
    bound = point.judged.threshold
    why = (
        Text("đỏ theo ngưỡng", "red by its bounds")
        if bound is not None
        else Text("chưa đạt kế hoạch", "short of target")
    )
    told = point.reading.told
    return Exceptional(
        "red",
        why,
        indicator,
        place,
        point.span,
        point,
        point.judged.beyond,
        told[0].source_id if told else None,
        observation=told[0].id if told else None,
        also=len(red) - 1,
    )


async def _contested(connection: ReadConnection, desk: Desk, today: date) -> list[Exceptional]:
    rows = (await connection.execute(text(_CONTESTED), {"since": today - LOOK_BACK})).all()
    why = Text("hai nguồn nói khác nhau", "two sources say otherwise")
    found = []
    for r in rows:
        indicator, span = desk.catalogue.get(r.indicator), Span(r.period_from, r.period_to)
        place = desk.atlas.of_subject(r.subject_kind, r.subject, span.last)
        if indicator is not None and place is not None:
            found.append(
                Exceptional("contradiction", why, indicator, place, span, source_id=r.source_id, observation=r.id)
            )
    return found


async def _off(connection: ReadConnection, desk: Desk, today: date) -> list[Exceptional]:
    """Totals that do not add up, in the newest file of each form and period."""
    rows = (await connection.execute(text(_OFF), {"since": today - LOOK_BACK})).all()
    found: dict[str, Exceptional] = {}
    for r in rows:
        told: Mapping[str, Any] = r.said
        indicator, code = desk.catalogue.get(told["indicator"]), told["indicator"]
        if code in found:
            found[code] = replace(found[code], also=found[code].also + 1)
            continue
        span = Span(r.period_from, r.period_to)
        if indicator is not None:
            why = Text(told["why"]["vi"], told["why"]["en"])
            said = {"source_id": r.source_id, "source": r.source, "observation": r.observation}
            found[code] = Exceptional("contradiction", why, indicator, province_of(desk, today), span, **said)
    return list(found.values())


def find_late(states: Sequence[PeriodState]) -> list[Exceptional]:
    """Of each form that has not come, the period that is overdue longest."""
    found: dict[tuple[str, str], Exceptional] = {}
    for state in sorted(states, key=lambda s: s.since):
        if state.state != "missing":
            continue
        key, span = (state.rule.source, state.rule.template), Span(state.since, state.until)
        if key in found:
            found[key] = replace(found[key], also=found[key].also + 1)
            continue
        vi = f"chưa nộp {name_of(span).vi}, quá hạn {state.workdays} ngày làm việc"
        en = f"{name_of(span).en} has not come, overdue by {state.workdays} working days"
        beyond = min(Fraction(1), Fraction(state.workdays, 22))
        found[key] = Exceptional("late", Text(vi, en), span=span, beyond=beyond, source=state.rule.source, late=state)
    return list(found.values())


def answerer(states: Sequence[PeriodState], source: str | None) -> PeriodState | None:
    """Of a source, the delivery that is due next: by then its office can answer; else the last that was due."""
    own = [state for state in states if state.rule.source == source]
    coming = [state for state in own if state.state == "not_due"]
    return min(coming, key=lambda s: s.due, default=None) or max(own, key=lambda s: s.due, default=None)
