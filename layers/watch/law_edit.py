"""Changing the law: a new row, a correction, a withdrawal. Every one says who and why, and takes nothing away.

One change at a time: the checks and the writing share a lock that ends with the caller's transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from geo.clock import local_date
from geo.errors import BadInput, NotFound
from layers.watch.law import Held, check_conduct
from layers.watch.law_dates import Hole, find_holes, find_overlap, key_of
from layers.watch.references import LegalReference
from layers.watch.rules import KINDS, Kept, Rule

LAW_LOCK = 7_105_121


@dataclass(frozen=True)
class Change:
    """Who changes, why, and when (UTC)."""

    by: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Stored:
    """The code of the row that now holds, and the holes its key is left with."""

    code: str
    holes: tuple[Hole, ...]


async def put_rule(connection: AsyncConnection, code: str | None, values: Mapping[str, Any], change: Change) -> Stored:
    """Store a row: a new one (`code` None), or the correction of the current row of that code.

    BadInput when it is not consistent in itself, or holds together with another row: the error names that row.
    """
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({LAW_LOCK})"))
    former = None if code is None else await _current(connection, Rule, code)
    given = dict(values)
    _check(given, former)
    rows = await _rows(connection, given["conduct"])
    others = [row for row in rows if row.code != code]
    draft = Rule(**given)
    if (other := find_overlap(others, draft)) is not None:
        raise _overlaps(other)
    kept = code or await _new_code(connection, given["conduct"])
    await supersede(connection, Rule, former, change)
    await connection.execute(insert(Rule).values(**given, code=kept, **_said(change)))
    holes = find_holes([*others, draft], key_of(draft))
    return Stored(kept, tuple(holes))


async def withdraw_rule(connection: AsyncConnection, code: str, change: Change) -> Stored:
    """From now on the row of that code is known to be wrong and nothing stands in its place."""
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({LAW_LOCK})"))
    former = await _current(connection, Rule, code)
    if former.kind == "setting":
        raise BadInput(f"code={code}: a setting of the centre is needed at all times; correct it instead", field="code")
    await supersede(connection, Rule, former, change)
    rows = [row for row in await _rows(connection, former.conduct) if row.code != code]
    return Stored(code, tuple(find_holes(rows, key_of(former))))


async def put_reference(connection: AsyncConnection, code: str, values: Mapping[str, Any], change: Change) -> str:
    """Store a legal text, or the correction of what is known of one. Returns its code."""
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({LAW_LOCK})"))
    first, last = values.get("valid_from"), values.get("valid_to")
    if first is not None and last is not None and last <= first:
        raise BadInput("valid_to: it must be after valid_from", field="valid_to")
    table = LegalReference
    statement = select(table.id).where(table.code == code, table.superseded_at.is_(None))
    former = (await connection.execute(statement)).first()
    await supersede(connection, table, former, change)
    await connection.execute(insert(table).values(**values, code=code, **_said(change)))
    return code


def _said(change: Change) -> dict[str, Any]:
    return {"stored_at": change.at, "stored_by": change.by, "reason": change.reason}


async def _rows(connection: AsyncConnection, conduct: str) -> list[Held]:
    found = await connection.execute(
        select(Rule.__table__).where(Rule.conduct == conduct, Rule.superseded_at.is_(None))
    )
    return list(found)


async def _current(connection: AsyncConnection, model: type[Rule], code: str) -> Held:
    statement = select(model.__table__).where(model.code == code, model.superseded_at.is_(None))
    row = (await connection.execute(statement)).first()
    if row is None:
        raise NotFound(f"code={code[:80]!r}: no such row today; GET /api/law/rows lists them", field="code")
    return row


async def supersede(connection: AsyncConnection, model: type[Kept], former: Any | None, change: Change) -> None:
    """Mark a former row as no longer current: when, by whom and why; nothing when there is none."""
    if former is not None:
        told = {"superseded_at": change.at, "superseded_by": change.by, "superseded_reason": change.reason}
        await connection.execute(update(model).where(model.id == former.id).values(**told))


async def _new_code(connection: AsyncConnection, conduct: str) -> str:
    """A code of our own: `silence.own.71`."""
    number = (await connection.execute(select(func.coalesce(func.max(Rule.id), 0) + 1))).scalar_one()
    return f"{conduct}.own.{number}"


def _check(given: Mapping[str, Any], former: Any | None) -> None:
    """What one row must fulfil by itself; BadInput names the field."""
    check_conduct(given["conduct"])
    if given["kind"] not in KINDS:
        raise BadInput(f"kind={given['kind']!r}: use one of {', '.join(KINDS)}", field="kind")
    for low, high in (("valid_from", "valid_to"), ("min_length_m", "max_length_m")):
        if given.get(high) is not None and given[high] <= given[low]:
            raise BadInput(f"{high}: it must be more than {low}", field=high)
    if given.get("fine_to") is not None and (given.get("fine_from") is None or given["fine_to"] < given["fine_from"]):
        raise BadInput("fine_to: give fine_from too, and no more than fine_to", field="fine_to")
    if former is not None and former.kind == "setting" and _moved(former, given):
        raise BadInput("valid_from, valid_to: a setting of the centre holds at all times", field="valid_from")
    if former is not None and former.conduct != given["conduct"]:
        raise BadInput("conduct: a correction speaks of the same conduct; store a new row instead", field="conduct")


def _moved(former: Any, given: Mapping[str, Any]) -> bool:
    return any(getattr(former, name) != given.get(name) for name in ("kind", "step", "valid_from", "valid_to"))


def _overlaps(other: Held) -> BadInput:
    """The words that name the row in the way."""
    until = f"{local_date(other.valid_to):%d/%m/%Y}" if other.valid_to else "…"
    days = f"{local_date(other.valid_from):%d/%m/%Y} – {until}"
    above = f" < {other.max_length_m:g}" if other.max_length_m is not None else ""
    name = f"{other.decree} ({other.code}; ≥ {other.min_length_m:g}{above} m; {days})"
    detail = f"valid_from: these days overlap with {name}; end that row first, or choose other days or lengths"
    return BadInput(detail, field="valid_from", title=f"Trùng thời gian với {name}")
