"""How reports go and what may be told, as they travel with the product; never over what a person has changed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from geo.clock import start_of_day
from layers.citizens.models import ReportCategory, ReportFlowRow
from layers.watch.law_seed import seed_kept

Given = Mapping[str, str]
_WHOLE = ("within_days", "near_m", "near_days", "reopen_days", "place")
_DAYS = ("valid_from", "valid_to")


def seed_reports(connection: Connection, categories: Iterable[Given], flow: Iterable[Given], now: datetime) -> None:
    """Make the current rows those of report-categories.csv and report-flow.csv."""
    seed_kept(connection, ReportCategory, [_category(row) for row in categories], now)
    seed_kept(connection, ReportFlowRow, [_flow_row(row) for row in flow], now)


def _category(row: Given) -> dict[str, Any]:
    told = _dated(row)
    numbers = {name: int(row[name]) for name in _WHOLE}
    words = [word for word in row["keywords"].split("|") if word]
    return told | numbers | {"accepted": row["accepted"] == "1", "keywords": words}


def _flow_row(row: Given) -> dict[str, Any]:
    lists = {name: row[name].split() for name in ("roles", "needs")}
    return _dated(row) | lists | {"kinds": ["report"], "within_s": None, "key": None, "place": int(row["place"])}


def _dated(row: Given) -> dict[str, Any]:
    told: dict[str, Any] = {name: text or None for name, text in row.items()}
    days = {name: start_of_day(date.fromisoformat(row[name])) if row[name] else None for name in _DAYS}
    return told | days | {"verified": row["verified"] == "1"}
