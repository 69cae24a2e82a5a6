"""The files departments send for their templates: what became of each, taken or refused, whatever door it came by."""

from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base


class DepartmentFile(Base):
    """One file as it came. Its bytes are the raw file of `sha256`; days are of Việt Nam, [period_from, period_to).

    `detail` says why it was refused as a whole, `counts` what its figures came to, `checks` how its totals add up.
    """

    __tablename__ = "department_file"
    __table_args__ = (
        CheckConstraint("state IN ('taken', 'refused')", name="state"),
        Index("ix_department_file_sha256", "sha256"),
        Index("ix_department_file_source", "source_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_id: Mapped[int] = mapped_column(SmallInteger)
    template_id: Mapped[int | None] = mapped_column(BigInteger)
    delivery_id: Mapped[int | None] = mapped_column(BigInteger)
    paper_id: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str]
    sha256: Mapped[bytes]
    size: Mapped[int] = mapped_column(BigInteger)
    door: Mapped[str]
    state: Mapped[str]
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    received_at: Mapped[datetime]
    given_by: Mapped[str | None]
    detail: Mapped[str | None]
    counts: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    checks: Mapped[list[Any] | None] = mapped_column(JSONB)


class FileNote(NamedTuple):
    """What is to be kept of a file; see `DepartmentFile`."""

    source_id: int
    name: str
    sha256: bytes
    size: int
    door: str
    state: str
    received_at: datetime
    given_by: str | None = None
    template_id: int | None = None
    delivery_id: int | None = None
    paper_id: int | None = None
    period: tuple[date, date] | None = None
    detail: str | None = None
    counts: dict[str, Any] | None = None
    checks: list[Any] | None = None


def note_file(connection: psycopg.Connection, note: FileNote) -> int:
    """Keep the note in the caller's transaction; its id."""
    since, until = note.period or (None, None)
    row = connection.execute(
        "INSERT INTO department_file (source_id, name, sha256, size, door, state, received_at, given_by, template_id,"
        " delivery_id, paper_id, period_from, period_to, detail, counts, checks)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (*note[:11], since, until, note.detail, Jsonb(note.counts), Jsonb(note.checks)),
    ).fetchone()
    assert row is not None  # RETURNING always gives the row
    return int(row[0])


_LIST = """
SELECT f.id, f.name, f.size, f.door, f.state, f.period_from, f.period_to, f.received_at, f.given_by, f.detail, f.counts,
       f.checks, s.code AS source, s.title_vi, s.title_en, s.origin, t.name AS template, p.number, p.notation,
       p.issued_on, p.agency
FROM department_file AS f JOIN source AS s ON s.id = f.source_id LEFT JOIN template AS t ON t.id = f.template_id
LEFT JOIN paper AS p ON p.id = f.paper_id
"""


def read_files(connection: psycopg.Connection, source: str | None, limit: int) -> list[dict[str, Any]]:
    """The newest files, of one source or all."""
    cursor = connection.execute(
        f"{_LIST} WHERE %(source)s::text IS NULL OR s.code = %(source)s ORDER BY f.id DESC LIMIT %(limit)s",
        {"source": source, "limit": limit},
    )
    return _rows(cursor)


def taken_before(connection: psycopg.Connection, sha256: bytes) -> dict[str, Any] | None:
    """The first time these very bytes were taken, under whatever name; None when they never were."""
    cursor = connection.execute(f"{_LIST} WHERE f.sha256 = %s AND f.state = 'taken' ORDER BY f.id LIMIT 1", (sha256,))
    return next(iter(_rows(cursor)), None)


def _rows(cursor: psycopg.Cursor[tuple[Any, ...]]) -> list[dict[str, Any]]:
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]
