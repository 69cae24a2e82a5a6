"""Why an indicator changed, as the API writes it."""

from datetime import date

from geo.clock import local_date
from geo.errors import NotFound
from geo.workdays import DAY
from layers.database import ReadConnection, read
from layers.indicators.explain import Row, Why, read_why
from layers.indicators.fetch import Desk, open_desk
from layers.indicators.places import Place
from layers.indicators.read import find_indicator, locate, main_span, read_series
from layers.indicators.sentence import say, unit_of_change
from layers.indicators.spans import span_of
from layers.indicators.why import REST, Share
from web.indicator_points import MOST_IDS, Shelf, indicator_view, number, open_shelf, period_view, place_view
from web.indicator_why_views import WhyRow, WhyView
from web.state import State
from web.unit_cards import structure_date
from web.views import Words

REST_NAME = Words(vi="Phần không phân bổ được cho từng nơi", en="What no part explains")
YEARS_BACK = 3


async def why(state: State, code: str, unit: tuple[str, str], asked: tuple[date | None, str, str]) -> WhyView:
    """Explain an indicator of (unit, structure) for (a day of the period or None for the last, against, by)."""
    now = state.clock()
    day, against, by = asked
    async with read(state.engine) as connection:
        desk = await open_desk(connection)
        indicator = find_indicator(desk, code)
        place = await locate(connection, desk, unit[0], structure_date(unit[1]))
        day = day or await _last_day(connection, desk, code, place, local_date(now))
        composer, found = await read_why(connection, desk, code, place, (day, against, by))
        shelf = await open_shelf(connection, composer, now)
    period = span_of(indicator.period, day)
    told = [t for row in found.rows.values() for t in row.told] + list(found.reading.told)
    e, sentence, unit_words = found.explained, say(found), unit_of_change(found)
    return WhyView(
        now=now,
        indicator=indicator_view(indicator),
        place=place_view(place),
        period=period_view(main_span(indicator, period)),
        against=against,
        period_against=None if found.other is None else period_view(found.other),
        start=float(e.start),
        end=float(e.end),
        delta=float(e.delta),
        exact=str(e.delta),
        unit=Words.of(unit_words),
        shown_start=float(e.shown_start),
        shown_end=float(e.shown_end),
        shown_delta=float(e.shown_delta),
        by=found.level,
        levels=list(found.levels),
        known=found.known,
        of=len(found.rows),
        pending=found.is_pending,
        rows=[_row(share, found, shelf) for share in e.shares],
        sentence=Words.of(sentence),
        origin=shelf.origin(told),  # type: ignore[arg-type]
    )


async def _last_day(connection: ReadConnection, desk: Desk, code: str, place: Place, today: date) -> date:
    """A day of the last period that has a value."""
    within = (date(today.year - YEARS_BACK, 1, 1), today + DAY)
    _, points = await read_series(connection, desk, code, place, within)
    known = [p for p in points if p.reading.value is not None]
    if not known:
        raise NotFound(f"unit={place.code}: no figure of {code} there", field="unit")
    return known[-1].span.since


def _row(share: Share, found: Why, shelf: Shelf) -> WhyRow:
    row = None if share.id == REST else found.rows[share.id]
    papers = _papers(row)
    return WhyRow(
        place=None if row is None else place_view(row.place),
        name=REST_NAME if row is None else Words(vi=row.place.name_vi, en=row.place.name_en),
        then=None if row is None else number(row.then, found.indicator.decimals),
        value=None if row is None else number(row.now, found.indicator.decimals),
        effect=float(share.effect),
        exact=str(share.effect),
        shown=float(share.shown),
        numerator=float(share.above),
        denominator=float(share.below),
        observations=[] if row is None else [t.id for t in row.told[:MOST_IDS]],
        paper=shelf.papers.get(papers.pop()) if len(papers) == 1 else None,
        pending=row is not None and row.pending,
    )


def _papers(row: Row | None) -> set[int]:
    return set() if row is None else {t.paper_id for t in row.told if t.paper_id is not None}
