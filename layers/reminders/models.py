"""The ledger of reminders, and the policy that makes them: dated rows, corrected as the law is."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.base import Base
from layers.watch.rules import Kept

SIDES = ("before", "after")
WAYS = ("axis", "letter")
"""By the provincial axis (edXML), or a letter that is printed. An agency without a code on the axis gets the letter."""
STATES = ("waiting", "sent", "missed")
"""Waiting to go out; gone out; not sent at all, for the duty slept until it was of no use."""
MANUAL = 0


class ReminderStep(Kept, Base):
    """One step: `days` before a delivery is due, or after, at `hour` (Việt Nam), for those due in its days.

    `pauses`: days are working days and a day off sends nothing; else calendar days. `escalates_to`: the office that
    is told too, None for none. `counts`: it is one of the year's reminders. `only_source` None: for every source.
    `words` is the letter, with `{agency} {what} {period} {due} {late}` in it.
    """

    __tablename__ = "reminder_step"
    __table_args__ = (
        Index("uq_reminder_step_current", "code", unique=True, postgresql_where=text("superseded_at IS NULL")),
        CheckConstraint(f"side IN {SIDES}", name="side"),
        CheckConstraint(f"way IN {WAYS}", name="way"),
        CheckConstraint("step BETWEEN 1 AND 9 AND days BETWEEN 0 AND 60 AND hour BETWEEN 0 AND 23", name="numbers"),
    )

    step: Mapped[int] = mapped_column(SmallInteger)
    side: Mapped[str]
    days: Mapped[int] = mapped_column(SmallInteger)
    hour: Mapped[int] = mapped_column(SmallInteger)
    pauses: Mapped[bool]
    way: Mapped[str]
    counts: Mapped[bool]
    escalates_to: Mapped[str | None]
    only_source: Mapped[str | None]
    words: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class ReminderLimit(Kept, Base):
    """From so many reminders sent in a year on, this follows for the agency; a proposal to people, never an act."""

    __tablename__ = "reminder_limit"

    reminders: Mapped[int]
    follows_vi: Mapped[str]
    follows_en: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Reminder(Base):
    """One reminder of one period of one delivery; `step` 0: an operator wrote it by hand, with a `reason`.

    `policy` names the row of the step. `planned_at` is when it was to go out, `made_at` when it was made, `state_at`
    when it came into its state. `uid` is its name on the axis, `sha256` the envelope kept, `number` the letter's.
    What it says is kept as it was sent. It is closed by the delivery's arrival, which is not a column here: whoever
    reads asks what came, so a paper taken back opens it again.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        CheckConstraint(f"way IN {WAYS}", name="way"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("(step = 0) = (made_by IS NOT NULL)", name="by_hand"),
        Index(
            "uq_reminder_step",
            *("source", "what", "template", "period_from", "step"),
            unique=True,
            postgresql_where=text("step > 0"),
        ),
        Index(
            "uq_reminder_by_hand",
            *("source", "what", "template", "period_from", "planned_on"),
            unique=True,
            postgresql_where=text("step = 0"),
        ),
        Index("ix_reminder_made_at", "made_at"),
        Index("ix_reminder_waiting", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str]
    what: Mapped[str]
    template: Mapped[str]
    period_from: Mapped[date]
    period_to: Mapped[date]
    due: Mapped[date]
    step: Mapped[int] = mapped_column(SmallInteger)
    policy: Mapped[str | None]
    counts: Mapped[bool]
    way: Mapped[str]
    agency: Mapped[str]
    agency_code: Mapped[str | None]
    office: Mapped[str | None]
    escalates_to: Mapped[str | None]
    subject: Mapped[str]
    words: Mapped[str]
    planned_on: Mapped[date]
    planned_at: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by: Mapped[str | None]
    reason: Mapped[str | None]
    state: Mapped[str]
    state_at: Mapped[datetime]
    state_by: Mapped[str | None]
    detail: Mapped[str | None]
    uid: Mapped[str | None] = mapped_column(unique=True)
    sha256: Mapped[bytes | None]
    number: Mapped[str | None]
