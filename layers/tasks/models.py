"""A task as it stands, its history that is never edited, the rows that say how it goes and how its letter looks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Identity, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.watch.cases.flow import FlowColumns
from layers.watch.rules import Kept


class Task(Base):
    """One task: an office, never a person, is to do what is `asked` by the end of `due_on` (`due_at` in UTC).

    `agency` is the office by its name, `unit` the commune's code where it is a commune's committee, `organ` its code on
    the axis where one is known. `born` is the number it came of, as it was shown then. `letter_no` counts the letters
    of a year; it comes with issuing, as does `notation` (*ký hiệu*). A day chosen on a holiday is due at the end of the
    next working day.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_open", "due_at", postgresql_where=text("ended_at IS NULL")),
        Index("uq_task_letter", "letter_year", "letter_no", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    asked: Mapped[str]
    agency: Mapped[str] = mapped_column(index=True)
    organ: Mapped[str | None]
    unit: Mapped[str | None]
    due_on: Mapped[date]
    due_at: Mapped[datetime]
    born: Mapped[dict[str, Any]] = mapped_column(JSONB)
    origin: Mapped[str]
    letter_no: Mapped[int | None]
    letter_year: Mapped[int | None] = mapped_column(SmallInteger)
    letter_on: Mapped[date | None]
    notation: Mapped[str | None]
    state: Mapped[str]
    state_since: Mapped[datetime]
    created_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    result: Mapped[str | None]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")


class TaskEntry(Base):
    """One line of a task's history; `actor` NULL: the axis said so."""

    __tablename__ = "task_entry"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    at: Mapped[datetime]
    action: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor: Mapped[str | None]
    role: Mapped[str | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)


class TaskFlowRow(FlowColumns, Base):
    """A state of a task or a step between two; of a state, `clock` says whether it runs, waits or has ended."""

    __tablename__ = "task_flow"

    clock: Mapped[str | None]


class TaskLetterhead(Kept, Base):
    """Whose letter a task goes out as: the lines of its head and foot, its sign (*ký hiệu*), and the usual term.

    `organ` is the sender's code on the axis; `copies` the lines of *Nơi nhận* after the office itself.
    """

    __tablename__ = "task_letterhead"

    issuer: Mapped[str]
    organ: Mapped[str]
    place: Mapped[str]
    notation: Mapped[str]
    competence: Mapped[str]
    position: Mapped[str]
    copies: Mapped[list[str]] = mapped_column(ARRAY(Text))
    within_days: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class OutgoingLetter(Base):
    """A letter for the axis, as it was written when the task was issued or taken back; `uid` is its name there.

    `state` is `waiting` until it is sent, then what the axis says of it (docs/contracts/vxp-message.md).
    """

    __tablename__ = "outgoing_letter"
    __table_args__ = (
        Index("ix_outgoing_letter_open", "id", postgresql_where=text("state NOT IN ('done', 'rejection', 'fail')")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    document_id: Mapped[str]
    message_type: Mapped[str]
    sender: Mapped[str]
    receiver: Mapped[str]
    origin: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(server_default="waiting")
    detail: Mapped[str | None]
    state_at: Mapped[datetime]
