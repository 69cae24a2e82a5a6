"""Rules as rows: threshold, penalty band or who leads, with decree, dates, source, and whether anybody verified it.

A row is never edited. A correction is a new row with the same `code`; the former one is superseded, and still tells
what was known before. Days are days in Việt Nam: a row is in force from the local midnight of its first day.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Double,
    Identity,
    Index,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from geo.errors import SetupFailed
from layers.base import Base

NOW = bindparam("now", type_=DateTime(timezone=True))
"""The moment a statement speaks of; every statement built from the registry takes it as `now`."""

KINDS = ("duty", "penalty", "lead", "setting")
"""What a row says: what must be, what it costs, who leads, or what the centre chose for itself."""
TEXT = "text"
"""The reading that is applied: the law's own words. Other readings (`practice`) stand beside it and are shown."""


class Kept:
    """When a row was stored and by whom; once superseded, when, by whom and why. NULL for whom: the product's files."""

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(server_default=func.now())
    stored_by: Mapped[str | None]
    reason: Mapped[str | None]
    superseded_at: Mapped[datetime | None]
    superseded_by: Mapped[str | None]
    superseded_reason: Mapped[str | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:
        """One current row per code."""
        name = f"uq_{cls.__tablename__}_current"  # type: ignore[attr-defined]
        return (Index(name, "code", unique=True, postgresql_where=text("superseded_at IS NULL")),)


class Rule(Kept, Base):
    """One thing the law says of one conduct, for lengths [min_length_m, max_length_m), in force [valid_from, valid_to).

    `threshold_s` is in seconds; `value` with `unit` is any other number; `permits` the kind of zone that is allowed;
    fines are in đồng, NULL where nobody has read them; `lead` is central or province.
    """

    __tablename__ = "rule"

    kind: Mapped[str]
    conduct: Mapped[str] = mapped_column(index=True)
    step: Mapped[str]
    reading: Mapped[str] = mapped_column(server_default=TEXT)
    min_length_m: Mapped[float]
    max_length_m: Mapped[float | None]
    threshold_s: Mapped[int | None]
    value: Mapped[float | None]
    unit: Mapped[str | None]
    permits: Mapped[str | None]
    lead: Mapped[str | None]
    decree: Mapped[str]
    article: Mapped[str | None]
    text_vi: Mapped[str]
    text_en: Mapped[str]
    fine_from: Mapped[int | None] = mapped_column(BigInteger)
    fine_to: Mapped[int | None] = mapped_column(BigInteger)
    measures_vi: Mapped[str | None]
    measures_en: Mapped[str | None]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


_CURRENT = Rule.superseded_at.is_(None)
_APPLIED = _CURRENT & (Rule.reading == TEXT) & Rule.threshold_s.is_not(None) & Rule.kind.in_(("duty", "setting"))


def threshold_s(conduct: str, step: str, length_m: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
    """The threshold in seconds in force at `now` for a length in metres, from two subqueries that run once.

    A length nobody knows, or below the lowest band, takes the lowest band; one between two bands the lower one.
    """
    known = func.coalesce(length_m, 0.0) if length_m is not None else 0.0
    edges = _by_length(Rule.min_length_m, Double, conduct, step)
    found = _by_length(Rule.threshold_s, Integer, conduct, step)
    return found[func.greatest(func.width_bucket(known, edges), 1)]  # type: ignore[no-any-return]


def _by_length(column: Any, kind: Any, conduct: str, step: str) -> Any:
    """One column of a step's rows in force at `now`, as an array from the shortest boats to the longest."""
    values = func.array_agg(aggregate_order_by(column, Rule.min_length_m), type_=ARRAY(kind, zero_indexes=False))
    there = select(values).where(_APPLIED, Rule.conduct == conduct, Rule.step == step, Rule.valid_from <= NOW)
    return there.where(or_(Rule.valid_to.is_(None), Rule.valid_to > NOW)).scalar_subquery()


def rules_statement(conducts: Iterable[str]) -> Select[*tuple[Any, ...]]:
    """Every applied threshold of some conducts, of all times, the newest last."""
    statement = select(Rule).where(_APPLIED, Rule.conduct.in_(list(conducts)))
    return statement.order_by(Rule.conduct, Rule.step, Rule.valid_from, Rule.min_length_m.desc())


def in_force(rules: Iterable[Row[Any]], conduct: str, step: str, at: datetime) -> Row[Any]:
    """The rule in force at a moment, of the rows of `rules_statement`; SetupFailed when there is none."""
    found = [r for r in rules if (r.conduct, r.step) == (conduct, step) and r.valid_from <= at]
    found = [r for r in found if r.valid_to is None or r.valid_to > at]
    if not found:
        raise SetupFailed(f"no rule {conduct}/{step} is in force at {at.isoformat()}: run opsmap db upgrade")
    return found[-1]
