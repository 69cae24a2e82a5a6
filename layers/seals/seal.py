"""Seals every finished day once: after local midnight, when nothing that began on that day is still being written."""

import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg

from geo.clock import end_of_day, local_date, start_of_day
from layers.database import transaction
from layers.seals.chain import GENESIS, Seal, make_seal
from layers.seals.recompute import Part, list_tables, read_parts

FOLDER = "seals"
_LOCK = 7_105_301
MOST_DAYS = 40
"""So many days in one go; who begins with an old database goes on at the next turn."""

_LAST = "SELECT day, head FROM day_seal ORDER BY day DESC LIMIT 1"
# A transaction's rows bear the moment it began: while one of that day is open, the day is not finished. One that has
# only read so far may still write.
_OPEN = """
SELECT least((SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database()
              AND pid <> pg_backend_pid() AND backend_type = 'client backend'),
             (SELECT min(prepared) FROM pg_prepared_xacts WHERE database = current_database()))
"""
_FIRST = "SELECT min(stored_at) FROM {}"
_SEAL = """
INSERT INTO day_seal (day, rows, first_at, last_at, digest, previous, head, sealed_at, sealed_by)
VALUES (%(day)s, %(rows)s, %(first_at)s, %(last_at)s, %(digest)s, %(previous)s, %(head)s, %(sealed_at)s, %(sealed_by)s)
"""
_PART = "COPY day_seal_part (day, place, hour, shard, rows, digest, marks) FROM STDIN WITH (FORMAT BINARY)"

Report = Callable[[Seal], None]


def seal_days(
    connection: psycopg.Connection, now: datetime, by: str, folder: Path | None, report: Report = lambda _: None
) -> list[Seal]:
    """Seal every finished day that is not; oldest first, at most `MOST_DAYS`. Needs autocommit; a day, a transaction.

    `folder` gets a file for each seal, outside the database. Stops at a day in which something is still being written.
    """
    made: list[Seal] = []
    for _ in range(MOST_DAYS):
        with transaction(connection):
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            day, previous = next_day(connection, now)
            if day is None or end_of_day(day) > now or _still_open(connection, end_of_day(day)):
                break
            seal = _seal(connection, day, previous, now, by)
        made.append(seal)
        if folder is not None:
            write_head(folder, seal)
        report(seal)
    return made


def next_day(connection: psycopg.Connection, now: datetime) -> tuple[date | None, bytes]:
    """The first day without a seal and the head it follows; None while nothing was ever stored."""
    last = connection.execute(_LAST).fetchone()
    if last is not None:
        return last[0] + timedelta(days=1), bytes(last[1])
    tables = list_tables(connection)
    firsts = [connection.execute(_FIRST.format(table).encode()).fetchone() for table in tables]
    stored = [row[0] for row in firsts if row is not None and row[0] is not None]
    return (local_date(min(stored)) if stored else None), GENESIS


def _still_open(connection: psycopg.Connection, end: datetime) -> bool:
    row = connection.execute(_OPEN).fetchone()
    return row is not None and row[0] is not None and row[0] < end


def _seal(connection: psycopg.Connection, day: date, previous: bytes, now: datetime, by: str) -> Seal:
    parts = read_day(connection, day)
    seal = make_seal(day, parts, previous, now, by)
    connection.execute(_SEAL, asdict(seal))
    with connection.cursor() as cursor, cursor.copy(_PART) as copy:
        copy.set_types(["date", "text", "int2", "int2", "int4", "bytea", "bytea"])
        for part in parts:
            key = part.key
            copy.write_row((day, key.place, key.hour, key.shard, part.rows, part.digest, part.marks))
    return seal


def read_day(connection: psycopg.Connection, day: date) -> list[Part]:
    """Every part of what was stored on a day; in the caller's transaction."""
    since, until = start_of_day(day), end_of_day(day)
    return [part for table in list_tables(connection) for part in read_parts(connection, table, since, until)]


def seals_folder(data_dir: Path) -> Path:
    """Where the heads are written, outside the database."""
    return data_dir / FOLDER


def write_head(folder: Path, seal: Seal) -> None:
    """One line of one file: day, rows, digest, head. Made safe before it counts; one that is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{seal.day.isoformat()}.txt"
    if path.exists():
        return
    written = path.with_suffix(".new")
    with written.open("w", encoding="ascii") as file:
        file.write(head_line(seal))
        file.flush()
        os.fsync(file.fileno())
    written.replace(path)


def head_line(seal: Seal) -> str:
    """What is printed, logged and kept apart of a seal."""
    return f"{seal.day.isoformat()} rows={seal.rows} digest={seal.digest.hex()} head={seal.head.hex()}\n"
