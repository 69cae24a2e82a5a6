"""Words on events into the table: a row per word, nothing twice, whatever was told before a restart or after it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from geo.clock import from_unix_ms
from layers.watch.detect.events import Event
from layers.watch.detect.stream import Told
from layers.watch.event_rows import EventRow
from layers.watch.live.laws import LawBook, read_rows_of
from layers.watch.live.whose import Whose, read_whose

TABLE: Any = EventRow.__table__
_SAID = ("ended_at", "lon_e7", "lat_e7", "facts", "vessels", "transmitters")
"""What makes one word different from the former."""
AT_ONCE = 5_000


@dataclass(frozen=True)
class Change:
    """A word that was stored, and the word before it on the same event, None for the first."""

    row: Mapping[str, Any]
    former: Mapping[str, Any] | None


@dataclass(frozen=True)
class News:
    """Events as they are known now, and the keys of those that never were."""

    events: Sequence[Event] = ()
    gone: Sequence[str] = ()


def news_of(told: Iterable[Told]) -> News:
    """What a watch told, the last word on each event."""
    last = {each.event.id: each for each in told}
    events = [each.event for each in last.values() if each.what != "withdrawn"]
    return News(events, [key for key, each in last.items() if each.what == "withdrawn"])


class Gathered:
    """Told while a stretch of history is gone through: only the last word on each event is worth a row."""

    def __init__(self) -> None:
        self._last: dict[str, Told] = {}

    def add(self, told: Iterable[Told]) -> None:
        """What one step brought."""
        self._last.update({each.event.id: each for each in told})

    def take(self, line_ms: int | None = None) -> News:
        """What was over before a moment (Unix ms) and stays so; without a moment all the rest."""
        done = [
            each for each in self._last.values()
            if line_ms is None or (each.event.end_ms is not None and each.event.end_ms < line_ms)
        ]  # fmt: skip
        for each in done:
            del self._last[each.event.id]
        return news_of(done)


def store_news(connection: Connection, news: News, book: LawBook, now: datetime) -> list[Change]:
    """Store what is told; the words that were new. A word that stands already is not said again."""
    changes = _take_back(connection, news.gone, now)
    for at in range(0, len(news.events), AT_ONCE):
        changes += _say(connection, news.events[at : at + AT_ONCE], book, now)
    return changes


def _say(connection: Connection, events: Sequence[Event], book: LawBook, now: datetime) -> list[Change]:
    whose = read_whose(connection, events)
    current = read_current(connection, [event.id for event in events])
    changes = []
    for event in events:
        former = current.get(event.id)
        row = make_row(event, whose, book, now)
        if row is not None and says_more(row, former):
            changes.append(Change({**row, "what": "new" if former is None else "changed"}, former))
    write_changes(connection, changes, now)
    return changes


def _take_back(connection: Connection, keys: Sequence[str], now: datetime) -> list[Change]:
    """Events that never were: the former word stays, a row says that it was wrong."""
    changes = []
    for former in read_current(connection, keys).values() if keys else ():
        if former["what"] != "withdrawn":
            kept = {name: value for name, value in former.items() if name not in ("id", "stored_at", "superseded_at")}
            changes.append(Change({**kept, "found_at": now, "what": "withdrawn"}, former))
    write_changes(connection, changes, now)
    return changes


def read_current(connection: Connection, keys: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The last word on each of these events."""
    rows = select(TABLE).where(TABLE.c.key.in_(keys), TABLE.c.superseded_at.is_(None))
    return {row["key"]: dict(row) for row in connection.execute(rows).mappings()}


def make_row(event: Event, whose: Whose, book: LawBook, now: datetime) -> dict[str, Any] | None:
    """An event as a row; None for two devices that are on one boat by right."""
    subject = whose.of(event)
    if event.conduct == "device" and whose.are_together(event):
        return None
    began = from_unix_ms(event.start_ms)
    law = book.at(event.conduct, subject.length_m, began)
    return {
        "key": event.id,
        "conduct": event.conduct,
        "step": event.step,
        "vessels": subject.vessels,
        "transmitters": subject.transmitters,
        "began_at": began,
        "ended_at": None if event.end_ms is None else from_unix_ms(event.end_ms),
        "lon_e7": round(event.lon * 1e7),
        "lat_e7": round(event.lat * 1e7),
        "facts": dict(event.facts),
        "length_m": subject.length_m,
        "rule_ids": read_rows_of(law),
        "origin": subject.origin,
        "found_at": now,
    }


def says_more(row: Mapping[str, Any], former: Mapping[str, Any] | None) -> bool:
    """Whether a word says something that the one before it did not."""
    if former is None or former["what"] == "withdrawn":
        return True
    return any(row[name] != former[name] for name in _SAID)


def write_changes(connection: Connection, changes: Iterable[Change], now: datetime) -> None:
    """Mark the former words as said anew, and add the new ones."""
    said = list(changes)
    old = [change.former["id"] for change in said if change.former is not None]
    if old:
        connection.execute(update(TABLE).where(TABLE.c.id.in_(old)).values(superseded_at=now))
    if said:
        connection.execute(insert(TABLE), [change.row for change in said])
