"""How tasks go and whose letter they are, as they travel with the product; never over what a person has changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from layers.stepping import Given, dated, flow_row
from layers.tasks.models import TaskFlowRow, TaskLetterhead
from layers.tasks.rows import FLOW
from layers.watch.law_seed import seed_kept


def seed_tasks(connection: Connection, flow: Iterable[Given], heads: Iterable[Given], now: datetime) -> None:
    """Make the current rows those of task-flow.csv and task-letterheads.csv."""
    seed_kept(connection, TaskFlowRow, [flow_row(row, FLOW) for row in flow], now)
    seed_kept(connection, TaskLetterhead, [_head(row) for row in heads], now)


def _head(row: Given) -> dict[str, Any]:
    return dated(row) | {"copies": row["copies"].split("|"), "within_days": int(row["within_days"])}
