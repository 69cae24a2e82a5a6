"""Surveys, agencies and graces as they travel with the product; never over what a person has changed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from layers.surveys.body import read_body
from layers.surveys.models import HearingGrace, Survey, SurveyAgency
from layers.watch.law_seed import seed_kept

SURVEYS, AGENCIES, GRACES = FILES = ("surveys.json", "survey-agencies.csv", "hearing-grace.csv")
_DAYS = ("valid_from", "valid_to")
_WHOLE = ("position", "workdays")


def seed_surveys(
    connection: Connection, data: Path, read_csv: Callable[[Path], Iterable[Any]], read_json: Any, now: datetime
) -> None:
    """Make the current rows those of the files."""
    seed_kept(connection, Survey, [survey_of(row) for row in read_json(data / SURVEYS)], now)
    seed_kept(connection, SurveyAgency, [_dated(row) for row in read_csv(data / AGENCIES)], now)
    seed_kept(connection, HearingGrace, [_dated(row) for row in read_csv(data / GRACES)], now)


def survey_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """One edition of surveys.json as values; its body says everything, defaults too. BadInput for an unsound one."""
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
    return dict(row) | days | {"body": read_body(row["body"]).model_dump(mode="json")}


def _dated(row: Mapping[str, str]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
    whole = {name: int(row[name]) for name in _WHOLE if name in row}
    return dict(row) | days | whole | {"verified": row["verified"] == "1"}
