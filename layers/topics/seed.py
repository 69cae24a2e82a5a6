"""The topics and the rule of rising ones that travel with the product, never over what a person has changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from layers.topics.models import Topic, TopicRule
from layers.watch.law_seed import seed_kept

FILES = ("topics.csv", "topic-rules.csv")
_WHOLE = ("days", "base_days", "least", "least_told")


def seed_topics(connection: Connection, files: Sequence[Sequence[Mapping[str, str]]], now: datetime) -> None:
    """Make the current rows those of FILES, except where a person has corrected one."""
    topics, rules = files
    seed_kept(connection, Topic, [_values(row) for row in topics], now)
    seed_kept(connection, TopicRule, [_values(row) | _numbers(row) for row in rules], now)


def _values(row: Mapping[str, str]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_to")}
    return {**row, **days, "verified": row["verified"] == "1"}


def _numbers(row: Mapping[str, str]) -> dict[str, Any]:
    return {name: int(row[name]) for name in _WHOLE} | {"ratio": Decimal(row["ratio"])}
