"""Holds what is stored against its seals: which day, which part, which row differs; dropped by rule is no difference.

The chain of seals is checked first, against itself and against the heads that were written outside the database. Then
every table is read once, whatever the number of days.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from geo.clock import end_of_day, start_of_day
from layers.seals.chain import GENESIS, Seal, digest_of, head_of
from layers.seals.differ import tell_rows
from layers.seals.recompute import Key, Part, list_tables, read_parts
from layers.seals.seal import head_line

_SEALS = """
SELECT day, rows, first_at, last_at, digest, previous, head, sealed_at, sealed_by FROM day_seal
WHERE %(day)s::date IS NULL OR day <= %(day)s ORDER BY day
"""
_PARTS = """
SELECT day, place, hour, shard, rows, digest, marks FROM day_seal_part WHERE %(day)s::date IS NULL OR day = %(day)s
"""
_DROPS = "SELECT partition, why, dropped_at FROM retention_drop"
_BEFORE = "SELECT count(*) FROM {} WHERE stored_at < %s"

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was sealed: the day, where, and in words what (English)."""

    day: date | None
    where: str
    words: str


@dataclass(frozen=True)
class Verdict:
    """What was found: days and rows that agree, rows that retention dropped by rule, and every fault."""

    days: int
    rows: int
    dropped: dict[str, str]
    faults: list[Fault]

    @property
    def whole(self) -> bool:
        """Whether nothing differs."""
        return not self.faults


def verify(
    connection: psycopg.Connection, folder: Path | None, day: date | None = None, report: Report = lambda *_: None
) -> Verdict:
    """All sealed days, or one. In the caller's transaction: a snapshot (REPEATABLE READ, READ ONLY).

    `folder` holds the heads written outside the database; `report` hears how many tables of how many are done.
    """
    seals = [Seal(*_plain(row)) for row in connection.execute(_SEALS, {"day": day})]
    kept = {Key(*row[:4]): (row[4], bytes(row[5]), bytes(row[6])) for row in connection.execute(_PARTS, {"day": day})}
    faults = [*check_chain(seals), *check_heads(seals, folder, day)]
    if day is not None:
        seals = [seal for seal in seals if seal.day == day]
        faults = [fault for fault in faults if fault.day == day]
        if not seals:
            faults.append(Fault(day, "day_seal", "this day is not sealed"))
    faults += check_parts(seals, kept)
    if not seals:
        return Verdict(0, 0, {}, faults)
    rows, dropped, found = _check_rows(connection, seals, kept, report)
    return Verdict(len(seals), rows, dropped, faults + found)


def check_chain(seals: list[Seal]) -> Iterator[Fault]:
    """Each seal says what its head says, and follows the one of the day before."""
    previous, expected = GENESIS, seals[0].day if seals else None
    for seal in seals:
        if seal.day != expected:
            yield Fault(expected, "day_seal", f"the seal of {expected} is missing: {seal.day} comes next")
        if seal.previous != previous:
            yield Fault(seal.day, "day_seal", "does not follow the head of the seal before it")
        if head_of(seal) != seal.head:
            yield Fault(seal.day, "day_seal", "the seal was changed: its head is not that of what it says")
        previous, expected = seal.head, seal.day + timedelta(days=1)


def check_heads(seals: list[Seal], folder: Path | None, day: date | None) -> Iterator[Fault]:
    """Each head written outside the database is that of the seal."""
    if folder is None or not folder.is_dir():
        return
    lines = {seal.day: head_line(seal) for seal in seals}
    for path in sorted(folder.glob("????-??-??.txt")):
        about = date.fromisoformat(path.stem)
        if day is not None and about != day:
            continue
        if about not in lines:
            yield Fault(about, str(path), "the seal of this day is gone from the database")
        elif path.read_bytes() != lines[about].encode():
            yield Fault(about, str(path), "the head written outside the database is another")


def check_parts(seals: Iterable[Seal], kept: dict[Key, tuple[int, bytes, bytes]]) -> Iterator[Fault]:
    """The parts of a day make its digest."""
    by_day: dict[date, list[tuple[Key, int, bytes]]] = {seal.day: [] for seal in seals}
    for key, (rows, digest, _) in kept.items():
        if key.day not in by_day:
            yield Fault(key.day, "day_seal_part", "parts of a day that has no seal")
            return
        by_day[key.day].append((key, rows, digest))
    for seal in seals:
        if digest_of(by_day[seal.day]) != seal.digest or sum(rows for _, rows, _ in by_day[seal.day]) != seal.rows:
            yield Fault(seal.day, "day_seal_part", "the parts were changed: they do not make the digest of the day")


def _check_rows(
    connection: psycopg.Connection, seals: list[Seal], kept: dict[Key, Any], report: Report
) -> tuple[int, dict[str, str], list[Fault]]:
    since, until = start_of_day(seals[0].day), end_of_day(seals[-1].day)
    tables = list_tables(connection)
    drops = {name: why for name, why, at in connection.execute(_DROPS)}
    faults: list[Fault] = []
    left, rows = dict(kept), 0
    for n, table in enumerate(tables):
        report(n, len(tables))
        for part in read_parts(connection, table, since, until):
            rows += part.rows
            faults += _judge(connection, part, left.pop(part.key, None))
        if len(seals) > 1 or seals[0].previous == GENESIS:
            faults += _older(connection, table, since)
    report(len(tables), len(tables))
    dropped: dict[str, str] = {}
    for key in sorted(left, key=lambda key: (key.day, key.place, key.hour, key.shard)):
        if key.place in drops and key.place not in tables:
            dropped[key.place] = f"dropped by rule, sealed before: {drops[key.place]}"
        else:
            faults.append(Fault(key.day, _where(key), f"{left[key][0]} rows are gone"))
    return rows, dropped, faults


def _judge(connection: psycopg.Connection, part: Part, sealed: tuple[int, bytes, bytes] | None) -> list[Fault]:
    key = part.key
    if sealed is None:
        return [Fault(key.day, _where(key), f"{part.rows} rows were put in after the day was sealed")]
    rows, digest, marks = sealed
    if digest == part.digest and rows == part.rows:
        changed = marks != part.marks
        return [Fault(key.day, "day_seal_part", f"the marks of {_where(key)} were changed")] if changed else []
    told = tell_rows(connection, key, marks, part.marks)
    return [Fault(key.day, _where(key), words) for words in told]


def _older(connection: psycopg.Connection, table: str, since: datetime) -> list[Fault]:
    """What claims to have been stored before the first sealed day was put in later."""
    row = connection.execute(_BEFORE.format(table).encode(), (since,)).fetchone()
    count = row[0] if row else 0
    return [Fault(None, table, f"{count} rows say they were stored before the first sealed day")] if count else []


def _where(key: Key) -> str:
    return f"{key.place}, hour {key.hour:02d}, shard {key.shard}"


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
