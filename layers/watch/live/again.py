"""Judged anew: boats whose history has changed behind the watch's back, and everything when the law or a line has.

What is found is held against the words that stand: what differs becomes new words, what is not found is taken back.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import psycopg
from sqlalchemy import ARRAY, ColumnElement, Connection, Integer, and_, cast, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from geo.clock import FUTURE_ALLOWANCE, from_unix_ms, unix_ms
from layers.units.load import driver
from layers.vessels.models import TransmitterOnVessel
from layers.watch.detect.events import Event
from layers.watch.detect.stream import State, advance
from layers.watch.event_rows import EventRow
from layers.watch.live.feed import Heard, read_before, read_period
from layers.watch.live.models import WatchRedo
from layers.watch.live.states import States, graft
from layers.watch.live.store import Change, Gathered, News, store_news
from layers.watch.live.watches import ALONE, BY_DEVICE, CONDUCTS, GROUPS, Watchers

PAIRS = -1
"""In `watch_redo`: the detectors of pairs, over everybody."""
BOATS_AT_ONCE = 50
CHUNK = timedelta(hours=6)
BEFORE = timedelta(days=1)
"""How long before the first event in question a history is read."""

Progress = Callable[[datetime], None]


@dataclass(frozen=True)
class Redone:
    """The states after it, and the words it led to."""

    states: dict[str, State]
    changes: list[Change]


def ask_redo(connection: Connection, since: Mapping[int, datetime]) -> None:
    """Have some boats judged anew from a moment on."""
    if not since:
        return
    row = insert(WatchRedo).values([{"boat": boat, "since": moment} for boat, moment in sorted(since.items())])
    earlier = {"since": func.least(WatchRedo.since, row.excluded.since)}
    connection.execute(row.on_conflict_do_update(index_elements=["boat"], set_=earlier))


def take_redo(connection: Connection) -> dict[int, datetime]:
    """The next boats to be judged anew; pairs once no boat waits."""
    rows = select(WatchRedo).order_by(WatchRedo.boat == PAIRS, WatchRedo.boat).limit(BOATS_AT_ONCE)
    rows = rows.with_for_update(skip_locked=True)
    found = {row.boat: row.since for row in connection.execute(rows)}
    if len(found) > 1:
        found.pop(PAIRS, None)
    connection.execute(delete(WatchRedo).where(WatchRedo.boat.in_(found)))
    return found


def redo_boats(
    connection: Connection,
    watchers: Watchers,
    states: States,
    asked: Mapping[int, datetime],
    now: datetime,
    clock_ms: int,
) -> Redone:
    """Judge some boats and their devices anew, from before the first event that may have changed."""
    cut, floor = min(asked.values()), now - watchers.settings.span("redo_most")
    cut = max(cut, floor)
    boats, devices = sorted(asked), _devices_of(connection, sorted(asked))
    scope = {group: _standing(connection, group, boats, devices, cut) for group in ALONE}
    begun = [row.began_at for rows in scope.values() for row in rows]
    start = max(min([cut, *begun]) - BEFORE, floor)
    heard = _history(driver(connection), start, now, devices)
    dealt = watchers.deal(heard)
    fresh, events, gone = dict(states), [], []
    for group in ALONE:
        who = np.array(devices if group == "devices" else boats, dtype=np.int64)
        rows = dealt[group][np.isin(dealt[group]["boat"], who)]
        fresh[group], found = graft(watchers.watches[group], states[group], rows, who, clock_ms)
        keys = {event.id for event in found}
        events += [event for event in found if event.end_ms is None or event.end_ms >= unix_ms(cut)]
        gone += [row.key for row in scope[group] if row.key not in keys and row.began_at >= start]
    return Redone(fresh, store_news(connection, News(events, gone), watchers.book, now))


def _devices_of(connection: Connection, boats: Sequence[int]) -> list[int]:
    """Every device that ever was one of these, or on one of them."""
    link = TransmitterOnVessel
    vessels = [boat // 2 for boat in boats if boat % 2 == 0]
    linked = connection.scalars(select(link.transmitter_id).where(link.vessel_id.in_(vessels)).distinct())
    return sorted({*linked, *(boat // 2 for boat in boats if boat % 2)})


def _standing(
    connection: Connection, group: str, boats: Sequence[int], devices: Sequence[int], cut: datetime
) -> list[EventRow]:
    """The words that stand on events of these that were not over at a moment."""
    event = EventRow
    vessels = [boat // 2 for boat in boats if boat % 2 == 0]
    alone = devices if group == "devices" else [boat // 2 for boat in boats if boat % 2]
    by_device: ColumnElement[bool] = event.transmitters.bool_op("&&")(numbers(alone))
    if group == "devices":
        mine = by_device
    else:
        nobody = func.cardinality(event.vessels) == 0
        mine = or_(event.vessels.bool_op("&&")(numbers(vessels)), and_(nobody, by_device))
    lasting = or_(event.ended_at.is_(None), event.ended_at >= cut)
    rows = select(event.key, event.began_at).where(
        event.superseded_at.is_(None), event.what != "withdrawn", event.conduct.in_(CONDUCTS[group]), mine, lasting
    )
    return list(connection.execute(rows).all())  # type: ignore[arg-type]


def numbers(values: Sequence[int]) -> ColumnElement[list[int]]:
    """Whole numbers as an array of the database."""
    return cast(list(values), ARRAY(Integer))  # type: ignore[arg-type]


def _history(connection: psycopg.Connection, start: datetime, now: datetime, devices: Sequence[int] | None) -> Heard:
    latest = now + FUTURE_ALLOWANCE
    return np.concatenate(
        [read_before(connection, start, devices, latest), read_period(connection, start, latest, devices, latest)]
    )


def rebuild(
    connection: Connection,
    watchers: Watchers,
    since: datetime,
    now: datetime,
    groups: Sequence[str] = GROUPS,
    tell: Progress = lambda _: None,
) -> Redone:
    """Judge everybody anew from a moment on, by some groups of detectors; the clock is asked at the end.

    Boats with something that began before that moment and lasts are left to be redone each from its own beginning.
    """
    held = _held(connection, groups, since)
    states = {group: State() for group in groups}
    changes: list[Change] = []
    found: set[str] = set()
    gathered = Gathered()
    for moment, heard in _chunks(connection, since, now):
        dealt = watchers.deal(heard)
        clock_ms = unix_ms(now) if moment >= now else 0
        for group in groups:
            step = advance(watchers.watches[group], states[group], dealt[group], clock_ms)
            states[group] = step.state
            told = [each for each in step.told if not _is_held(each.event, held)]
            found |= {each.event.id for each in told if each.what != "withdrawn"}
            found -= {each.event.id for each in told if each.what == "withdrawn"}
            gathered.add(told)
        sure_ms = unix_ms(moment - BEFORE)
        changes += store_news(connection, gathered.take(sure_ms), watchers.book, now)
        tell(min(moment, now))
    changes += store_news(connection, gathered.take(), watchers.book, now)
    gone = _unfound(connection, groups, since, found, held)
    changes += store_news(connection, News((), gone), watchers.book, now)
    ask_redo(connection, {boat: since for boat in held})
    return Redone(states, changes)


def _chunks(connection: Connection, since: datetime, now: datetime) -> Iterator[tuple[datetime, Heard]]:
    raw, latest = driver(connection), now + FUTURE_ALLOWANCE
    yield since, read_before(raw, since, None, latest)
    moment = since
    while moment < latest:
        until = min(moment + CHUNK, latest)
        yield (now if until >= latest else until), read_period(raw, moment, until, None, latest)
        moment = until


def _held(connection: Connection, groups: Sequence[str], since: datetime) -> set[int]:
    """Boats (handles) of events that began before a moment and were not over by then."""
    conducts = [conduct for group in groups if group in ALONE for conduct in CONDUCTS[group]]
    event = EventRow
    rows = select(event.vessels, event.transmitters, event.conduct).where(
        event.superseded_at.is_(None), event.what != "withdrawn", event.conduct.in_(conducts),
        event.began_at < since, or_(event.ended_at.is_(None), event.ended_at >= since),
    )  # fmt: skip
    held: set[int] = set()
    for vessels, transmitters, _ in connection.execute(rows):
        held.update(2 * vessel for vessel in vessels)
        held.update(2 * device + 1 for device in transmitters if not vessels)
    return held


def _is_held(event: Event, held: set[int]) -> bool:
    if event.conduct in BY_DEVICE:
        return False
    return event.conduct != "encounter" and bool(held & set(event.boats))


def _unfound(
    connection: Connection, groups: Sequence[str], since: datetime, found: set[str], held: set[int]
) -> list[str]:
    """Words that stand on events since a moment which were not found again."""
    conducts = [conduct for group in groups for conduct in CONDUCTS[group]]
    event = EventRow
    rows = select(event.key, event.vessels, event.transmitters, event.conduct).where(
        event.superseded_at.is_(None), event.what != "withdrawn", event.conduct.in_(conducts), event.began_at >= since
    )
    gone = []
    for key, vessels, transmitters, conduct in connection.execute(rows):
        handles = {2 * vessel for vessel in vessels} or {2 * device + 1 for device in transmitters}
        left = conduct not in BY_DEVICE and conduct != "encounter" and handles & held
        if key not in found and not left:
            gone.append(key)
    return gone


def late_ones(heard: Heard, settled_ms: int) -> dict[int, datetime]:
    """Each boat with the first of its positions from before a settled moment."""
    late = heard[heard["t_ms"] <= settled_ms]
    found: dict[int, datetime] = {}
    for boat, t_ms in zip(late["boat"].tolist(), late["t_ms"].tolist(), strict=True):
        moment = from_unix_ms(t_ms)
        found[boat] = min(moment, found.get(boat, moment))
    return found
