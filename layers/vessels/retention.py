"""How long positions are kept: duties are rules with dates, the province's own limit is a row; without one all is kept.

Only whole days go, and only when they are older than the limit and than every duty that was in force since. The
database itself refuses any other way of deleting positions (migration 0019).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import psycopg
from psycopg import sql
from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from geo.errors import BadInput
from layers.base import Base
from layers.database import transaction

CONDUCT = "retention"
"""The rules (`layers.watch.rules`) that say how long something must be kept, as `threshold_s`."""
LOCK_TIMEOUT = "5s"

_DUTIES = """
SELECT step, threshold_s, decree, text_vi, verified, valid_from, valid_to FROM rule
WHERE conduct = %s AND threshold_s IS NOT NULL AND superseded_at IS NULL
ORDER BY threshold_s DESC, valid_from
"""
_LIMIT = """
SELECT keep_days, document, valid_from FROM retention_limit WHERE valid_from <= %(now)s
AND (valid_to IS NULL OR valid_to > %(now)s) ORDER BY valid_from DESC, id DESC LIMIT 1
"""
_DAYS = """
SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'position'::regclass AND c.relname ~ '^position_[0-9]{8}$' ORDER BY 1
"""
_UNSEALED = """
SELECT 1 FROM {} WHERE stored_at >= (
    SELECT (max(day) + 1)::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh' FROM day_seal) LIMIT 1
"""
_END = "UPDATE retention_limit SET valid_to = %(now)s WHERE valid_to IS NULL OR valid_to > %(now)s"
_SET = "INSERT INTO retention_limit (keep_days, document, valid_from) VALUES (%(days)s, %(document)s, %(now)s)"
_NOTE = """
INSERT INTO retention_drop (partition, positions, bytes, why, dropped_at) VALUES (%s, %s, %s, %s, %s)
"""


class RetentionLimit(Base):
    """The province's own limit in days, by whose paper, in force [valid_from, valid_to)."""

    __tablename__ = "retention_limit"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    keep_days: Mapped[int]
    document: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class RetentionDrop(Base):
    """One day that was dropped: what it held, and why it might go."""

    __tablename__ = "retention_drop"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    partition: Mapped[str]
    positions: Mapped[int] = mapped_column(BigInteger)
    bytes: Mapped[int] = mapped_column(BigInteger)
    why: Mapped[str]
    dropped_at: Mapped[datetime]


class Duty(NamedTuple):
    """A rule that says: keep for so long. Times are UTC."""

    step: str
    keep_s: int
    decree: str
    text_vi: str
    verified: bool
    valid_from: datetime
    valid_to: datetime | None

    def binds(self, since: datetime) -> bool:
        """Whether it has been in force at any moment since then."""
        return self.valid_to is None or self.valid_to > since


class Limit(NamedTuple):
    """The limit in force."""

    keep_days: int
    document: str
    valid_from: datetime


class Day(NamedTuple):
    """One partition (a UTC day): whether it may go, and why or why not, in words."""

    partition: str
    start: datetime
    bytes: int
    may_go: bool
    why: str


def read_duties(connection: psycopg.Connection) -> list[Duty]:
    """Every duty of any time, the longest first."""
    return [Duty(*row) for row in connection.execute(_DUTIES, (CONDUCT,))]


def read_limit(connection: psycopg.Connection, now: datetime) -> Limit | None:
    """The limit in force; None: everything is kept."""
    row = connection.execute(_LIMIT, {"now": now}).fetchone()
    return None if row is None else Limit(*row)


def set_limit(connection: psycopg.Connection, days: int | None, document: str, now: datetime) -> None:
    """A new limit from now on, or none; in the caller's transaction. BadInput without a paper that says so."""
    if days is not None and (days < 1 or not document.strip()):
        raise BadInput("days: at least 1, and document: the paper that decides it (number, date)", field="document")
    connection.execute(_END, {"now": now})
    if days is not None:
        connection.execute(_SET, {"days": days, "document": document.strip(), "now": now})


def judge_days(connection: psycopg.Connection, now: datetime) -> list[Day]:
    """Every day there is, the oldest first, with what is to be done with it; changes nothing."""
    duties, limit = read_duties(connection), read_limit(connection, now)
    found = [_judge(str(name), int(size), limit, duties, now) for name, size in connection.execute(_DAYS).fetchall()]
    return [_hold_unsealed(connection, day) for day in found]


def drop_days(connection: psycopg.Connection, days: Sequence[Day], now: datetime) -> int:
    """Drop those that may go, judged anew, each in a transaction of its own that leaves a note; how many."""
    allowed = {day.partition: day for day in judge_days(connection, now) if day.may_go}
    dropped = 0
    for day in days:
        if (found := allowed.get(day.partition)) is not None:
            _drop(connection, found, now)
            dropped += 1
    return dropped


def _hold_unsealed(connection: psycopg.Connection, day: Day) -> Day:
    """A day goes only when all it holds was stored in a sealed day: its digests stay. Before the first seal all may."""
    if not day.may_go:
        return day
    unsealed = sql.SQL(_UNSEALED).format(sql.Identifier(day.partition))
    row = connection.execute(unsealed).fetchone()
    return day._replace(may_go=False, why="holds positions of a day that is not sealed yet") if row else day


def _judge(name: str, size: int, limit: Limit | None, duties: Sequence[Duty], now: datetime) -> Day:
    start = datetime.strptime(name[-8:], "%Y%m%d").replace(tzinfo=UTC)
    end = start + timedelta(days=1)
    if limit is None:
        return Day(name, start, size, False, "no limit is set: everything is kept")
    if end > now - timedelta(days=limit.keep_days):
        return Day(name, start, size, False, f"younger than {limit.keep_days} days ({limit.document})")
    for duty in duties:
        if duty.binds(start) and end > now - timedelta(seconds=duty.keep_s):
            doubt = "" if duty.verified else ", chưa xác minh"
            return Day(name, start, size, False, f"{duty.decree}: {duty.text_vi} ({duty.keep_s // 86_400} d{doubt})")
    return Day(name, start, size, True, f"older than {limit.keep_days} days ({limit.document}) and than every duty")


def _drop(connection: psycopg.Connection, day: Day, now: datetime) -> None:
    """One day: its positions and the links between their receptions."""
    name = sql.Identifier(day.partition)
    with transaction(connection):
        connection.execute("SELECT set_config('lock_timeout', %s, true)", (LOCK_TIMEOUT,))
        connection.execute("SELECT set_config('opsmap.retention', 'on', true)")
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
        connection.execute("DELETE FROM echo WHERE t >= %s AND t < %s", (day.start, day.start + timedelta(days=1)))
        connection.execute(sql.SQL("DROP TABLE {}").format(name))
        connection.execute(_NOTE, (day.partition, row[0] if row else 0, day.bytes, day.why, now))
