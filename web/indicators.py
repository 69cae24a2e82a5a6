"""Answers about indicators: the catalogue with last values, a series with its revisions, the map of one period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from geo.clock import local_date
from geo.errors import BadInput
from geo.workdays import DAY
from layers.access.roles import SIGNED_IN, Role
from layers.database import ReadConnection, read
from layers.indicators.catalogue import DOMAINS
from layers.indicators.fetch import Desk, open_desk
from layers.indicators.places import OFFICES, Place
from layers.indicators.read import (
    Point,
    find_indicator,
    locate,
    province_of,
    read_latest,
    read_map,
    read_series,
    to_date,
)
from layers.sources.freshness import mark
from tiles.classes import breaks, classes
from web.indicator_points import (
    MOST_IDS,
    indicator_view,
    number,
    open_shelf,
    period_view,
    place_view,
    point_view,
    to_date_view,
)
from web.indicator_revisions import read_revisions
from web.indicator_views import Catalogue, DomainView, FullCard, LatestView, MapValue, MapView, Series
from web.indicator_words import coverage_words, withheld_words
from web.state import State
from web.unit_cards import card, structure_date
from web.views import ClassView, Words

EDITORS = frozenset({Role.OPERATOR, Role.ADMIN})
YEARS = 5
MAP_LEVELS = ("province", "group", "former_district", "district", "commune", *OFFICES)


async def catalogue(state: State, role: Role) -> Catalogue:
    """Every indicator; values for whoever is signed in."""
    now = state.clock()
    async with read(state.engine) as connection:
        desk = await open_desk(connection)
        place = province_of(desk, local_date(now))
        found = await latest_of(connection, desk, place, (now, role))
    origin = mark({f.point.origin for f in found if f.point is not None})
    return Catalogue(
        now=now,
        place=place_view(place),
        domains=[DomainView(code=code, title=Words.of(title)) for code, title in DOMAINS.items()],
        can_edit=role in EDITORS,
        origin=origin,
        indicators=found,
    )


async def latest_of(
    connection: ReadConnection, desk: Desk, place: Place, asked: tuple[datetime, Role], until: date | None = None
) -> list[LatestView]:
    """The last value of every indicator at a place, in the catalogue's order; none for guests.

    `until`: of periods that had ended by that day.
    """
    now, role = asked
    if role not in SIGNED_IN:
        return [LatestView(indicator=indicator_view(row), point=None) for row in desk.catalogue.values()]
    composer, found = await read_latest(connection, desk, place, until)
    shelf = await open_shelf(connection, composer, now)
    return [
        LatestView(
            indicator=indicator_view(last.indicator),
            point=None if last.point is None else point_view(last.point, last.indicator, shelf),
        )
        for last in found
    ]


async def full_card(state: State, role: Role, code: str, at: date | None, structure: str | None) -> FullCard:
    """One unit's card: measures of the layers, and every indicator that has a figure there."""
    found = await card(state, role, code, at, structure)
    async with read(state.engine) as connection:
        desk = await open_desk(connection)
        place = next(p for p in desk.atlas.units[found.unit.code] if p.id == ("unit", str(found.unit.key)))
        every = await latest_of(connection, desk, place, (state.clock(), role), None if found.values_at is None else at)
    told = [one for one in every if one.point is not None]
    return FullCard(**found.model_dump(), indicators=told)


@dataclass(frozen=True)
class Asked:
    """What a series is asked for; defaults: the province, today's structure, the last five years.

    `names`: whether the accounts that decided on figures may be told.
    """

    unit: str = "51"
    level: str = ""
    structure: str = "2025"
    since: date | None = None
    until: date | None = None
    period: date | None = None
    known_at: datetime | None = None
    names: bool = False

    def within(self, today: date) -> tuple[date, date]:
        """The days in which periods begin."""
        until = self.until or today + DAY
        since = self.since or date(until.year - YEARS, 1, 1)
        if since >= until:
            raise BadInput("from: it must be before to", field="from")
        if self.level and self.level not in MAP_LEVELS:
            raise BadInput(f"level={self.level!r}: use one of {', '.join(MAP_LEVELS)}", field="level")
        return since, until


async def series(state: State, code: str, asked: Asked) -> Series:
    """An indicator of one place over time, and of all places of a level where that is asked for."""
    now = state.clock()
    today, vintage = local_date(now), structure_date(asked.structure)
    within = asked.within(today)
    async with read(state.engine) as connection:
        desk = await open_desk(connection, asked.known_at)
        indicator = find_indicator(desk, code)
        place = await locate(connection, desk, asked.unit, vintage)
        composer, points = await read_series(connection, desk, code, place, within, asked.known_at)
        shelf = await open_shelf(connection, composer, now)
        revisions = await read_revisions(connection, indicator, place, points, (shelf, asked.known_at, asked.names))
        shown = [point_view(point, indicator, shelf, revisions) for point in points]
        so_far = to_date_view(to_date(composer, indicator, place, today), indicator)
        drawn = await _map(connection, desk, code, asked) if asked.level else None
    return Series(
        now=now,
        known_at=asked.known_at,
        indicator=indicator_view(indicator),
        place=place_view(place),
        structure=asked.structure,
        points=shown,
        latest=next((p for p in reversed(shown) if p.value is not None or p.withheld is not None), None),
        to_date=so_far,
        map=drawn,
        origin=shelf.origin(t for places in composer.figures.values() for t in places.values()),  # type: ignore[arg-type]
    )


async def _map(connection: ReadConnection, desk: Desk, code: str, asked: Asked) -> MapView:
    """The period asked for, or the last, over all units of a level."""
    indicator = desk.catalogue[code]
    wanted = (asked.level, structure_date(asked.structure), asked.period)
    _, span, found = await read_map(connection, desk, code, wanted, asked.known_at)
    if not found and asked.level not in OFFICES:
        raise BadInput(f"level={asked.level!r}: no such level in {asked.structure}", field="level")
    values = [number(point.reading.value, indicator.decimals) for _, point in found]
    some = [value for value in values if value is not None]
    places = _ranks(indicator.direction, values)
    return MapView(
        level=asked.level,
        structure=asked.structure,
        period=None if span is None else period_view(span),
        values=[_map_value(place, point, v, r) for (place, point), v, r in zip(found, values, places, strict=True)],
        breaks=breaks(some),
        classes=[ClassView(**vars(each)) for each in classes(some)],
        known=len(some),
        of=len(values),
    )


def _map_value(place: Place, point: Point, value: float | None, rank: int | None) -> MapValue:
    found = point.reading
    return MapValue(
        key=int(place.id[1]) if place.id[0] == "unit" else None,
        code=place.code,
        name=place.name_vi,
        value=value,
        withheld=withheld_words(found.withheld),
        status=found.status if value is not None and found.status else "none",  # type: ignore[arg-type]
        how=found.how,  # type: ignore[arg-type]
        coverage=coverage_words(found),
        light=point.judged.light,
        observations=[t.id for t in found.told[:MOST_IDS]],
        contested=any(t.contested for t in found.told),
        pending=found.is_pending,
        rank=rank,
    )


def _ranks(direction: str, values: Sequence[float | None]) -> list[int | None]:
    """1 for the best; equals share a rank; the most is first where nothing is good."""
    some = sorted((v for v in values if v is not None), reverse=direction != "down")
    first = {value: at for at, value in reversed(list(enumerate(some, 1)))}
    return [None if value is None else first[value] for value in values]
