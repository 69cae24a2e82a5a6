"""The number now beside the number a task was born of: whether it helped."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel

from geo.clock import show_moment
from layers.database import read
from layers.indicators.fetch import fetch_latest, open_desk
from layers.indicators.lights import Light
from layers.indicators.read import ends_of, last_point, locate
from layers.sources.expected import PeriodState
from layers.sources.freshness import Stale
from web.indicator_points import open_shelf, point_view
from web.indicator_views import PeriodView
from web.state import State
from web.tasks.born import FIGURE, LATE, expected
from web.unit_cards import structure_date
from web.views import Words


class SinceView(BaseModel):
    """The last number; `same`: still of that period, so nothing newer has come; `better` null: nobody can say."""

    value: float | None
    period: PeriodView | None
    light: Light
    time: AwareDatetime | None
    stale: Stale
    delta: float | None
    better: bool | None
    same: bool
    words: Words | None


async def read_since(state: State, rows: Sequence[Any], now: datetime) -> dict[str, SinceView]:
    """By a task's number, what has become of the number it was born of."""
    found = await _figures(state, [row for row in rows if row.born["kind"] == FIGURE], now)
    late = [row for row in rows if row.born["kind"] == LATE]
    states = await expected(state, now) if late else []
    return found | {row.number: _delivered(row.born, states) for row in late}


async def _figures(state: State, rows: Sequence[Any], now: datetime) -> dict[str, SinceView]:
    if not rows:
        return {}
    async with read(state.engine) as connection:
        desk = await open_desk(connection)
        composer, known = desk.composer(), [row for row in rows if row.born["indicator"] in desk.catalogue]
        indicators = {row.born["indicator"]: desk.catalogue[row.born["indicator"]] for row in known}
        await fetch_latest(connection, composer, indicators.values())
        shelf, ends, found = await open_shelf(connection, composer, now), ends_of(composer), {}
        for row in known:
            indicator, asked = indicators[row.born["indicator"]], row.born["asked"]
            place = await locate(connection, desk, asked["unit"], structure_date(asked["structure"]))
            point = last_point(composer, desk, indicator, place, ends)
            found[row.number] = _nothing() if point is None else _since(row.born, point_view(point, indicator, shelf))
    return found


def _since(born: Mapping[str, Any], point: Any) -> SinceView:
    value = point.value if point.value is not None or point.cumulative is None else point.cumulative.value
    same = point.period.since.isoformat() == born["period"]["since"]
    delta = None if value is None or born["value"] is None else round(value - born["value"], born["decimals"] + 2)
    return SinceView(
        value=value,
        period=point.period,
        light=point.light.light,
        time=point.time,
        stale=point.stale,
        delta=delta,
        better=_better(born, delta),
        same=same,
        words=None,
    )


def _better(born: Mapping[str, Any], delta: float | None) -> bool | None:
    """Whether it moved the good way; a year to date grows by itself, so of that nobody can say."""
    if not delta or born["cumulative"] or born["direction"] not in ("up", "down"):
        return None
    return bool((delta > 0) == (born["direction"] == "up"))


def _delivered(born: Mapping[str, Any], states: Sequence[PeriodState]) -> SinceView:
    """Of figures that had not come: whether they have by now."""
    key = (born["source_code"], born["template"], born["period"]["since"])
    found = next((s for s in states if (s.rule.source, s.rule.template, s.since.isoformat()) == key), None)
    if found is None or found.received_at is None:
        over = 0 if found is None else found.workdays
        vi, en = f"vẫn chưa nộp, quá hạn {over} ngày làm việc", f"still not there, overdue by {over} working days"
        return _nothing(Words(vi=vi, en=en), better=False)
    at = show_moment(found.received_at)
    return _nothing(Words(vi=f"đã nộp {at}", en=f"came {at}"), better=True)


def _nothing(words: Words | None = None, better: bool | None = None) -> SinceView:
    return SinceView(
        value=None,
        period=None,
        light="none",
        time=None,
        stale="fresh",
        delta=None,
        better=better,
        same=words is None,
        words=words,
    )
