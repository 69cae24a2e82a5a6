"""Whom to trouble with what: recording is always, a case is by policy. Dated rows, corrected as the law is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from geo.clock import start_of_day
from layers.base import Base
from layers.watch.rules import Kept

ONLY_IF = ("ours", "own_waters")


class NotifyPolicy(Kept, Base):
    """What one kind of event leads to, in force [valid_from, valid_to).

    `case_kind` NULL: recorded, nobody is told. The clocks of a case are those of its flow. `patience_s`: how long an
    event waits before it opens a case, so that a common cause can be seen first. `only_if`: `ours` (a boat of a
    register), `own_waters` (not beyond the boundary). `closes`: the case is closed when the event is over.
    """

    __tablename__ = "notify_policy"

    conduct: Mapped[str]
    step: Mapped[str]
    case_kind: Mapped[str | None]
    patience_s: Mapped[int] = mapped_column(server_default="0")
    only_if: Mapped[str | None]
    closes: Mapped[bool]
    text_vi: Mapped[str]
    text_en: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


class Policies:
    """The policy as known now."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.rows = rows

    def at(self, conduct: str, step: str, moment: datetime) -> Any | None:
        """The row in force for an event at a moment; None where nobody has set any: then it is only recorded."""
        found = [row for row in self.rows if (row.conduct, row.step) == (conduct, step) and _holds(row, moment)]
        return found[-1] if found else None

    def notified(self, moment: datetime) -> list[tuple[str, str]]:
        """Conduct and step of everything that leads to a case."""
        return sorted({(row.conduct, row.step) for row in self.rows if row.case_kind and _holds(row, moment)})


def read_policies(connection: Connection) -> Policies:
    """Every row as known now, the newest last."""
    return Policies(connection.execute(policies_statement()).all())


def policies_statement() -> Select[*tuple[Any, ...]]:
    """Every row of the policy as known now."""
    order = (NotifyPolicy.conduct, NotifyPolicy.step, NotifyPolicy.valid_from)
    return select(NotifyPolicy).where(NotifyPolicy.superseded_at.is_(None)).order_by(*order)


def policy_of(row: Mapping[str, str]) -> dict[str, Any]:
    """One line of notify-policy.csv as values."""
    told: dict[str, Any] = {name: text or None for name, text in row.items()}
    told |= {"patience_s": int(row["patience_s"] or 0)}
    return told | {"closes": row["closes"] == "1", "verified": row["verified"] == "1", **days_of(row)}


def days_of(row: Mapping[str, str], names: Iterable[str] = ("valid_from", "valid_to")) -> dict[str, datetime | None]:
    """Days of a seed file as their midnights in Việt Nam."""
    return {name: start_of_day(date.fromisoformat(row[name])) if row[name] else None for name in names}


def _holds(row: Any, moment: datetime) -> bool:
    return bool(row.valid_from <= moment and (row.valid_to is None or moment < row.valid_to))
