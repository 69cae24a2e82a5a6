"""Values, changes and lights as the API writes them, with source, age and paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from layers.database import ReadConnection
from layers.indicators.catalogue import DOMAINS
from layers.indicators.compose import Composer
from layers.indicators.formula import formula_of
from layers.indicators.lights import Judged
from layers.indicators.places import Place
from layers.indicators.read import Change, Point, ToDate
from layers.indicators.readings import Reading, Told
from layers.indicators.spans import Span, name_of
from layers.sources.freshness import SourceInfo, freshness, least_real, mark, read_sources
from layers.sources.papers import Paper
from web.indicator_views import (
    ChangeView,
    FormulaView,
    IndicatorView,
    LightView,
    PaperBrief,
    PeriodView,
    PlaceView,
    PointView,
    RevisionView,
    TargetView,
    ToDateView,
    ValueView,
)
from web.indicator_words import LIGHTS, coverage_words, how_words, light_words, withheld_words
from web.unit_cards import source_view
from web.views import Words, timed

MOST_IDS = 12
"""A sum may stand on many figures; the first are told, and how many there are."""
POINTS = Words(vi="điểm phần trăm", en="percentage points")
_EXTRA = 2
"""Digits kept beyond those an indicator is shown with."""


@dataclass(frozen=True)
class Shelf:
    """Sources and papers that figures name."""

    now: datetime
    sources: Mapping[int, SourceInfo]
    papers: Mapping[int, PaperBrief] = field(default_factory=dict)

    def origin(self, told: Iterable[Told]) -> str:
        """The least real origin among figures."""
        return mark({self.sources[t.source_id].origin for t in told})


async def open_shelf(connection: ReadConnection, composer: Composer, now: datetime) -> Shelf:
    """The sources, and the papers of the figures that were read."""
    told = (t for places in composer.figures.values() for t in places.values())
    return Shelf(now, await read_sources(connection), await read_papers(connection, {t.paper_id for t in told}))


async def read_papers(connection: ReadConnection, ids: Iterable[int | None]) -> dict[int, PaperBrief]:
    """Papers by id."""
    wanted = [i for i in ids if i is not None]
    if not wanted:
        return {}
    names = (Paper.id, Paper.number, Paper.notation, Paper.issued_on, Paper.agency, Paper.state)
    rows = (await connection.execute(select(*names).where(Paper.id.in_(wanted)))).all()
    return {row.id: PaperBrief.model_validate(row, from_attributes=True) for row in rows}


def number(value: Fraction | Decimal | None, decimals: int | None = None) -> float | None:
    """An exact number as JSON has it; with `decimals` two more digits than are shown."""
    if value is None:
        return None
    return float(value) if decimals is None else round(float(value), decimals + _EXTRA)


def indicator_view(row: Any) -> IndicatorView:
    """A row of the catalogue."""
    formula = None
    if formula_of(row) is not None:
        formula = FormulaView(numerator=row.numerator, denominator=row.denominator, factor=float(row.factor or 1))
    copied = ("code", "domain", "kind", "period", "direction", "owner", "basis", "subjects", "accumulation")
    return IndicatorView(
        **{name: getattr(row, name) for name in (*copied, "decimals", "source", "verified")},
        domain_title=Words.of(DOMAINS[row.domain]),
        name=Words(vi=row.name_vi, en=row.name_en),
        definition=Words(vi=row.definition_vi, en=row.definition_en),
        formula=formula,
        unit=Words(vi=row.unit, en=row.unit_en),
    )


def place_view(place: Place) -> PlaceView:
    """Whom a value is about."""
    kind, key = place.id
    named = Words(vi=place.name_vi, en=place.name_en)
    number_of = int(key) if kind == "unit" else None
    return PlaceView(kind=kind, code=place.code, key=number_of, level=place.level, name=named)


def period_view(span: Span) -> PeriodView:
    """A period with its name."""
    return PeriodView(since=span.since, until=span.until, label=Words.of(name_of(span)))


def value_of(found: Reading, decimals: int) -> dict[str, Any]:
    """The keys of a ValueView."""
    return {
        "value": number(found.value, decimals),
        "withheld": withheld_words(found.withheld),
        "status": found.status if found.value is not None and found.status else "none",
        "how": found.how,
        "how_words": how_words(found),
        "known": found.known,
        "of": found.of,
        "coverage": coverage_words(found),
        "part": number(found.above),
        "whole": number(found.below),
        "reported": number(found.reported.value) if found.reported is not None else None,
        "contested": any(t.contested for t in found.told),
        "pending": found.is_pending,
    }


def change_view(change: Change | None, indicator: Any) -> ChangeView | None:
    """Against another period."""
    if change is None:
        return None
    unit = POINTS if indicator.unit == "%" else Words(vi=indicator.unit, en=indicator.unit_en)
    return ChangeView(
        period=period_view(change.span),
        value=number(change.value, indicator.decimals),
        delta=number(change.delta, indicator.decimals),
        unit=unit,
        percent=number(change.percent, 1),
        comparable=change.comparable,
    )


def light_view(judged: Judged, unit: str) -> LightView:
    """The traffic light."""
    bounds = judged.threshold
    return LightView(
        light=judged.light,
        label=LIGHTS[judged.light],
        why=light_words(judged, unit),
        threshold=None if bounds is None else bounds.code,
        green=None if bounds is None else number(bounds.green),
        red=None if bounds is None else number(bounds.red),
        verified=None if bounds is None else bounds.verified,
    )


def target_view(judged: Judged) -> TargetView | None:
    """The target that holds."""
    row = judged.target
    if row is None:
        return None
    return TargetView(
        code=row.code,
        value=float(row.value),
        percent=number(judged.percent, 1),
        period=period_view(Span(row.period_from, row.period_to)),
        paper=row.paper,
        source=row.source,
        verified=row.verified,
    )


def point_view(
    point: Point, indicator: Any, shelf: Shelf, revisions: Mapping[Span, list[RevisionView]] | None = None
) -> PointView:
    """One period of one place."""
    found = point.reading if point.reading.value is not None or point.cumulative is None else point.cumulative
    told, digits = found.told, indicator.decimals
    source = least_real([shelf.sources[t.source_id] for t in told], (), "")
    heard = max((t.heard_at for t in told), default=None)
    papers = {t.paper_id for t in told if t.paper_id is not None}
    cumulative = None if point.cumulative is None else ValueView(**value_of(point.cumulative, digits))
    age: timedelta | None = None if heard is None else shelf.now - heard
    return PointView(
        **value_of(point.reading, digits),
        period=period_view(point.span),
        cumulative=cumulative,
        before=change_view(point.before, indicator),
        year_before=change_view(point.year_before, indicator),
        light=light_view(point.judged, indicator.unit),
        target=target_view(point.judged),
        observations=[t.id for t in told[:MOST_IDS]],
        count=len(told),
        paper=shelf.papers.get(papers.pop()) if len(papers) == 1 else None,
        revisions=(revisions or {}).get(point.span, []),
        source=source_view(source),
        origin=shelf.origin(told),  # type: ignore[arg-type]
        stale=freshness(age, source.cadence if source else None),
        **timed(heard, shelf.now),
    )


def to_date_view(found: ToDate | None, indicator: Any) -> ToDateView | None:
    """A period that is not over."""
    if found is None:
        return None
    changes = [change_view(c, indicator) for c in (found.before, found.year_before)]
    assert changes[0] is not None and changes[1] is not None  # noqa: PT018 - both are always told
    value = ValueView(**value_of(found.reading, indicator.decimals))
    return ToDateView(period=period_view(found.span), value=value, before=changes[0], year_before=changes[1])
