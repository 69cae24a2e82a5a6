"""How reports go and what may be told, as they travel with the product; never over what a person has changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from layers.citizens.models import ReportCategory, ReportFlowRow
from layers.citizens.rows import FLOW
from layers.stepping import Given, dated, flow_row
from layers.watch.law_seed import seed_kept

_WHOLE = ("within_days", "near_m", "near_days", "reopen_days", "place")


def seed_reports(connection: Connection, categories: Iterable[Given], flow: Iterable[Given], now: datetime) -> None:
    """Make the current rows those of report-categories.csv and report-flow.csv."""
    seed_kept(connection, ReportCategory, [_category(row) for row in categories], now)
    seed_kept(connection, ReportFlowRow, [flow_row(row, FLOW) for row in flow], now)


def _category(row: Given) -> dict[str, Any]:
    numbers = {name: int(row[name]) for name in _WHOLE}
    words = [word for word in row["keywords"].split("|") if word]
    return dated(row) | numbers | {"accepted": row["accepted"] == "1", "keywords": words}
