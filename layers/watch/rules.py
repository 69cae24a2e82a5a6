"""Rules as rows: threshold, decree, dates, source, and whether anybody has verified the text."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Row, ScalarSelect, Select, UniqueConstraint, bindparam, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from geo.errors import SetupFailed
from layers.base import Base

NOW = bindparam("now", type_=DateTime(timezone=True))
"""The moment a statement speaks of; every statement built from the registry takes it as `now`."""


class Rule(Base):
    """One threshold of one conduct, in force [valid_from, valid_to)."""

    __tablename__ = "rule"
    __table_args__ = (UniqueConstraint("conduct", "step", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conduct: Mapped[str]
    step: Mapped[str]
    threshold_s: Mapped[int]
    min_length_m: Mapped[float]
    decree: Mapped[str]
    article: Mapped[str | None]
    text_vi: Mapped[str]
    text_en: Mapped[str]
    source: Mapped[str]
    verified: Mapped[bool]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]


def threshold_s(conduct: str, step: str) -> ScalarSelect[Any]:
    """The threshold in seconds in force at `now`, as a scalar subquery."""
    return (
        select(Rule.threshold_s)
        .where(Rule.conduct == conduct, Rule.step == step, Rule.valid_from <= NOW)
        .where(or_(Rule.valid_to.is_(None), Rule.valid_to > NOW))
        .order_by(Rule.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )


def rules_statement(conducts: Iterable[str]) -> Select[*tuple[Any, ...]]:
    """Every rule of some conducts, of all times, the newest last."""
    return select(Rule).where(Rule.conduct.in_(list(conducts))).order_by(Rule.conduct, Rule.step, Rule.valid_from)


def in_force(rules: Iterable[Row[Any]], conduct: str, step: str, at: datetime) -> Row[Any]:
    """The rule in force at a moment, of the rows of `rules_statement`; SetupFailed when there is none."""
    found = [r for r in rules if (r.conduct, r.step) == (conduct, step) and r.valid_from <= at]
    found = [r for r in found if r.valid_to is None or r.valid_to > at]
    if not found:
        raise SetupFailed(f"no rule {conduct}/{step} is in force at {at.isoformat()}: run opsmap db upgrade")
    return found[-1]
