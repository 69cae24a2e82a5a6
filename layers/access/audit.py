"""Who looked at or did what only some may: one row each, never edited. No personal value stands in it."""

from datetime import datetime

from sqlalchemy import BigInteger, Identity, Insert, insert
from sqlalchemy.orm import Mapped, mapped_column

from layers.access.accounts import Who
from layers.base import Base


class Audit(Base):
    """One act: `action` on `subject` (`contacts.unmask` of `v12`), by whom, in which role, why; `at` in UTC."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account_id: Mapped[int]
    username: Mapped[str]
    role: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str]


def note_act(who: Who, action: str, subject: str, reason: str, now: datetime) -> Insert:
    """The row to write, in the transaction of the act itself."""
    return insert(Audit).values(
        at=now,
        account_id=who.account_id,
        username=who.username,
        role=who.role.value,
        action=action,
        subject=subject,
        reason=reason,
    )


AUDIT = """
INSERT INTO audit (at, account_id, username, role, action, subject, reason) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
"""The same row over a plain connection, for acts that go on there."""
