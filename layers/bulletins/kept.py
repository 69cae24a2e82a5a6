"""Reports that were published: kept with their hash and never changed; a later version is a new one beside it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Identity,
    Row,
    Select,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.errors import NotFound
from layers.base import Base
from layers.bulletins.differ import find_differences
from layers.bulletins.make import Content, make
from layers.bulletins.period import KINDS
from layers.bulletins.spec import Asked, Report
from layers.seal import digest

KEEPING = 7_105_128


class Bulletin(Base):
    """One version of the report of one period. `made_by` NULL: the machine. Times in UTC, `first_day` in Việt Nam.

    `figures` is what every reader of reports may read, `boats` the sections that name boats; each with its SHA-256 (of
    the JSON with sorted keys).
    """

    __tablename__ = "bulletin"
    __table_args__ = (
        UniqueConstraint("report", "kind", "first_day", "version"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report: Mapped[str]
    kind: Mapped[str]
    first_day: Mapped[date]
    version: Mapped[int]
    since: Mapped[datetime]
    until: Mapped[datetime]
    partial: Mapped[bool]
    made_at: Mapped[datetime]
    made_by: Mapped[str | None]
    origin: Mapped[str]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str]
    boats: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    boats_sha256: Mapped[str]


def keep(connection: Connection, report: Report, asked: Asked, made_by: str | None) -> int:
    """Make a report of all we know now and keep it; the newest version's number when nothing in it is otherwise."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": KEEPING})
    content = make(connection, report, asked, boats=True)
    newest = _newest(connection, report, asked)
    if newest is not None and newest.until == asked.period.until and not find_differences(whole(newest), content):
        return int(newest.id)
    boats = [section for section in content["sections"] if section["names_boats"]]
    figures = content | {"sections": [section for section in content["sections"] if not section["names_boats"]]}
    figures["order"] = [section["name"] for section in content["sections"]]
    period = asked.period
    values = {"report": report.name, "kind": period.kind, "first_day": period.first, "since": period.since,
              "until": period.until, "partial": period.partial, "made_at": asked.now, "made_by": made_by,
              "origin": content["origin"], "version": 1 if newest is None else newest.version + 1}  # fmt: skip
    values |= {"figures": figures, "sha256": digest(figures), "boats": boats, "boats_sha256": digest({"boats": boats})}
    return int(connection.execute(insert(Bulletin).values(**values).returning(Bulletin.id)).scalar_one())


def _newest(connection: Connection, report: Report, asked: Asked) -> Row[Any] | None:
    b, period = Bulletin, asked.period
    here = (b.report == report.name, b.kind == period.kind, b.first_day == period.first)
    statement = select(Bulletin.__table__).where(*here).order_by(b.version.desc()).limit(1)
    return connection.execute(statement).one_or_none()


def whole(row: Row[Any]) -> Content:
    """A kept report as it was made: figures, and boats where they were read, in their order."""
    named = {section["name"]: section for section in [*row.figures["sections"], *getattr(row, "boats", [])]}
    sections = [named[name] for name in row.figures["order"] if name in named]
    return {key: value for key, value in row.figures.items() if key != "order"} | {"sections": sections}


HEAD = ("id", "report", "kind", "first_day", "version", "since", "until", "partial", "made_at", "made_by", "origin",
        "sha256")  # fmt: skip


def kept_statement(*, boats: bool) -> Select[*tuple[Any, ...]]:
    """Kept reports; the sections that name boats are selected only for who may read them."""
    columns: Sequence[Any] = [getattr(Bulletin, name) for name in (*HEAD, "figures")]
    return select(*columns, *((Bulletin.boats, Bulletin.boats_sha256) if boats else ()))


def get_kept(connection: Connection, number: int, *, boats: bool) -> Row[Any]:
    """One kept report, or NotFound."""
    row = connection.execute(kept_statement(boats=boats).where(Bulletin.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"bulletin={number}: there is no such report; see GET /api/bulletins", field="id")
    return row


def list_statement(report: str, kinds: Sequence[str], limit: int) -> Select[*tuple[Any, ...]]:
    """Kept reports without their contents, newest period first, newest version first; `newest` says which that is."""
    b = Bulletin
    newest = func.max(b.version).over(partition_by=(b.report, b.kind, b.first_day)) == b.version
    statement = select(*(getattr(b, name) for name in HEAD), newest.label("newest"))
    statement = statement.where(b.report == report, b.kind.in_(kinds))
    return statement.order_by(b.until.desc(), b.kind, b.version.desc()).limit(limit)
