"""The exceptions of today, each with its office and its day, as the API writes them."""

from datetime import date, datetime, timedelta
from typing import Any

from pydantic import BaseModel

from geo.clock import local_date
from layers.database import read
from layers.indicators.exceptions import MOST, Exceptional, answerer, find_exceptions
from layers.indicators.fetch import open_desk
from layers.indicators.lights import Light
from layers.indicators.spans import span_of
from layers.sources.expected import PeriodState, read_expected
from layers.sources.freshness import Origin, SourceInfo, mark, read_sources
from layers.tasks.read import find_overdue
from layers.tasks.rows import calendar_of
from web.indicator_points import number, period_view, place_view
from web.indicator_views import PeriodView, PlaceView
from web.routes.intake import apart
from web.state import State
from web.views import Words

BACK = timedelta(days=200)
AHEAD = timedelta(days=62)
KINDS = {
    "red": Words(vi="Đỏ", en="Red"),
    "contradiction": Words(vi="Số liệu trái nhau", en="Contradiction"),
    "late": Words(vi="Chậm nộp", en="Late"),
    "task": Words(vi="Nhiệm vụ", en="Task"),
}


class OfficeView(BaseModel):
    """Who is to answer: an office, never a person."""

    agency: str
    office: str | None
    phone: str | None


class RuleBrief(BaseModel):
    """By which dated rule a line stands where it stands."""

    code: str
    weight: float
    text: Words
    source: str
    verified: bool


class ExceptionView(BaseModel):
    """One line. `also`: others like it. `due`: by when; `lineage`: the figure's own address, where there is one."""

    kind: str
    kind_title: Words
    indicator: str | None
    name: Words
    place: PlaceView | None
    period: PeriodView | None
    value: float | None
    unit: Words | None
    status: str
    pending: bool
    light: Light
    why: Words
    also: int
    rank: float
    rule: RuleBrief
    office: OfficeView
    due: date | None
    link: str
    source: str | None
    lineage: str | None
    origin: Origin


class ExceptionList(BaseModel):
    """At most `limit` lines of `total`, the gravest first."""

    now: datetime
    total: int
    origin: Origin
    exceptions: list[ExceptionView]


async def exceptions(state: State, limit: int = MOST) -> ExceptionList:
    """What needs a leader today."""
    now = state.clock()
    today = local_date(now)
    states = await apart(state, lambda c: read_expected(c, None, today - BACK, today + AHEAD, now))
    async with read(state.engine) as connection:
        desk = await open_desk(connection)
        tasks = await connection.run_sync(lambda c: find_overdue(c, now, calendar_of(c)))
        found = await find_exceptions(connection, desk, today, states, tasks)
        sources = await read_sources(connection)
    shown = [_view(one, sources, states) for one in found[:limit]]
    origin = mark({one.origin for one in shown})
    return ExceptionList(now=now, total=len(found), origin=origin, exceptions=shown)


def _task_view(one: Exceptional, task: Any) -> ExceptionView:
    """An overdue task: its office, its day, and where it is followed."""
    place = task.born.get("place")
    return ExceptionView(
        kind=one.kind,
        kind_title=KINDS[one.kind],
        indicator=None,
        name=Words(**task.born["name"]),
        place=None if place is None else PlaceView(**place),
        period=None,
        value=None,
        unit=None,
        status="none",
        pending=False,
        light="none",
        why=Words.of(one.why),
        also=one.also,
        rank=float(one.rank),
        rule=_rule(one.rule),
        office=OfficeView(agency=task.agency, office=None, phone=None),
        due=task.due_on,
        link=f"/tasks?task={task.number}",
        source=None,
        lineage=None,
        origin=task.origin,
    )


def _view(one: Exceptional, sources: dict[int, SourceInfo], states: list[PeriodState]) -> ExceptionView:
    if one.task is not None:
        return _task_view(one, one.task)
    row, point = one.indicator, one.point
    by_code = {source.code: source for source in sources.values()}
    source = sources.get(one.source_id or 0) or by_code.get(one.source or "")
    state = one.late or answerer(states, source.code if source is not None else None)
    title = source.title if source is not None else {"vi": one.source or "", "en": one.source or ""}
    return ExceptionView(
        kind=one.kind,
        kind_title=KINDS[one.kind],
        indicator=None if row is None else row.code,
        name=Words(**title) if row is None else Words(vi=row.name_vi, en=row.name_en),
        unit=None if row is None else Words(vi=row.unit, en=row.unit_en),
        place=None if one.place is None else place_view(one.place),
        period=None if one.span is None else period_view(one.span),
        value=None if point is None or row is None else number(point.reading.value, row.decimals),
        status=(point.reading.status or "none") if point is not None else "none",
        pending=point is not None and point.reading.is_pending,
        light=point.judged.light if point is not None else "none",
        why=Words.of(one.why),
        also=one.also,
        rank=float(one.rank),
        rule=_rule(one.rule),
        office=_office(one, state),
        due=_due(one, state),
        link=_link(one),
        source=one.late.rule.source if one.late is not None else source.code if source is not None else None,
        lineage=None if one.observation is None else f"/api/lineage/observation/{one.observation}",
        origin="real" if source is None else source.origin,
    )


def _due(one: Exceptional, state: PeriodState | None) -> date | None:
    """By when: the day its source owes the next report; where nobody owes one, when its running period is judged."""
    if state is not None:
        return state.due
    if one.indicator is None or one.span is None:
        return None
    return span_of(one.indicator.period, one.span.until).last


def _office(one: Exceptional, state: PeriodState | None) -> OfficeView:
    if state is not None:
        return OfficeView(agency=state.rule.agency, office=state.rule.office, phone=state.rule.phone)
    owner = one.indicator.owner if one.indicator is not None else one.source or ""
    return OfficeView(agency=owner, office=None, phone=None)


def _link(one: Exceptional) -> str:
    """Where the line leads to: the leaders' map at that indicator and place, or the sources."""
    if one.indicator is None or one.place is None:
        return f"/sources?source={one.source}" if one.source else "/sources"
    kind = one.place.id[0]
    unit = one.place.code if kind in ("unit", "group") else f"{kind}:{one.place.code}"
    return f"/?indicator={one.indicator.code}&unit={unit}"


def _rule(row: Any) -> RuleBrief:
    text = Words(vi=row.text_vi, en=row.text_en)
    return RuleBrief(code=row.code, weight=float(row.weight), text=text, source=row.source, verified=row.verified)
