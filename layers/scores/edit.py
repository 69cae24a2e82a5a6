"""Changing the policy of freshness: steps of reminders, limits, weights; a new row each time, with who and why."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geo.errors import BadInput, NotFound
from layers.reminders.models import ReminderLimit, ReminderStep
from layers.reminders.words import check_words
from layers.scores.models import ScoreWeight
from layers.watch.law_edit import Change, supersede
from layers.watch.rules import Kept

LOCK = 7_105_163
EDITED: Mapping[str, type[Kept]] = {"steps": ReminderStep, "limits": ReminderLimit, "weights": ScoreWeight}
"""What people may change, by the word the API uses."""
_SAME: Mapping[str, tuple[str, ...]] = {
    "steps": ("step", "only_source"), "limits": ("reminders",), "weights": ("pillar", "part"),
}  # fmt: skip
"""What two rows must not both say for the same days."""


async def put_policy(
    connection: AsyncConnection, what: str, code: str | None, values: Mapping[str, Any], change: Change
) -> str:
    """Store a row (`code` None), or correct the current row of that code. Its code.

    BadInput when its days meet those of another row that says the same thing otherwise.
    """
    model = EDITED[what]
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    if "words" in values:
        check_words(values["words"])
    former = None if code is None else await _current(connection, model, code)
    await _check_days(connection, what, code, values)
    kept = code or await _new_code(connection, model, what)
    await supersede(connection, model, former, change)
    said = {"stored_at": change.at, "stored_by": change.by, "reason": change.reason}
    await connection.execute(insert(model).values(**values, code=kept, **said))
    return kept


async def withdraw_policy(connection: AsyncConnection, what: str, code: str, change: Change) -> None:
    """From now on the row of that code is known to be wrong and nothing stands in its place."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    await supersede(connection, EDITED[what], await _current(connection, EDITED[what], code), change)


async def _current(connection: AsyncConnection, model: Any, code: str) -> Any:
    row = (await connection.execute(_now(model).where(model.code == code))).first()
    if row is None:
        raise NotFound(f"code={code[:80]!r}: no such row today; GET /api/freshness lists them", field="code")
    return row


async def _check_days(connection: AsyncConnection, what: str, code: str | None, values: Mapping[str, Any]) -> None:
    since, until = values["valid_from"], values["valid_to"] or date.max
    if until <= since:
        raise BadInput("valid_to: it must be after valid_from", field="valid_to")
    for row in await connection.execute(_now(EDITED[what])):
        alike = all(getattr(row, name) == values[name] for name in _SAME[what])
        if row.code != code and alike and row.valid_from < until and since < (row.valid_to or date.max):
            days = f"{row.valid_from:%d/%m/%Y} – {f'{row.valid_to:%d/%m/%Y}' if row.valid_to else '…'}"
            detail = f"valid_from: these days overlap with {row.code} ({days}); correct or end that row first"
            raise BadInput(detail, field="valid_from", title=f"Trùng thời gian với dòng đang có ({days})")


async def _new_code(connection: AsyncConnection, model: Any, what: str) -> str:
    number = (await connection.execute(select(func.coalesce(func.max(model.id), 0) + 1))).scalar_one()
    return f"{what}.own.{number}"


def _now(model: Any) -> Any:
    return select(model.__table__).where(model.superseded_at.is_(None)).order_by(model.id)
