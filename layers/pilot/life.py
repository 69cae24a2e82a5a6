"""When our processes lived: one row a stretch without interruption, moved on by beats that are written to the database.

A beat is a write, so who lived had a database that answered. Who lived while it did not says so afterwards (`down`).
Where no row says anything nothing is known: neither that it ran nor that it stood still.
"""

from datetime import datetime, timedelta

import psycopg
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.database import transaction
from layers.spec import Text

GRACE = timedelta(seconds=60)
"""Two beats of a process this far apart: it lived in between; minutes are what is counted."""
DATABASE = "database"
PARTS: dict[str, Text] = {
    "web": Text("Trang và API", "Pages and API"),
    "work": Text("Tiến trình nền", "Background worker"),
    "watch": Text("Canh chừng trên biển", "Watch over the sea"),
    "ingest": Text("Nguồn vị trí trực tiếp", "Live positions"),
    "spool": Text("Lưu số liệu nhận được", "Loader of what came"),
    DATABASE: Text("Cơ sở dữ liệu", "Database"),
}
"""The parts whose availability is told, by what they call themselves when they beat."""


class ProcessLife(Base):
    """One stretch [since, until] (UTC) in which a process lived (`up`), or in which `told_by` saw it stand (`down`)."""

    __tablename__ = "process_life"
    __table_args__ = (
        CheckConstraint("state IN ('up', 'down')", name="state"),
        CheckConstraint("since <= until", name="stretch"),
        Index("ix_process_life_newest", "process", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    process: Mapped[str]
    state: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    told_by: Mapped[str]


_KEEP = """
WITH moved AS (
    UPDATE process_life SET until = greatest(until, %(now)s)
    WHERE id = (SELECT id FROM process_life WHERE process = %(process)s AND state = 'up' ORDER BY id DESC LIMIT 1)
      AND until BETWEEN %(now)s - %(grace)s AND %(now)s + %(grace)s
    RETURNING id
)
INSERT INTO process_life (process, state, since, until, told_by)
SELECT %(process)s, 'up', %(now)s, %(now)s, %(process)s WHERE NOT EXISTS (SELECT FROM moved)
"""
_SAY_DOWN = """
INSERT INTO process_life (process, state, since, until, told_by) VALUES (%s, 'down', %s, %s, %s)
"""


def keep_life(connection: psycopg.Connection, process: str, now: datetime) -> None:
    """A process beats: its stretch goes on, or a new one begins when it was silent for longer than `GRACE`."""
    connection.execute(_KEEP, {"process": process, "now": now, "grace": GRACE})


def say_unanswered(connection: psycopg.Connection, since: datetime, until: datetime, told_by: str) -> None:
    """The database answers again: from `since` until now it did not, and `told_by` lived and saw it."""
    with transaction(connection):
        connection.execute(_SAY_DOWN, (DATABASE, since, until, told_by))
