"""The policy of freshness as it travels with the product: steps of reminders, their limits, what the board weighs."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from layers.reminders.models import ReminderLimit, ReminderStep
from layers.scores.models import ScoreWeight
from layers.watch.law_seed import seed_kept

Read = Callable[[Path], list[dict[str, Any]]]
TABLES = {
    "reminder-steps.csv": ReminderStep,
    "reminder-limits.csv": ReminderLimit,
    "score-weights.csv": ScoreWeight,
}
"""The files of the policy and the tables they fill."""
_WHOLE = ("step", "days", "hour", "reminders")
_YES = ("pauses", "counts", "verified")
_DAYS = ("valid_from", "valid_to")


def seed_freshness(connection: Connection, data: Path, read: Read, now: datetime) -> None:
    """Make the current rows those of the files, except where a person has corrected or withdrawn one."""
    for name, model in TABLES.items():
        seed_kept(connection, model, [_values(row) for row in read(data / name)], now)


def _values(row: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {name: text or None for name, text in row.items()}
    told |= {name: int(row[name]) for name in _WHOLE if name in row}
    told |= {name: row[name] == "1" for name in _YES if name in row}
    told |= {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
    return told | ({"weight": Decimal(row["weight"])} if "weight" in row else {})
