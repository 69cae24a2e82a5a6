"""The list of sources and four weeks of their pulses, against asking the deliveries and rejects themselves.

A hundred sources, five years of hours: both ways give the same days, and the same counts of what was refused last.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, LiteralString

import psycopg
from goals import Goal, Spent, say, take_turns
from ground import Ground, now

from layers.database import connect, make_async_engine, read
from layers.sources.last import read_last
from layers.sources.pulse_read import Span, floor_to, read_pulses

GOAL = 3
ROUNDS = 9
SOURCES, YEARS, DAYS = 100, 5, 28
REJECTS = 200_000

_SOURCES = """
INSERT INTO source (code, title_vi, title_en, origin, cadence)
SELECT 'bench_' || n, 'b', 'b', 'simulated', interval '1 hour' FROM generate_series(1, %(sources)s) AS n
"""
_PULSE = """
INSERT INTO source_pulse
SELECT s.id, h, h, 100, 90, 80, 10, 5, 90, 0, 0, 0, 0, 0, 30 FROM source AS s,
       generate_series(%(since)s::timestamptz, %(until)s, interval '1 hour') AS h WHERE s.code LIKE 'bench_%%'
"""
_DELIVERIES = """
INSERT INTO delivery (source_id, label, started_at, finished_at, summary)
SELECT s.id, 'f', h, h, '{"lines": 100, "messages": 90, "stored": 80, "duplicates": 10, "rejected": {"bad_row": 5}}'
FROM source AS s, generate_series(%(since)s::timestamptz, %(until)s, interval '1 hour') AS h
WHERE s.code LIKE 'bench_%%' ORDER BY h
"""
_REJECTS = """
INSERT INTO reject (source_id, delivery_id, reason, detail, raw, raw_hash, first_seen, last_seen)
SELECT d.source_id, d.id, 'bad_row', 'x', 'x', n, d.started_at, d.started_at
FROM generate_series(1, %(count)s) AS n JOIN delivery AS d ON d.id = (SELECT max(id) FROM delivery) - n %% 50000
"""
_TALLY = """
INSERT INTO reject_tally (source_id, reason, open, seen, first_seen, last_seen)
SELECT source_id, reason, count(*), sum(seen), min(first_seen), max(last_seen) FROM reject GROUP BY 1, 2
"""
_NAIVE_LAST: LiteralString = """
SELECT s.code, d.label, coalesce(d.finished_at, d.started_at),
       (SELECT count(*) FROM reject AS r WHERE r.source_id = s.id AND r.state = 'open')
FROM source AS s LEFT JOIN delivery AS d
    ON d.id IN (SELECT max(id) FROM delivery GROUP BY source_id) AND d.source_id = s.id ORDER BY s.code
"""
_NAIVE_DAYS: LiteralString = """
SELECT source_id, date_trunc('day', started_at AT TIME ZONE 'Asia/Ho_Chi_Minh') AS cell,
       coalesce(sum((summary ->> 'lines')::int), 0), sum((summary ->> 'stored')::int)
FROM delivery WHERE started_at >= %(since)s GROUP BY 1, 2
"""


def prepare(connection: psycopg.Connection, at: datetime) -> None:
    """Five years of hours for a hundred sources, as pulses and as deliveries."""
    given = {"sources": SOURCES, "since": at - timedelta(days=365 * YEARS), "until": at, "count": REJECTS}
    for statement in (_SOURCES, _PULSE, _DELIVERIES, _REJECTS, _TALLY):
        connection.execute(statement, given)
    connection.execute("ANALYZE")


class Ways:
    """The page's answer from pulses, and from the deliveries and rejects themselves."""

    def __init__(self, url: str, connection: psycopg.Connection, at: datetime) -> None:
        self._engine, self._connection, self._at = make_async_engine(url), connection, at
        self._loop = asyncio.new_event_loop()
        self._since = floor_to(at - timedelta(days=DAYS - 1), "day")

    def ours(self) -> tuple[list[Any], dict[int, Any]]:
        """The list, and the days of every source."""
        return self._loop.run_until_complete(self._ours())

    async def _ours(self) -> tuple[list[Any], dict[int, Any]]:
        span = Span(self._since, self._at + timedelta(hours=1), "day", self._at)
        async with read(self._engine) as connection:
            last = await read_last(connection, floor_to(self._at, "day"))
            return last, await read_pulses(connection, self.ids, span)

    def naive(self) -> tuple[list[Any], list[Any]]:
        """The same out of the tables that hold it all."""
        last = self._connection.execute(_NAIVE_LAST).fetchall()
        return last, self._connection.execute(_NAIVE_DAYS, {"since": self._since}).fetchall()

    @property
    def ids(self) -> list[int]:
        """The sources by their ids."""
        return [each for (each,) in self._connection.execute("SELECT id FROM source WHERE code LIKE 'bench_%'")]

    def close(self) -> None:
        """Let go of the connections."""
        self._loop.run_until_complete(self._engine.dispose())
        self._loop.close()


def check_equal(ways: Ways) -> int:
    """Both tell the same; how many days that is."""
    last, days = ways.ours()
    naive_last, naive_days = ways.naive()
    told = {each.code: (each.label, each.refused_open) for each in last if each.label is not None}
    assert told == {code: (label, count) for code, label, _, count in naive_last if label is not None}
    ours = {
        (source, cell.t.date()): cell.counts["lines"] for source, cells in days.items() for cell in cells if cell.counts
    }
    assert sum(ours.values()) == sum(lines for _, _, lines, _ in naive_days)
    return len(naive_days)


def timed(ask: Callable[[], object]) -> Callable[[], Spent]:
    """What one answer takes."""

    def once() -> Spent:
        began = time.perf_counter()
        ask()
        return Spent(time.perf_counter() - began)

    return once


def run(ground: Ground) -> Goal:
    """How much quicker the page's answer is from pulses and tallies."""
    at = now().replace(minute=0, second=0, microsecond=0) + timedelta(minutes=30)
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        prepare(connection, at - timedelta(minutes=30))
        ways = Ways(ground.cluster.url(name), connection, at)
        try:
            days = check_equal(ways)
            say(f"sources: {SOURCES} with {YEARS} years of hours, {days} days equal")
            naive, ours = take_turns([timed(ways.naive), timed(ways.ours)], ROUNDS)
        finally:
            ways.close()
    detail = {"sources": SOURCES, "years": YEARS, "days": days, "rejects": REJECTS, "rounds": ROUNDS}
    return Goal(
        "list of sources with pulses / from deliveries and rejects", naive.wall / ours.wall, GOAL, detail=detail
    )
