"""Templates kept: every version a row, dated by the periods they hold for; last year's form stays a template."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.errors import NotFound
from layers.base import Base
from layers.sources.template_body import TemplateBody, read_template


class TemplateRow(Base):
    """One version of one template. A new version of the same (name, valid_from) supersedes the former."""

    __tablename__ = "template"
    __table_args__ = (
        Index("uq_template_current", "name", "valid_from", unique=True, postgresql_where=text("superseded_at IS NULL")),
        Index("ix_template_source", "source"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    superseded_at: Mapped[datetime | None]


class Template(NamedTuple):
    """A template in force: its row, which version it is, by whom it was made, and what it says."""

    id: int
    version: int
    made_at: datetime
    made_by: str
    body: TemplateBody

    def holds_on(self, day: date) -> bool:
        """Whether it is the form for periods that begin on a day."""
        return self.body.valid_from <= day and (self.body.valid_to is None or day < self.body.valid_to)


_READ = "SELECT id, version, made_at, made_by, body FROM template WHERE superseded_at IS NULL"


def read_templates(connection: psycopg.Connection, source: str | None = None) -> list[Template]:
    """The templates in force, of one source or all, by name, the latest form first."""
    rows = connection.execute(
        f"{_READ} AND (%(source)s::text IS NULL OR source = %(source)s) ORDER BY name, valid_from DESC",
        {"source": source},
    ).fetchall()
    return [_template(row) for row in rows]


def _template(row: tuple[Any, ...]) -> Template:
    number, version, made_at, made_by, body = row
    return Template(number, version, made_at, made_by, read_template(body))


def find_template(connection: psycopg.Connection, name: str, valid_from: date | None = None) -> Template:
    """A template by its name, the latest form unless a date tells which. NotFound names those there are."""
    found = [t for t in read_templates(connection) if t.body.name == name]
    found = [t for t in found if valid_from is None or t.body.valid_from == valid_from]
    if not found:
        known = ", ".join(sorted({t.body.name for t in read_templates(connection)})) or "none"
        raise NotFound(f"template={name!r}: not known; there are {known}", field="template")
    return found[0]


def keep_template(connection: psycopg.Connection, body: TemplateBody, by: str, now: datetime) -> Template:
    """Keep a template in the caller's transaction: a new version where it says something new."""
    told = body.model_dump(mode="json")
    before = connection.execute(
        f"{_READ} AND name = %s AND valid_from = %s FOR UPDATE", (body.name, body.valid_from)
    ).fetchone()
    if before is not None and read_template(before[4]) == body:
        return _template(before)
    if before is not None:
        connection.execute("UPDATE template SET superseded_at = %s WHERE id = %s", (now, before[0]))
    version = 1 if before is None else before[1] + 1
    row = connection.execute(
        "INSERT INTO template (name, source, valid_from, valid_to, version, body, made_at, made_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (body.name, body.source, body.valid_from, body.valid_to, version, Jsonb(told), now, by),
    ).fetchone()
    assert row is not None  # RETURNING always gives the row
    return Template(row[0], version, now, by, body)


def ensure_templates(
    connection: psycopg.Connection, bodies: Sequence[TemplateBody], by: str, now: datetime
) -> list[Template]:
    """Keep templates that are not there at all; one that somebody changed since stays as it is."""
    known = {(t.body.name, t.body.valid_from) for t in read_templates(connection)}
    return [keep_template(connection, b, by, now) for b in bodies if (b.name, b.valid_from) not in known]
