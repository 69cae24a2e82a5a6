"""A source's pulse: what came of it hour by hour, and in which hours we were there to hear it.

One row a source and hour in which something came; an hour without a row is silence only if a process of ours lived.
"""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import psycopg
from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base

AGE_EDGES_S = (60, 600, 3600, 21_600, 86_400)
AGE_NAMES = ("within_1m", "within_10m", "within_1h", "within_6h", "within_1d", "later")
COUNT_NAMES = ("lines", "messages", "stored", "duplicates", "refused")
BEAT_GRACE_S = 10
"""Two beats of a process this far apart: it lived in between."""


class SourcePulse(Base):
    """What came of a source in one hour (UTC): counts, and how old what came was when it reached us."""

    __tablename__ = "source_pulse"

    source_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    last_at: Mapped[datetime]
    lines: Mapped[int]
    messages: Mapped[int]
    stored: Mapped[int]
    duplicates: Mapped[int]
    refused: Mapped[int]
    within_1m: Mapped[int]
    within_10m: Mapped[int]
    within_1h: Mapped[int]
    within_6h: Mapped[int]
    within_1d: Mapped[int]
    later: Mapped[int]
    late_max_s: Mapped[int | None]


class ProcessHour(Base):
    """For how many seconds of an hour (UTC) a process of ours lived, by its own beats."""

    __tablename__ = "process_hour"

    process: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    up_s: Mapped[int]
    last_at: Mapped[datetime]


class Ages(NamedTuple):
    """How many things were how old when they came (`AGE_EDGES_S` apart), and the age of the oldest in seconds."""

    counts: tuple[int, ...] = (0,) * len(AGE_NAMES)
    oldest_s: int | None = None

    def plus(self, other: "Ages") -> "Ages":
        """Both together."""
        oldest = [age for age in (self.oldest_s, other.oldest_s) if age is not None]
        return Ages(tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)), max(oldest, default=None))


NO_AGES = Ages()


class Came(NamedTuple):
    """What came of a source at once; counts as in a delivery's summary."""

    lines: int = 0
    messages: int = 0
    stored: int = 0
    duplicates: int = 0
    refused: int = 0
    ages: Ages = NO_AGES


_ALL = (*COUNT_NAMES, *AGE_NAMES)
_ADDED = ", ".join(f"{name} = p.{name} + excluded.{name}" for name in _ALL)
_MOVE = f"""
INSERT INTO source_pulse AS p (source_id, hour, last_at, {", ".join(_ALL)}, late_max_s)
VALUES (%s, date_trunc('hour', %s::timestamptz, 'UTC'), %s, {", ".join(["%s"] * len(_ALL))}, %s)
ON CONFLICT (source_id, hour) DO UPDATE SET last_at = greatest(p.last_at, excluded.last_at), {_ADDED},
    late_max_s = greatest(p.late_max_s, excluded.late_max_s)
"""  # noqa: S608 - our own names
_LIVED = """
INSERT INTO process_hour AS p (process, hour, up_s, last_at)
VALUES (%(process)s, date_trunc('hour', %(now)s::timestamptz, 'UTC'), 0, %(now)s)
ON CONFLICT (process, hour) DO UPDATE SET last_at = greatest(p.last_at, excluded.last_at),
    up_s = p.up_s + CASE WHEN excluded.last_at - p.last_at BETWEEN interval '0' AND %(grace)s
                         THEN round(extract(epoch FROM excluded.last_at - p.last_at)) ELSE 0 END
"""


def move_pulse(connection: psycopg.Connection, source_id: int, came: Came, now: datetime) -> None:
    """Add to the hour of `now` (UTC), in the transaction that stores what came."""
    counts = (came.lines, came.messages, came.stored, came.duplicates, came.refused)
    connection.execute(_MOVE, (source_id, now, now, *counts, *came.ages.counts, came.ages.oldest_s))


def note_life(connection: psycopg.Connection, process: str, now: datetime) -> None:
    """A process beats: the time since its beat before counts as lived, unless that was too long ago."""
    connection.execute(_LIVED, {"process": process, "now": now, "grace": timedelta(seconds=BEAT_GRACE_S)})


def ages_of(ages_s: Iterable[float]) -> Ages:
    """The ages (seconds) as they are kept; what is from the future is new."""
    found = sorted(ages_s)
    if not found:
        return NO_AGES
    ends = [0, *(bisect_left(found, edge) for edge in AGE_EDGES_S), len(found)]
    counts = tuple(until - since for since, until in pairwise(ends))
    return Ages(counts, min(2**31 - 1, max(0, round(found[-1]))))
