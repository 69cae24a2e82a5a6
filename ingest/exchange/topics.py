"""Counts of topics online, as Vnsocial may give them, in our contract (docs/contracts/topics.md).

Counts only: no profile, name, text, link or address is a field, and whatever a row holds beside the fields is dropped
before anything is stored. A row that is refused is told by its number, never with its words.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from geo.clock import FUTURE_ALLOWANCE, local_date
from ingest.adapters import adapter_named
from ingest.exchange.desk import Given, Published, Room
from ingest.exchange.row_list import (
    Contract,
    Listed,
    a_count,
    a_count_or_none,
    a_day,
    a_word,
    list_rows,
    one_of,
    tell_rows,
)
from ingest.exchange.row_store import Lot, store_lot
from ingest.outcome import Fault
from layers.topics.models import COUNTS, PLATFORMS
from layers.topics.store import TopicCount, store_topics

ADAPTER = adapter_named("topics")
_COUNTS = {name: a_count if name == "mentions" else a_count_or_none for name in COUNTS}
CONTRACT = Contract("opsmap/topic-day/1", {"topic": a_word, "day": a_day, "platform": one_of(*PLATFORMS)} | _COUNTS)
TITLE = "Vnsocial: số đếm theo chủ đề"


class Topics:
    """Counts by topic, day and kind of place."""

    name = "topics"

    def knows(self, given: Given) -> bool:
        """Whether the file says it is of the contract."""
        return CONTRACT.is_told_by(given.head)

    def target(self, given: Given) -> str:
        """Counts of its own kind."""
        return self.name

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store the counts and the indicators they change."""
        listed = list_rows(given.path, CONTRACT)
        found = _counts(room, listed)
        kept = tell_rows(CONTRACT, listed, scratch / f"{given.path.parent.name}-topics.json")
        sender = room.desk.sender(self.name, "vnsocial", TITLE)
        lot = Lot(listed, len(found), kept, self.name)
        return store_lot(room, sender, TITLE, ADAPTER, lot, lambda told: store_topics(room.connection, found, told))


def _counts(room: Room, listed: Listed) -> list[TopicCount]:
    rows = room.connection.execute("SELECT code, valid_from, valid_to FROM topic WHERE superseded_at IS NULL")
    topics = {code: (since, until or date.max) for code, since, until in rows}
    last, found = local_date(room.clock() + FUTURE_ALLOWANCE), dict[tuple[str, date, str], TopicCount]()
    for number, row in list(listed.rows.items()):
        key = (row["topic"], row["day"], row["platform"])
        fault = _wrong(row, topics, last) or (Fault("topic", "stands twice", "ghi hai lần") if key in found else None)
        if fault is not None:
            listed.refuse(number, fault)
            continue
        found[key] = TopicCount(*key, tuple(row[name] for name in COUNTS))
    return list(found.values())


def _wrong(row: Mapping[str, Any], topics: Mapping[str, tuple[date, date]], last: date) -> Fault | None:
    since, until = topics.get(row["topic"], (date.max, date.max))
    if not since <= row["day"] < until:
        en, vi = "no topic of that code is followed on that day", "không có chủ đề mang mã này được theo dõi ngày ấy"
        return Fault("topic", en, vi)
    if row["day"] > last:
        return Fault("day", "the day has not begun yet", "ngày chưa tới")
    sentiment = [row[name] for name in ("positive", "neutral", "negative")]
    if all(n is not None for n in sentiment) and sum(sentiment) > row["mentions"]:
        en, vi = "sentiments add up to more than the mentions", "tổng theo sắc thái lớn hơn số tin"
        return Fault("mentions", en, vi)
    if row["to_answer"] is not None and (row["answered"] or 0) > row["to_answer"]:
        return Fault("answered", "more answered than there were to answer", "đã xử lý nhiều hơn cần xử lý")
    return None
