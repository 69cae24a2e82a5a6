"""Which periods are to be counted now: those that have just ended, and once more those that things may still join."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from geo.clock import local_date, start_of_day
from geo.workdays import DAY, add_months
from layers.counted.models import CountedPeriod
from layers.counted.spec import Book, Count, window_of
from layers.indicators.spans import Span, spans_between

AGAIN_AFTER = timedelta(hours=6)
STILL_JOINED = {"day": timedelta(days=3), "month": timedelta(days=40)}
"""So long after the end of a period late batches, corrections and papers may still change what it counts."""
BACK = {"day": 7 * DAY, "month": 396 * DAY}
"""How far back the first counting goes, where the book is as old."""


class Told(NamedTuple):
    """What a book says of itself: since when it speaks, when it first came, the least real of its origins."""

    begun: datetime | None
    heard: datetime | None
    origins: frozenset[str]


def read_book(connection: Connection, book: Book) -> Told:
    """A book as it is today."""
    begun, heard = (connection.execute(text(sql)).scalar() for sql in (book.begun, book.heard))
    return Told(begun, heard, frozenset(connection.execute(text(book.origins)).scalars()))


def due_spans(
    connection: Connection, count: Count, period: str, told: Told, now: datetime
) -> Iterator[tuple[Span, str | None]]:
    """The periods of a count that are due; beside a span the only subject it is counted for, None for all."""
    if told.begun is None:
        return
    known, every = _counted(connection, count.code), list(_spans(count, period, now))
    newest = max((span.until for span, only in every if only is None), default=None)
    for span, only in every:
        if _speaks(count, told, span, span.until == newest) and _is_due(count, known.get(span), span, now):
            yield span, only


def _spans(count: Count, period: str, now: datetime) -> Iterator[tuple[Span, str | None]]:
    """Ended periods, the oldest first, then the days of the month under way and of that before, to compare them."""
    today = local_date(now - count.waits)
    if period == "month":
        month = today.replace(day=1)
        yield from ((span, None) for span in spans_between("month", _month(today - BACK["month"]), month))
        if count.when == "during":
            before = add_months(month, -1)
            yield from ((span, "province") for span in spans_between("day", before, today))
    else:
        yield from ((span, None) for span in spans_between("day", today - BACK["day"], today))


def _month(day: date) -> date:
    return add_months(day.replace(day=1), 1)


def _speaks(count: Count, told: Told, span: Span, newest: bool) -> bool:
    """Whether the book speaks of all the days counted; a part of them would look like little.

    How things stood before the book first came is reckoned back from it for the newest period alone.
    """
    window = window_of(span)
    if told.begun is None or told.heard is None:
        return False
    if count.when == "end":
        return told.begun < window.until and (newest or told.heard < window.until)
    return told.begun <= window.since


def _is_due(count: Count, done: Any, span: Span, now: datetime) -> bool:
    if done is None:
        return True
    kind = "month" if span.months else "day"
    may_change = now - start_of_day(span.until) < STILL_JOINED[kind]
    return may_change and (done.query != count.query or now - done.counted_at >= AGAIN_AFTER)


def _counted(connection: Connection, code: str) -> Mapping[Span, Any]:
    table = CountedPeriod.__table__
    rows = connection.execute(table.select().where(table.c.indicator == code))
    return {Span(row.period_from, row.period_to): row for row in rows}
