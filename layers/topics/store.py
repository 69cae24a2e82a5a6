"""Keeps the counts of topics as they came, and what they make of the province's indicators."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import psycopg

from geo.workdays import DAY
from layers.indicators.store import Given, Observed, store_observations
from layers.topics.models import COUNTS, EVERYTHING
from layers.topics.rising import Rule, course_of

PROVINCE = "51"
OF_ALL = {"tin_tong": "mentions", "tin_xau": "negative", "tin_can_xu_ly": "to_answer", "tin_da_xu_ly": "answered"}
"""What the topic of everything makes of the indicators, added up over the kinds of places."""
_SPEED_DIGITS = 2
_KEY = ("topic", "day", "platform")
_NAMES = ", ".join((*_KEY, *COUNTS))
_SAME = "d.source_id = %(source)s AND " + " AND ".join(f"d.{name} = s.{name}" for name in _KEY)
_CURRENT = "d.superseded_at IS NULL AND d.retracted_at IS NULL"
_STAGE = f"""
CREATE TEMP TABLE IF NOT EXISTS stage_topic (topic text, day date, platform text,
    {", ".join(f"{name} int8" for name in COUNTS)}) ON COMMIT DELETE ROWS
"""
_EQUAL = " AND ".join(f"d.{name} IS NOT DISTINCT FROM s.{name}" for name in COUNTS)
_FORGET = f"DELETE FROM stage_topic AS s USING topic_day AS d WHERE {_SAME} AND {_CURRENT} AND {_EQUAL}"  # noqa: S608
_SUPERSEDE = f"UPDATE topic_day AS d SET superseded_at = %(now)s FROM stage_topic AS s WHERE {_SAME} AND {_CURRENT}"  # noqa: S608
_INSERT = f"""
INSERT INTO topic_day ({_NAMES}, source_id, delivery_id, paper_id, heard_at, stored_at)
SELECT {_NAMES}, %(source)s, %(delivery)s, %(paper)s, %(heard)s, %(now)s FROM stage_topic
"""  # noqa: S608
_WHOLE = ", ".join(f"CASE WHEN bool_and({name} IS NOT NULL) THEN sum({name}) END" for name in COUNTS)
_ALL = f"""
SELECT topic, day, {_WHOLE} FROM topic_day AS d
WHERE d.source_id = %(source)s AND {_CURRENT} AND day >= %(since)s GROUP BY topic, day
"""  # noqa: S608
_UNITS = {"chude_nong": "chủ đề", "toc_do_lan": "lần"}
Sums = dict[str, dict[date, dict[str, int | None]]]


class TopicCount(NamedTuple):
    """One row: the counts of a topic on a day in a kind of place, in the order of COUNTS."""

    topic: str
    day: date
    platform: str
    counts: tuple[int | None, ...]


def store_topics(connection: psycopg.Connection, found: Sequence[TopicCount], given: Given) -> int:
    """Store what is new or changed, and the indicators it changes, in the caller's transaction; rows stored."""
    connection.execute(_STAGE)
    with connection.cursor() as cursor, cursor.copy("COPY stage_topic FROM STDIN") as copy:
        for one in found:
            copy.write_row((*one[:3], *one.counts))
    connection.execute(_FORGET, given.place)
    connection.execute(_SUPERSEDE, given.place)
    stored = connection.execute(_INSERT, given.place).rowcount
    row = connection.execute("SELECT min(day) FROM stage_topic").fetchone()
    connection.execute("TRUNCATE stage_topic")
    if row is not None and row[0] is not None:
        publish_topics(connection, row[0], given)
    return stored


def retract_topics(connection: psycopg.Connection, paper_id: int, now: datetime) -> int:
    """Take back what a paper told of topics, and bring the indicators to what is left; how many rows."""
    gone = connection.execute(
        "UPDATE topic_day SET retracted_at = %s WHERE paper_id = %s AND superseded_at IS NULL AND retracted_at IS NULL"
        " RETURNING day, source_id, delivery_id",
        (now, paper_id),
    ).fetchall()
    if gone:
        _, source_id, delivery_id = gone[0]
        publish_topics(connection, min(day for day, *_ in gone), Given(source_id, delivery_id, None, now, now))
    return len(gone)


def publish_topics(connection: psycopg.Connection, since: date, given: Given) -> None:
    """The indicators of every day told from `since` on: a day's counts are in the means of the weeks after it."""
    rule = rule_on(connection, since)
    sums = _sums(connection, given.source_id, since - DAY * (rule.days + rule.base_days))
    days = sorted({day for by_day in sums.values() for day in by_day if day >= since})
    found = [one for day in days for one in _of_day(sums, day, rule)]
    store_observations(connection, found, given._replace(paper_id=None))  # a mean stands on many papers


def rule_on(connection: psycopg.Connection, day: date) -> Rule:
    """The rule of rising topics on a day."""
    row = connection.execute(
        "SELECT days, base_days, ratio, least, least_told FROM topic_rule WHERE superseded_at IS NULL"
        " AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s) ORDER BY valid_from DESC LIMIT 1",
        (day, day),
    ).fetchone()
    assert row is not None  # the product brings one from ever on
    return Rule(row[0], row[1], Fraction(row[2]), row[3], row[4])


def _sums(connection: psycopg.Connection, source_id: int, since: date) -> Sums:
    found: Sums = {}
    for topic, day, *counts in connection.execute(_ALL, {"source": source_id, "since": since}):
        told = {name: None if n is None else int(n) for name, n in zip(COUNTS, counts, strict=True)}
        found.setdefault(topic, {})[day] = told
    return found


def _of_day(sums: Sums, day: date, rule: Rule) -> Iterable[Observed]:
    whole = sums.get(EVERYTHING, {})
    if day in whole:
        for indicator, name in OF_ALL.items():
            yield _observed(indicator, day, whole[day][name], "tin")
        speed = course_of(mentions(whole), day, rule).times
        shown = None if speed is None else round(Decimal(speed.numerator) / speed.denominator, _SPEED_DIGITS)
        yield _observed("toc_do_lan", day, shown, _UNITS["toc_do_lan"])
    topics = [by_day for topic, by_day in sums.items() if topic != EVERYTHING and day in by_day]
    if topics:
        rising = sum(course_of(mentions(by_day), day, rule).rises for by_day in topics)
        yield _observed("chude_nong", day, rising, _UNITS["chude_nong"])


def mentions(by_day: Mapping[date, Mapping[str, int | None]]) -> dict[date, int]:
    """The mentions of each day that is told."""
    return {day: n for day, counts in by_day.items() if (n := counts["mentions"]) is not None}


def _observed(indicator: str, day: date, value: int | Decimal | None, unit: str) -> Observed:
    number = None if value is None else Decimal(value)
    return Observed(indicator, "province", PROVINCE, day, day + DAY, number, unit, "preliminary", None, b"")
