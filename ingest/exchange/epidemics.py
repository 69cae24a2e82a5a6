"""Epidemics: new cases and deaths of watched diseases by commune and day (docs/contracts/epidemics.md).

Counts go to a table that only few may read; what readers get is published from there, the small numbers kept back. A
row that is refused is told by its number, never with its words.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from geo.clock import FUTURE_ALLOWANCE, local_date
from geo.errors import BadInput
from ingest.adapters import adapter_named
from ingest.exchange.desk import Given, Published, Room
from ingest.exchange.row_list import Contract, Listed, a_count_or_none, a_day, a_word, list_rows, tell_rows
from ingest.exchange.row_store import Lot, store_lot
from ingest.outcome import Fault
from ingest.templates.subjects import Subject, Subjects, read_subjects
from layers.disclosure.counts import Count, store_counts
from layers.disclosure.diseases import watched_on
from layers.disclosure.models import MEASURES
from layers.disclosure.publish import publish_touched
from layers.indicators.store import Given as Told
from layers.sources.template_body import FormSubject

ADAPTER = adapter_named("epidemics")
CONTRACT = Contract(
    "opsmap/epidemic-day/1",
    {"disease": a_word, "day": a_day, "unit": a_word, "cases": a_count_or_none, "deaths": a_count_or_none},
    secret=True,
)
COMMUNES = FormSubject(kind="unit", level="commune")


class Epidemics:
    """Counts by disease, commune and day."""

    name = "epidemics"

    def knows(self, given: Given) -> bool:
        """Whether the file says it is of the contract."""
        return CONTRACT.is_told_by(given.head)

    def target(self, given: Given) -> str:
        """Counts of its own kind."""
        return self.name

    def publish(self, room: Room, given: Given, scratch: Path) -> Published:
        """Store the counts, and publish what they make of the weeks they touch."""
        listed = list_rows(given.path, CONTRACT)
        desk = _Desk(room)
        counts = [count for number in list(listed.rows) for count in _counts(listed, number, desk)]
        kept = tell_rows(CONTRACT, listed, scratch / f"{given.path.parent.name}-epidemics.json")
        sender = room.desk.sender(self.name, "epidemics", "Số liệu dịch bệnh của Sở Y tế")

        def store(told: Told) -> int:
            _check_one_source(room.connection, told.source_id, {count.disease for count in counts})
            stored, touched = store_counts(room.connection, counts, told)
            publish_touched(room.connection, touched, told)
            return stored

        lot = Lot(listed, len(counts), kept, self.name)
        return store_lot(room, sender, "Dịch bệnh theo xã và ngày", ADAPTER, lot, store)


class _Desk:
    """What every row is held against, read once."""

    def __init__(self, room: Room) -> None:
        self.connection = room.connection
        self.last = local_date(room.clock() + FUTURE_ALLOWANCE)
        self.watched = watched_on(room.connection)
        self.seen: set[tuple[str, str, date]] = set()
        self._subjects: dict[date, Subjects] = {}

    def unit(self, told: str, day: date) -> Subject | Fault:
        if day not in self._subjects:
            self._subjects[day] = read_subjects(self.connection, COMMUNES, day)
        return self._subjects[day].find(told)


def _counts(listed: Listed, number: int, desk: _Desk) -> Iterator[Count]:
    row = listed.rows[number]
    unit = _fault_or_unit(row, desk)
    if isinstance(unit, Fault):
        listed.refuse(number, unit)
        return
    row["unit"] = unit
    for measure in MEASURES:
        if row[measure] is not None:
            yield Count(row["disease"], measure, unit, row["day"], row[measure], number)


def _fault_or_unit(row: Mapping[str, Any], desk: _Desk) -> str | Fault:
    disease, day = row["disease"], row["day"]
    since, until = desk.watched.get(disease, (date.max, None))
    if not since <= day or (until is not None and day >= until):
        en = f"no watched disease of that code on {day}; the centre enters a disease before its counts come"
        return Fault(
            "disease", en, f"không có bệnh mang mã này được theo dõi ngày {day:%d/%m/%Y}; trung tâm thêm trước"
        )
    if day > desk.last:
        return Fault("day", "the day has not begun yet", "ngày chưa tới")
    unit = desk.unit(row["unit"], day)
    if isinstance(unit, Fault):
        return unit._replace(field="unit")
    key = (disease, unit.code, day)
    if key in desk.seen:
        return Fault("unit", "stands twice for that disease and day", "ghi hai lần cho bệnh và ngày ấy")
    desk.seen.add(key)
    return unit.code


def _check_one_source(connection: psycopg.Connection, source_id: int, diseases: set[str]) -> None:
    """BadInput when another source speaks of a disease: two published side by side would give the small ones away."""
    row = connection.execute(
        "SELECT disease FROM epidemic_count WHERE disease = ANY(%s) AND source_id <> %s AND superseded_at IS NULL"
        " AND retracted_at IS NULL LIMIT 1",
        (sorted(diseases), source_id),
    ).fetchone()
    if row is not None:
        raise BadInput(f"disease {row[0]!r} is told by another source already; one source speaks of a disease")
