"""The diseases and the rule of small numbers that travel with the product, never over what a person has changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import psycopg
from sqlalchemy import Connection

from layers.disclosure.diseases import ensure_diseases
from layers.disclosure.models import DisclosureRule
from layers.watch.law_seed import seed_kept

FILES = ("disclosure-rules.csv", "diseases.csv")


def seed_disclosure(
    connection: Connection, driver: psycopg.Connection, files: Sequence[Sequence[Mapping[str, str]]], now: datetime
) -> None:
    """Bring in the rows of FILES; `driver` is the driver's connection of the same transaction."""
    rules, diseases = files
    seed_kept(connection, DisclosureRule, [_rule(row) for row in rules], now)
    ensure_diseases(driver, diseases, now)


def _rule(row: Mapping[str, str]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_to")}
    return {**row, **days, "least": int(row["least"]), "verified": row["verified"] == "1"}
