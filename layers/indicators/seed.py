"""The catalogue as it travels with the product: brought in row by row, never over what a person has changed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from layers.indicators.approval_models import ApprovalPolicy
from layers.indicators.belief import SourceRank
from layers.indicators.catalogue import ExceptionRule, Indicator, IndicatorThreshold
from layers.indicators.groups import UnitGroup
from layers.watch.law_seed import seed_kept

Read = Callable[[Path], list[dict[str, Any]]]
TABLES = {
    "indicators.csv": Indicator,
    "indicator-thresholds.csv": IndicatorThreshold,
    "unit-groups.csv": UnitGroup,
    "exception-rules.csv": ExceptionRule,
    "approval-policies.csv": ApprovalPolicy,
    "source-ranks.csv": SourceRank,
}
"""The files of the catalogue and the tables they fill."""
_NUMBERS = ("factor", "green", "red", "weight")
_WHOLE = ("decimals", "rank")
_LISTS = ("subjects", "districts", "indicators")
_DAYS = ("valid_from", "valid_to")


def seed_catalogue(connection: Connection, data: Path, read: Read, now: datetime) -> None:
    """Make the current rows those of the files, except where a person has corrected or withdrawn one."""
    for name, model in TABLES.items():
        seed_kept(connection, model, list(_values(read(data / name), model is Indicator)), now)


def _values(rows: Iterable[Mapping[str, str]], ordered: bool) -> Iterable[dict[str, Any]]:
    for position, row in enumerate(rows, 1):
        yield row_values(row) | ({"position": position} if ordered else {})


def row_values(row: Mapping[str, str]) -> dict[str, Any]:
    """One line of a file as values."""
    told: dict[str, Any] = {name: text or None for name, text in row.items()}
    for name in row:
        if name in _NUMBERS:
            told[name] = Decimal(row[name]) if row[name] else None
        elif name in _WHOLE:
            told[name] = int(row[name])
        elif name in _LISTS:
            told[name] = row[name].split()
        elif name in _DAYS:
            told[name] = date.fromisoformat(row[name]) if row[name] else None
    return told | {"verified": row["verified"] == "1"}
