"""The number a task is born of, as it stood on the page: value, light, sentence, source, paper, moment; kept whole."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from geo.clock import local_date, show_moment
from geo.errors import BadInput, NotFound
from geo.workdays import DAY
from layers.database import read
from layers.indicators.exceptions import find_late
from layers.indicators.numbers import number_en, number_vi
from layers.indicators.places import PROVINCE
from layers.sources.expected import PeriodState, read_expected
from layers.sources.freshness import read_sources
from layers.tasks.offices import committee_of
from web.exceptions import AHEAD, BACK
from web.indicator_points import period_view
from web.indicator_views import PointView, Series
from web.indicator_why import why
from web.indicators import Asked, series
from web.routes.intake import apart
from web.state import State

FIGURE, LATE = "figure", "late"
OWN_OFFICES = ("agency", "investor", "board")
"""Places that are offices themselves."""


@dataclass(frozen=True)
class Origin:
    """Where a task comes from: an indicator at a unit in a period (None: its last), or a source that is late."""

    indicator: str | None = None
    unit: str = PROVINCE
    structure: str = "2025"
    period: date | None = None
    source: str | None = None


@dataclass(frozen=True)
class Born:
    """The number, a heading for the task, and the office that it suggests."""

    told: dict[str, Any]
    title: str
    agency: str


async def read_born(state: State, asked: Origin) -> Born:
    """What a task would stand on. NotFound without a figure there, BadInput when neither is named."""
    if asked.indicator is not None:
        return await _of_figure(state, asked)
    if asked.source is not None:
        return await _of_late(state, asked.source)
    raise BadInput("indicator: name the indicator, or the source that is late", field="indicator")


async def expected(state: State, now: datetime) -> list[PeriodState]:
    """The deliveries that were expected about now."""
    today = local_date(now)
    return await apart(state, lambda c: read_expected(c, None, today - BACK, today + AHEAD, now))


async def _of_figure(state: State, asked: Origin) -> Born:
    until = None if asked.period is None else asked.period + DAY
    wanted = Asked(asked.unit, structure=asked.structure, since=asked.period, until=until)
    found = await series(state, asked.indicator or "", wanted)
    point = next((p for p in reversed(found.points) if _value(p) is not None), None)
    if point is None:
        title = "Chỗ này chưa có số liệu của chỉ tiêu, nên chưa có số để giao việc"
        raise NotFound(f"unit={asked.unit}: no figure of {asked.indicator} there", field="unit", title=title)
    sentence = await _sentence(state, asked, found, point)
    told = _told(found, point, asked) | {"sentence": sentence, "known_at": found.now.isoformat()}
    return Born(told, sentence["vi"].split(";")[0].rstrip("."), _office(found))


def _value(point: PointView) -> float | None:
    if point.value is not None or point.cumulative is None:
        return point.value
    return point.cumulative.value


def _told(found: Series, point: PointView, asked: Origin) -> dict[str, Any]:
    indicator, place = found.indicator, found.place
    heard = point.time
    return {
        "kind": FIGURE,
        "indicator": indicator.code,
        "name": indicator.name.model_dump(),
        "unit": indicator.unit.model_dump(),
        "decimals": indicator.decimals,
        "direction": indicator.direction,
        "place": place.model_dump(),
        "asked": {"unit": asked.unit, "structure": asked.structure},
        "period": point.period.model_dump(mode="json"),
        "value": _value(point),
        "cumulative": point.value is None,
        "status": point.status,
        "coverage": point.coverage.model_dump() if point.coverage else None,
        "light": point.light.light,
        "light_why": point.light.why.model_dump() if point.light.why else None,
        "source": point.source.title.vi if point.source else indicator.owner,
        "as_of": "–" if heard is None else show_moment(heard),
        "time": None if heard is None else heard.isoformat(),
        "paper": None if point.paper is None else point.paper.model_dump(mode="json"),
        "observations": point.observations,
        "count": point.count,
        "origin": point.origin,
        "link": _link(found, point, asked),
    }


def _link(found: Series, point: PointView, asked: Origin) -> str:
    """The leaders' map as it showed the number."""
    told = {"indicator": found.indicator.code, "unit": asked.unit, "period": point.period.since.isoformat()}
    level = found.place.level
    return f"/?{urlencode(told | ({'level': level} if level in LEVELS else {}), safe=':')}"


LEVELS = ("commune", "former_district", "district")


async def _sentence(state: State, asked: Origin, found: Series, point: PointView) -> dict[str, str]:
    """Why it is red in one sentence, as the page says it; where nothing explains it, the value alone."""
    against = "target" if point.target else "threshold" if point.light.threshold else "before"
    where = (asked.unit, asked.structure)
    try:
        told = await why(state, found.indicator.code, where, (point.period.since, against, ""))
    except (BadInput, NotFound):
        return _plain(found, point)
    return told.sentence.model_dump()


def _plain(found: Series, point: PointView) -> dict[str, str]:
    indicator, value = found.indicator, Fraction(_value(point) or 0)
    name, place, period, unit = indicator.name, found.place.name, point.period.label, indicator.unit
    vi, en = number_vi(value, indicator.decimals), number_en(value, indicator.decimals)
    return {
        "vi": f"{name.vi} {period.vi} của {place.vi} là {vi}{_tail(unit.vi)}.",
        "en": f"{name.en}, {place.en}, {period.en}: {en}{_tail(unit.en)}.",
    }


def _tail(unit: str) -> str:
    return unit if unit == "%" else f" {unit}"


def _office(found: Series) -> str:
    """Whose work it is: the commune's committee, the office itself, else whoever owns the indicator."""
    if found.place.level == "commune":
        return committee_of(found.place.name.vi)
    return found.place.name.vi if found.place.kind in OWN_OFFICES else found.indicator.owner


async def _of_late(state: State, source: str) -> Born:
    now = state.clock()
    found = next((one for one in find_late(await expected(state, now)) if one.source == source), None)
    if found is None or found.late is None or found.span is None:
        raise NotFound(
            f"source={source[:60]!r}: nothing of it is overdue", field="source", title="Nguồn này không nợ số"
        )
    async with read(state.engine) as connection:
        known = {each.code: each for each in (await read_sources(connection)).values()}
    rule, title = found.late.rule, known[source].title if source in known else {"vi": source, "en": source}
    sentence = {"vi": f"{title['vi']}: {found.why.vi}.", "en": f"{title['en']}: {found.why.en}."}
    told: dict[str, Any] = {
        "kind": LATE,
        "indicator": None,
        "name": title,
        "place": None,
        "source_code": source,
        "template": rule.template,
        "period": period_view(found.span).model_dump(mode="json"),
        "sentence": sentence,
        "source": rule.basis or "Lịch nộp số liệu",
        "as_of": show_moment(now),
        "known_at": now.isoformat(),
        "light": "none",
        "origin": known[source].origin if source in known else "real",
        "link": f"/sources?source={source}",
    }
    return Born(told, sentence["vi"].rstrip("."), rule.agency)
