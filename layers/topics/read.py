"""Topics with their course: what is talked about more than in the four weeks before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import func, select

from geo.workdays import DAY
from layers.database import ReadConnection
from layers.topics.models import COUNTS, Topic, TopicDay, TopicRule
from layers.topics.rising import Course, Rule, course_of

SHOWN_DAYS = 35


@dataclass(frozen=True)
class TopicCourse:
    """One topic: its course, and the counts of its last days together (`sums`), by day and by kind of place."""

    code: str
    name_vi: str
    name_en: str
    course: Course
    sums: Mapping[str, int | None]
    by_day: Mapping[date, int]
    by_platform: Mapping[str, int]


@dataclass(frozen=True)
class Topics:
    """Every topic of the last day told, the one that rises most first."""

    day: date | None
    rule: Rule | None
    rows: Sequence[TopicCourse]
    sources: frozenset[int] = frozenset()


async def read_topics(connection: ReadConnection, until: date) -> Topics:
    """Topics by the last day told up to `until`."""
    d = TopicDay
    current = (d.superseded_at.is_(None), d.retracted_at.is_(None))
    day = (await connection.execute(select(func.max(d.day)).where(*current, d.day <= until))).scalar()
    rule = await _rule(connection, day or until)
    if day is None or rule is None:
        return Topics(None, rule, ())
    since = day - DAY * max(SHOWN_DAYS, rule.days + rule.base_days)
    names = (d.topic, d.day, d.platform, d.source_id, *(getattr(d, name) for name in COUNTS))
    rows = (await connection.execute(select(*names).where(*current, d.day > since, d.day <= day))).all()
    titles = {t.code: t for t in await connection.execute(select(Topic.__table__).where(Topic.superseded_at.is_(None)))}
    codes = sorted({r.topic for r in rows} & titles.keys())
    found = [_course([r for r in rows if r.topic == code], titles[code], day, rule) for code in codes]
    order = sorted(found, key=lambda t: (not t.course.rises, -(t.course.times or 0), t.code))
    return Topics(day, rule, order, frozenset(r.source_id for r in rows))


async def _rule(connection: ReadConnection, day: date) -> Rule | None:
    r = TopicRule
    holds = (r.superseded_at.is_(None), r.valid_from <= day, r.valid_to.is_(None) | (r.valid_to > day))
    row = (await connection.execute(select(r.__table__).where(*holds).order_by(r.valid_from.desc()).limit(1))).first()
    return None if row is None else Rule(row.days, row.base_days, Fraction(row.ratio), row.least, row.least_told)


def _course(rows: Sequence, title: object, day: date, rule: Rule) -> TopicCourse:  # type: ignore[type-arg]
    by_day: dict[date, int] = {}
    for row in rows:
        by_day[row.day] = by_day.get(row.day, 0) + row.mentions
    recent = [row for row in rows if row.day > day - DAY * rule.days]
    platforms: dict[str, int] = {}
    for row in recent:
        platforms[row.platform] = platforms.get(row.platform, 0) + row.mentions
    sums = {name: _sum(getattr(row, name) for row in recent) for name in COUNTS}
    course = course_of(by_day, day, rule)
    shown = {d: n for d, n in sorted(by_day.items()) if d > day - DAY * SHOWN_DAYS}
    return TopicCourse(title.code, title.name_vi, title.name_en, course, sums, shown, platforms)  # type: ignore[attr-defined]


def _sum(values: object) -> int | None:
    told = [value for value in values if value is not None]  # type: ignore[attr-defined]
    return sum(told) if told else None
