"""Figures counted out of our own books, through the door of every other: a delivery, observations, a pulse.

The sources are our own, one for each period and origin: a number that touches a simulated row is simulated.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from geo.clock import Clock
from ingest.adapters import adapter_named
from ingest.deliveries import Opened, Sender, close_delivery, open_delivery
from ingest.summary import Summary
from layers.counted.count import Counted, count_span
from layers.counted.due import due_spans, read_book
from layers.counted.ground import OFFICES, Share
from layers.counted.models import CountedPeriod
from layers.counted.registry import COUNTS
from layers.counted.spec import Count
from layers.indicators.catalogue import catalogue_statement
from layers.indicators.store import Given, Observed, store_observations
from layers.sources.freshness import mark
from layers.sources.register import ensure_source
from layers.units.load import driver

OPENED = Opened(adapter=adapter_named("counted"))
_MARKS = {"real": ("", ""), "simulated": ("_mp", " (mô phỏng)"), "replayed": ("_pl", " (phát lại)")}
_PERIODS = {"day": ("ngay", "theo ngày", timedelta(days=2)), "month": ("thang", "theo tháng", timedelta(days=32))}


def sender_of(period: str, origin: str) -> Sender:
    """Our own source for figures of a period that stand on rows of this origin."""
    code, words, cadence = _PERIODS[period]
    end, said = _MARKS[origin]
    return Sender(f"he_thong_{code}{end}", origin, f"Tính từ hệ thống, {words}{said}", cadence=cadence)


def count_due(connection: Connection, clock: Clock) -> int:
    """Count what is due, in the caller's transaction; how many figures are new or corrected."""
    now, found = clock(), defaultdict[Sender, list[Counted]](list)
    catalogue = {row.code: row for row in connection.execute(catalogue_statement())}
    for count in COUNTS.values():
        if count.code in catalogue:
            for sender, counted in _count(connection, count, catalogue[count.code], now):
                found[sender].append(counted)
    return sum(_store(connection, sender, every, catalogue, clock) for sender, every in found.items())


def _count(connection: Connection, count: Count, indicator: Any, now: datetime) -> Iterator[tuple[Sender, Counted]]:
    told = read_book(connection, count.book)
    sender = sender_of(indicator.period, mark(set(told.origins)))
    for span, only in due_spans(connection, count, indicator.period, told, now):
        counted = count_span(connection, count, span, [only] if only else indicator.subjects, told)
        if counted is not None:
            yield sender, counted


def _store(
    connection: Connection, sender: Sender, every: list[Counted], catalogue: Mapping[str, Any], clock: Clock
) -> int:
    """One delivery of one source; how many of its figures were not known as they are."""
    now, raw = clock(), driver(connection)
    source_id = ensure_source(raw, sender.code, sender.origin, sender.title, sender.cadence)
    delivery_id = open_delivery(raw, source_id, f"counted-{now:%Y%m%dT%H%M}", clock, OPENED)
    every = tell_offices(every)
    found: list[Observed] = [o for c in every for o in c.observed(catalogue[c.count.code].unit, now)]
    kept = store_observations(raw, found, Given(source_id, delivery_id, None, now, now))
    summary = Summary(lines=len(found), messages=len(found), stored=kept.stored, duplicates=kept.known)
    close_delivery(raw, delivery_id, summary, now)
    for counted in every:
        _note(connection, counted, delivery_id, now)
    return kept.stored


def tell_offices(every: list[Counted]) -> list[Counted]:
    """An office that one count of a book knows has 0 in its others: who answered all too late answered none in time."""
    known = defaultdict[Any, set[tuple[str, str]]](set)
    for counted in every:
        known[counted.count.book, counted.span] |= {s for s in counted.shares if s[0] in OFFICES}
    return [
        replace(
            c, shares={s: Share() for s in sorted(known[c.count.book, c.span]) if s[0] in c.offices} | dict(c.shares)
        )
        for c in every
    ]


def _note(connection: Connection, counted: Counted, delivery_id: int, now: datetime) -> None:
    values = {
        "query": counted.count.query,
        "counted_at": now,
        "records": counted.records,
        "unplaced": counted.unplaced,
        "delivery_id": delivery_id,
    }
    key = {"indicator": counted.count.code, "period_from": counted.span.since, "period_to": counted.span.until}
    statement = insert(CountedPeriod).values(**key, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
