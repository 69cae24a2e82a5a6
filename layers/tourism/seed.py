"""The holidays that travel with the product, never over what a person has changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from layers.tourism.models import Holiday
from layers.watch.law_seed import seed_kept

FILES = ("holidays.csv",)


def seed_holidays(connection: Connection, rows: Sequence[Mapping[str, str]], now: datetime) -> None:
    """Make the current rows those of the file, except where a person has corrected one."""
    seed_kept(connection, Holiday, [_values(row) for row in rows], now)


def _values(row: Mapping[str, str]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) for name in ("anchor", "valid_from", "valid_to")}
    return {**row, **days, "verified": row["verified"] == "1"}
