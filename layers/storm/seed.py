"""The wind scale and the areas of the sea as they travel with the product, never over what a person has changed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from geo.clock import start_of_day
from layers.storm.models import SeaArea, WindForce
from layers.watch.law_seed import seed_kept


def seed_storms(
    connection: Connection, forces: Iterable[Mapping[str, str]], areas: Mapping[str, Any], now: datetime
) -> None:
    """Make the current rows those of wind-forces.csv and sea-areas.geojson."""
    seed_kept(connection, WindForce, [force_of(row) for row in forces], now)
    seed_kept(connection, SeaArea, [area_of(feature) for feature in areas["features"]], now)


def force_of(row: Mapping[str, str]) -> dict[str, Any]:
    """One line of wind-forces.csv as values."""
    top = float(row["max_kt"]) if row["max_kt"] else None
    told = {"code": row["code"], "source": row["source"], "verified": row["verified"] == "1"}
    return told | {"force": int(row["force"]), "min_kt": float(row["min_kt"]), "max_kt": top}


def area_of(feature: Mapping[str, Any]) -> dict[str, Any]:
    """One feature of sea-areas.geojson as values; its first ring is the area."""
    told = dict(feature["properties"])
    days = {name: _start(told[name]) for name in ("valid_from", "valid_to")}
    return told | days | {"ring": feature["geometry"]["coordinates"][0]}


def _start(day: str | None) -> datetime | None:
    return None if day is None else start_of_day(date.fromisoformat(day))
