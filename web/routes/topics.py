"""What is talked about online: topics by their last days against the four weeks before; counts, never who."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, StringConstraints
from sqlalchemy import insert, select

from geo.clock import local_date
from geo.errors import BadInput
from layers.access.roles import SIGNED_IN
from layers.database import read, write_async
from layers.sources.freshness import Origin, mark, read_sources
from layers.topics.models import EVERYTHING, PLATFORMS, Topic
from layers.topics.read import TopicCourse, Topics, read_topics
from layers.watch.law_edit import supersede
from web.access import require, role_of
from web.indicator_points import number
from web.indicators import EDITORS
from web.routes.indicator_edits import Dated
from web.routes.law import Line, change_of
from web.state import state_of
from web.views import Problem, Words

router = APIRouter(prefix="/api/topics", responses={401: {"model": Problem}, 403: {"model": Problem}})
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
_DIGITS = 2


class TopicView(BaseModel):
    """A topic. `recent` and `base`: mean mentions a day; `times` the one by the other; null where days are not told.

    The sums and `platforms` are of the last days together; `days` has the mentions of each day that is told.
    """

    code: str
    name: Words
    recent: float | None
    base: float | None
    times: float | None
    rises: bool
    mentions: int | None
    positive: int | None
    neutral: int | None
    negative: int | None
    spread: int | None
    reach: int | None
    platforms: dict[str, int]
    days: dict[date, int]


class RisingRule(BaseModel):
    """When a topic rises: mean of `days` ≥ `ratio` × mean of the `base_days` before, with `least` mentions."""

    days: int
    base_days: int
    ratio: float
    least: int


class TopicList(BaseModel):
    """Topics by the last day told, those that rise first; `whole` is everything about the province."""

    day: date | None
    rule: RisingRule | None
    whole: TopicView | None
    topics: list[TopicView]
    platforms: dict[str, Words]
    can_edit: bool
    origin: Origin


class TopicChange(Dated):
    """A topic as it shall be followed from now on."""

    name_vi: Line
    name_en: Line


@router.get("")
async def get_topics(request: Request) -> TopicList:
    """Topics against their own mean of the four weeks before."""
    await require(request, SIGNED_IN)
    state = state_of(request)
    async with read(state.engine) as connection:
        found = await read_topics(connection, local_date(state.clock()))
        sources = await read_sources(connection)
    views = [_view(row) for row in found.rows]
    return TopicList(
        day=found.day,
        rule=_rule(found),
        whole=next((v for v in views if v.code == EVERYTHING), None),
        topics=[v for v in views if v.code != EVERYTHING],
        platforms={code: Words.of(title) for code, title in PLATFORMS.items()},
        can_edit=await role_of(request) in EDITORS,
        origin=mark({sources[s].origin for s in found.sources}),
    )


@router.post("/{code}")
async def post_topic(request: Request, code: Code, change: TopicChange) -> TopicList:
    """Enter a topic, correct it, or stop following it by `valid_to`; the former row stays."""
    said = await change_of(request, change)
    if change.valid_to is not None and change.valid_to <= change.valid_from:
        raise BadInput("valid_to: it must be after valid_from", field="valid_to")
    async with write_async(state_of(request).engine) as connection:
        current = select(Topic.__table__).where(Topic.code == code, Topic.superseded_at.is_(None))
        await supersede(connection, Topic, (await connection.execute(current)).first(), said)
        kept = {"stored_at": said.at, "stored_by": said.by, "reason": said.reason}
        await connection.execute(insert(Topic).values(code=code, **change.model_dump(exclude={"reason"}), **kept))
    return await get_topics(request)


def _rule(found: Topics) -> RisingRule | None:
    if found.rule is None:
        return None
    copied = {name: getattr(found.rule, name) for name in ("days", "base_days", "least")}
    return RisingRule(**copied, ratio=float(found.rule.ratio))


def _view(row: TopicCourse) -> TopicView:
    told: dict[str, Any] = {name: number(getattr(row.course, name), _DIGITS) for name in ("recent", "base", "times")}
    told |= {name: row.sums[name] for name in ("mentions", "positive", "neutral", "negative", "spread", "reach")}
    told |= {"platforms": dict(row.by_platform), "days": dict(row.by_day), "rises": row.course.rises}
    return TopicView(code=row.code, name=Words(vi=row.name_vi, en=row.name_en), **told)
