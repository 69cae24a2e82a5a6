"""Changing the catalogue, targets, bounds, groups, ranks, policies: a new row, a correction, a withdrawal; who, why."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from geo.errors import BadInput, NotFound
from layers.indicators.approval_models import ApprovalPolicy
from layers.indicators.catalogue import (
    ACCUMULATIONS,
    DIRECTIONS,
    DOMAINS,
    KINDS,
    PERIODS,
    ExceptionRule,
    Indicator,
    IndicatorTarget,
    IndicatorThreshold,
)
from layers.indicators.formula import read_terms
from layers.indicators.groups import UnitGroup
from layers.indicators.models import SUBJECTS
from layers.sources.models import Source
from layers.watch.law_edit import Change, supersede
from layers.watch.rules import Kept

EDIT_LOCK = 7_105_131
EDITED: Mapping[str, type[Kept]] = {
    "indicators": Indicator,
    "targets": IndicatorTarget,
    "thresholds": IndicatorThreshold,
    "groups": UnitGroup,
    "ranks": ExceptionRule,
    "policies": ApprovalPolicy,
}
"""What people may change, by the word the API uses."""
_CHOICES = {"domain": tuple(DOMAINS), "kind": KINDS, "period": tuple(PERIODS), "accumulation": ACCUMULATIONS}
_MARKS = {"thresholds": "bound", "targets": "target", "groups": "group", "ranks": "rank", "policies": "approval"}


async def put_row(
    connection: AsyncConnection, what: str, code: str | None, values: Mapping[str, Any], change: Change
) -> str:
    """Store a row: a new one (without a code one of ours), or the correction of the current one. Its code.

    BadInput when it is not consistent in itself or meets another row's days.
    """
    model = EDITED[what]
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({EDIT_LOCK})"))
    given = dict(values)
    former = None if code is None else await _current(connection, model, code)
    if code is not None and former is None and what != "indicators":
        raise NotFound(f"code={code[:80]!r}: no such row today", field="code")
    _check_days(given)
    if what == "indicators":
        given |= {"position": former.position if former is not None else await _last_position(connection)}
        await _check_indicator(connection, code or "", given)
    elif what in ("targets", "thresholds"):
        await _check_bound(connection, what, code, given)
    elif what == "policies":
        await _check_policy(connection, given)
    kept = code or await _new_code(connection, model, _MARKS[what])
    await supersede(connection, model, former, change)
    said = {"stored_at": change.at, "stored_by": change.by, "reason": change.reason}
    await connection.execute(insert(model).values(**given, code=kept, **said))
    return kept


async def withdraw_row(connection: AsyncConnection, what: str, code: str, change: Change) -> str:
    """From now on the row of that code is known to be wrong and nothing stands in its place."""
    model = EDITED[what]
    await connection.execute(text(f"SELECT pg_advisory_xact_lock({EDIT_LOCK})"))
    former = await _current(connection, model, code)
    if former is None:
        raise NotFound(f"code={code[:80]!r}: no such row today", field="code")
    await supersede(connection, model, former, change)
    return code


async def _current(connection: AsyncConnection, model: Any, code: str) -> Any | None:
    statement = select(model.__table__).where(model.code == code, model.superseded_at.is_(None))
    return (await connection.execute(statement)).first()


async def _new_code(connection: AsyncConnection, model: Any, mark: str) -> str:
    number = (await connection.execute(select(func.coalesce(func.max(model.id), 0) + 1))).scalar_one()
    return f"{mark}.own.{number}"


async def _last_position(connection: AsyncConnection) -> int:
    return int((await connection.execute(select(func.coalesce(func.max(Indicator.position), 0) + 1))).scalar_one())


def _check_days(given: Mapping[str, Any]) -> None:
    for first, last in (("valid_from", "valid_to"), ("period_from", "period_to")):
        if given.get(last) is not None and given[last] <= given[first]:
            raise BadInput(f"{last}: it must be after {first}", field=last)


async def _check_indicator(connection: AsyncConnection, code: str, given: Mapping[str, Any]) -> None:
    for name, allowed in _CHOICES.items():
        if given[name] not in allowed:
            raise BadInput(f"{name}={given[name]!r}: use one of {', '.join(allowed)}", field=name)
    if given["direction"] not in DIRECTIONS:
        raise BadInput(f"direction: use one of {', '.join(DIRECTIONS)}", field="direction")
    for subject in given["subjects"]:
        if subject.partition(":")[0] not in SUBJECTS:
            raise BadInput(f"subjects={subject!r}: use {', '.join(SUBJECTS)}, units as unit:commune", field="subjects")
    for side in ("numerator", "denominator"):
        if given["kind"] != "ratio" and given.get(side):
            raise BadInput(f"{side}: only a ratio has one", field=side)
        if given["kind"] == "ratio":
            await _check_terms(connection, code, given.get(side) or "", side)


async def _check_terms(connection: AsyncConnection, code: str, formula: str, side: str) -> None:
    """Every code is in the catalogue and adds up: a ratio of ratios would be an average in disguise."""
    codes = {name for _, name in read_terms(formula, side)}
    statement = select(Indicator.code, Indicator.kind).where(
        Indicator.code.in_(codes), Indicator.superseded_at.is_(None)
    )
    kinds = {row.code: row.kind for row in await connection.execute(statement)}
    for name in sorted(codes):
        if name == code or kinds.get(name) not in ("additive", "stock"):
            raise BadInput(f"{side}={name!r}: not in the catalogue, or it does not add up", field=side)


async def _check_bound(connection: AsyncConnection, what: str, code: str | None, given: Mapping[str, Any]) -> None:
    named = select(Indicator.id).where(Indicator.code == given["indicator"], Indicator.superseded_at.is_(None))
    if (await connection.execute(named)).first() is None:
        raise BadInput(f"indicator={given['indicator']!r}: not in the catalogue", field="indicator")
    if what == "thresholds":
        _check_threshold(given)
    first, last = ("valid_from", "valid_to") if what == "thresholds" else ("period_from", "period_to")
    same = ["indicator"] if what == "thresholds" else ["indicator", "subject_kind", "subject"]
    model: Any = EDITED[what]
    alike = [getattr(model, name) == given[name] for name in same]
    others = await connection.execute(select(model.__table__).where(model.superseded_at.is_(None), *alike))
    for row in others:
        days = (getattr(row, first), getattr(row, last))
        met = days == (given[first], given[last]) if what == "targets" else _meet(days, (given[first], given.get(last)))
        if row.code != code and met:
            raise BadInput(f"{first}: its days meet those of {row.code}; end that one first", field=first)


async def _check_policy(connection: AsyncConnection, given: Mapping[str, Any]) -> None:
    """A policy of an indicator or a source that nobody knows would silently hold for nothing."""
    for field, model, name in (("indicator", Indicator, "catalogue"), ("of_source", Source, "register of sources")):
        if given[field] is None:
            continue
        statement = select(model.code).where(model.code == given[field])
        if (await connection.execute(statement)).first() is None:
            raise BadInput(f"{field}={given[field]!r}: not in the {name}", field=field)


def _check_threshold(given: Mapping[str, Any]) -> None:
    green, red = given.get("green"), given.get("red")
    if green is None and red is None:
        raise BadInput("green, red: give at least one bound", field="green")
    if green is not None and red is not None and (green < red if given["direction"] == "up" else green > red):
        raise BadInput("green: it must be the better side of red", field="green")


def _meet(one: tuple[date, date | None], other: tuple[date, date | None]) -> bool:
    return one[0] < (other[1] or date.max) and other[0] < (one[1] or date.max)
