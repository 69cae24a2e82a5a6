"""The law as it travels with the product: brought in by code, row by row, never over what a person has changed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from geo.clock import start_of_day
from layers.watch.law_dates import find_overlap
from layers.watch.references import LegalReference
from layers.watch.rules import Rule

Given = Mapping[str, str]

_NUMBERS, _WHOLE = ("min_length_m", "max_length_m", "value"), ("threshold_s", "fine_from", "fine_to")


def seed_law(connection: Connection, rules: Iterable[Given], references: Iterable[Given], now: datetime) -> None:
    """Make the current rows those of the files, except where a person has corrected or withdrawn one.

    A row of a file whose days meet those of a row that a person made gives way to it.
    """
    seed_kept(connection, Rule, [rule_of(row) for row in rules], now)
    seed_kept(connection, LegalReference, [reference_of(row) for row in references], now)


def rule_of(row: Given) -> dict[str, Any]:
    """One line of rules.csv as values; its days begin at midnight in Việt Nam."""
    told: dict[str, Any] = {name: text or None for name, text in row.items()}
    numbers = {name: float(row[name]) if row[name] else None for name in _NUMBERS}
    whole = {name: int(row[name]) if row[name] else None for name in _WHOLE}
    days = {
        name: start_of_day(date.fromisoformat(row[name])) if row[name] else None for name in ("valid_from", "valid_to")
    }
    return told | numbers | whole | days | {"verified": row["verified"] == "1"}


def reference_of(row: Given) -> dict[str, Any]:
    """One line of legal-references.csv as values."""
    told: dict[str, Any] = {name: text or None for name, text in row.items()}
    days = ("issued_on", "valid_from", "valid_to")
    dates = {name: date.fromisoformat(row[name]) if row[name] else None for name in days}
    return told | dates | {"verified": row["verified"] == "1"}


def seed_kept(connection: Connection, model: type[Any], values: list[dict[str, Any]], now: datetime) -> None:
    """Make a table's current rows these values, by `code`, except where a person has corrected or withdrawn one."""
    newest: dict[str, Any] = {row.code: row for row in connection.execute(select(model.__table__).order_by(model.id))}
    given = {value["code"] for value in values}
    gone = [row.id for row in newest.values() if row.code not in given and _is_ours(row) and row.superseded_at is None]
    changed = [value for value in values if _differs(newest.get(value["code"]), value)]
    old = [newest[value["code"]].id for value in changed if value["code"] in newest]
    end = update(model).where(model.id.in_([*gone, *old])).values(superseded_at=now, superseded_reason="layers/data")
    connection.execute(end)
    if model is Rule:
        theirs = [row for row in newest.values() if not _is_ours(row) and row.superseded_at is None]
        changed = [value for value in changed if find_overlap(theirs, Rule(**value)) is None]
    if changed:
        connection.execute(insert(model), [value | {"stored_at": now} for value in changed])


def _is_ours(row: Any) -> bool:
    """Whether no person has stored or superseded it."""
    return row.stored_by is None and row.superseded_by is None


def _differs(kept: Any | None, value: dict[str, Any]) -> bool:
    """Whether the file says something new of a row that is the file's to say."""
    if kept is None:
        return True
    return _is_ours(kept) and (kept.superseded_at is not None or any(getattr(kept, k) != v for k, v in value.items()))
